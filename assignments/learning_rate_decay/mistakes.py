"""Known wrong solutions of learning rate decay."""

import math

import numpy as np

from grader.spec import mistake

_PARENTHESES = {
    "code": "missing-parentheses",
    "message": "1/1 + x is 1 + x: the whole sum belongs under the fraction bar",
    "hint": "Put in numbers and compare 1/1 + 2 with 1/(1 + 2).",
}

_MULTIPLIED = {
    "code": "multiplied-not-divided",
    "message": "the learning rate is multiplied by the sum that it should be divided by",
    "hint": "Does the rate fall from epoch to epoch? Brackets that stand elsewhere may do it: 1/1 + 2 is 3, not a third.",
}

_CONSTANT = {
    "code": "rate-unchanged",
    "message": "the learning rate is returned as it came",
    "hint": "What should be different between epoch 0 and epoch 10?",
}

_NO_ONE = {
    "code": "missing-one",
    "message": "the 1 in the denominator is missing",
    "hint": "What should the learning rate be in epoch 0?",
}

_NO_RATE = {
    "code": "initial-rate-missing",
    "message": "the result is the factor alone; learning_rate0 is missing from it",
    "hint": "What should the learning rate be in epoch 0?",
}

_EXPONENTIAL = {
    "code": "exponential-decay",
    "message": "this is exponential decay: a factor is taken once more for each of the epochs; the exercise divides by "
    "1 + decay_rate * epochs, once",
    "hint": "Work out the first three learning rates by hand, by the formula and by your code. By which number is "
    "learning_rate0 divided in each of them?",
}

_LINEAR = {
    "code": "linear-decay",
    "message": "the rate is reduced by a product; the exercise divides by 1 + decay_rate * epochs",
    "hint": "Can your learning rate become negative?",
}


def _of_intervals(mistake):
    """The same of ``schedule_lr_decay``, where whole intervals are counted."""
    return {**mistake, "message": mistake["message"].replace("epochs", "whole intervals")}


_NO_DECAY = {
    "code": "decay-rate-ignored",
    "message": "decay_rate has no effect",
    "hint": "Which arguments does your formula use?",
}

_INVERTED = {
    "code": "inverted",
    "message": "the fraction is upside down",
    "hint": "Which of the two should get smaller when the epochs go by?",
}


_WHOLE = {
    "code": "whole-number-division",
    "message": "of whole numbers the quotient is cut to a whole number, so that the rate falls to 0",
    "hint": "What is 3 // (1 + 1 * 2)? And 1 // 3?",
}

_FLOOR = {
    "code": "rate-has-a-floor",
    "message": "the rate falls to a smallest number and no further; the exercise has no such limit",
    "hint": "Try your function with a small learning_rate0, and with a very late epoch.",
}


_BELOW_AS_WELL = {
    "code": "initial-rate-below",
    "message": "the result is divided by learning_rate0, as if it stood below the fraction bar; it is a factor of the result",
    "hint": "What should the learning rate be in epoch 0, when learning_rate0 is 0.5, and what is yours?",
}

_MINUS = {
    "code": "minus-for-plus",
    "message": "the product is taken from 1 below the fraction bar; it is added to 1",
    "hint": "What do you divide by when decay_rate is 1, in epoch 1?",
}

_SUMMED = {
    "code": "sum-for-product",
    "message": "decay_rate and the number of epochs are added; they are multiplied",
    "hint": "What should the learning rate be in epoch 0?",
}

_POWER = {
    "code": "power-for-product",
    "message": "the number of epochs is an exponent of decay_rate; they are multiplied",
    "hint": "What is the difference between * and **?",
}

_CUT_OFF = {
    "code": "rate-cut-off",
    "message": "the factor is cut to a whole number, so that the rate falls to 0",
    "hint": "The factor of decay_rate * epochs = 1 is a half. What does your code make of it?",
}


def _quotient(one, other):
    """The quotient, of whole numbers a whole number."""
    return one // other if {type(one), type(other)} == {int} else one / other


@mistake(function="update_lr", **_FLOOR, severity="slip")
def _(rate, epoch, decay):
    return max(rate / (1 + decay * epoch), 1e-6)


@mistake(function="update_lr", **_WHOLE, severity="slip")
def _(rate, epoch, decay):
    return _quotient(rate, 1 + decay * epoch)


@mistake(function="update_lr", **_CONSTANT, severity="grave")
def _(rate, epoch, decay):
    return rate


@mistake(function="update_lr", **_PARENTHESES, severity="grave")
def _(rate, epoch, decay):
    return 1 / 1 + decay * epoch * rate


@mistake(function="update_lr", **_PARENTHESES, severity="grave")
def _(rate, epoch, decay):
    return rate / 1 + decay * epoch


@mistake(function="update_lr", **_MULTIPLIED, severity="grave")
def _(rate, epoch, decay):
    return (1 / 1 + decay * epoch) * rate


@mistake(function="update_lr", **_NO_ONE, severity="fault")
def _(rate, epoch, decay):
    return rate / (decay * epoch)


@mistake(function="update_lr", **_NO_RATE, severity="fault")
def _(rate, epoch, decay):
    return 1 / (1 + decay * epoch)


@mistake(function="update_lr", **_EXPONENTIAL, severity="grave")
def _(rate, epoch, decay):
    return rate * decay**epoch


@mistake(function="update_lr", **_EXPONENTIAL, severity="grave")
def _(rate, epoch, decay):
    return rate * math.exp(-decay * epoch)


@mistake(function="update_lr", **_EXPONENTIAL, severity="grave")
def _(rate, epoch, decay):
    return rate / (1 + decay) ** epoch


@mistake(function="update_lr", **_EXPONENTIAL, severity="grave")
def _(rate, epoch, decay):
    return rate * (1 - decay) ** epoch


@mistake(function="update_lr", **_LINEAR, severity="grave")
def _(rate, epoch, decay):
    return rate * (1 - decay * epoch)


@mistake(function="update_lr", **_LINEAR, severity="grave")
def _(rate, epoch, decay):
    return rate - decay * epoch


@mistake(function="update_lr", **_NO_DECAY, severity="fault")
def _(rate, epoch, decay):
    return rate / (1 + epoch)


@mistake(function="update_lr", **_INVERTED, severity="grave")
def _(rate, epoch, decay):
    return (1 + decay * epoch) / rate


@mistake(
    "epoch-shifted",
    "update_lr",
    message="the epoch is counted one too far",
    hint="What should the learning rate be in epoch 0?",
    severity="fault",
)
def _(rate, epoch, decay):
    return rate / (1 + decay * (epoch + 1))


@mistake(
    "epoch-ignored",
    "update_lr",
    message="epoch_num has no effect",
    hint="What should be different between epoch 0 and epoch 10?",
    severity="grave",
)
def _(rate, epoch, decay):
    return rate / (1 + decay)


@mistake(
    "square-root-decay",
    "update_lr",
    message="the denominator holds the square root of the epoch; the exercise takes the epoch itself",
    hint="Compare your formula with the one in the exercise.",
    severity="fault",
)
def _(rate, epoch, decay):
    return rate / (1 + decay * math.sqrt(epoch))


@mistake(function="update_lr", **_CUT_OFF, severity="grave")
def _(rate, epoch, decay):
    return 1 // (1 + decay * epoch) * rate


@mistake(
    "epoch-shifted",
    "update_lr",
    message="one epoch too few is counted",
    hint="How often does your loop run for epoch_num = 1, and how often should the rate have fallen by then?",
    severity="fault",
)
def _(rate, epoch, decay):
    return rate / (1 + decay * max(epoch - 1, 0))


@mistake(
    "brackets-close-too-early",
    "update_lr",
    message="the brackets close too early: the epoch is multiplied after the division",
    hint="What is your learning rate in epoch 0, and does it fall from epoch to epoch?",
    severity="grave",
)
def _(rate, epoch, decay):
    return rate / (1 + decay) * epoch


@mistake(
    "square-root-decay",
    "update_lr",
    message="the rate is divided by the square root of 1 + decay_rate * epoch_num; the exercise divides by the sum itself",
    hint="Compare your formula with the one in the exercise.",
    severity="fault",
)
def _(rate, epoch, decay):
    return rate / math.sqrt(1 + decay * epoch)


@mistake(
    "epoch-shifted",
    "update_lr",
    message="one epoch too few is counted, and in epoch 0 the rate is raised",
    hint="What should the learning rate be in epoch 0?",
    severity="fault",
)
def _(rate, epoch, decay):
    return rate / (1 + decay * (epoch - 1))


@mistake(
    "brackets-close-too-early",
    "update_lr",
    message="the brackets close too early: 1 + decay_rate as a whole is multiplied by the epoch",
    hint="What should the learning rate be in epoch 0, and what do you divide by there?",
    severity="fault",
)
def _(rate, epoch, decay):
    return rate / ((1 + decay) * epoch)


square_root_of_the_lecture = mistake(
    "square-root-decay",
    "update_lr",
    message="decay_rate stands above the fraction bar, and a square root of the epoch below it: this is another kind of decay",
    hint="Where does decay_rate stand in the formula of the exercise, and does it have a root?",
    severity="grave",
)


@square_root_of_the_lecture
def _(rate, epoch, decay):
    return rate * decay / np.sqrt(epoch)


@square_root_of_the_lecture
def _(rate, epoch, decay):
    return rate * decay / np.sqrt(epoch + 1)


@mistake(
    "linear-decay",
    "update_lr",
    message="the rate is reduced by a product until it is 0; the exercise divides by 1 + decay_rate * epochs",
    hint="In which epoch does your learning rate become 0? By the formula it never does.",
    severity="grave",
)
def _(rate, epoch, decay):
    return max(0.0, rate * (1 - decay * epoch))


@mistake(
    "missing-one",
    "update_lr",
    message="the 1 in the denominator is missing in all epochs after the first",
    hint="What should the learning rate be in epoch 1, when decay_rate is 1?",
    severity="fault",
)
def _(rate, epoch, decay):
    return rate / (decay * epoch) if decay * epoch else rate


@mistake(function="update_lr", **_BELOW_AS_WELL, severity="grave")
def _(rate, epoch, decay):
    return 1 / ((1 + decay * epoch) * rate)


@mistake(function="update_lr", **_MINUS, severity="grave")
def _(rate, epoch, decay):
    return rate / (1 - decay * epoch)


@mistake(function="update_lr", **_SUMMED, severity="fault")
def _(rate, epoch, decay):
    return rate / (1 + decay + epoch)


@mistake(function="update_lr", **_POWER, severity="fault")
def _(rate, epoch, decay):
    return rate / (1 + decay**epoch)


_COMPOUND = {
    "code": "divided-again-and-again",
    "message": "the rate is divided again and again, by 1 + decay_rate * k for every k so far; the exercise divides "
    "learning_rate0 once",
    "hint": "Work out the first three learning rates by hand. By which number is learning_rate0 divided in each of them?",
}


def _compound(rate, count, decay):
    for k in range(1, count + 1):
        rate /= 1 + decay * k
        if rate == 0:
            break
    return rate


mistake(function="update_lr", **_COMPOUND, severity="fault")(_compound)


_NOT_FLOORED = {
    "code": "not-floored",
    "message": "the number of intervals is not rounded down, so that the rate falls in every epoch and not in stairs",
    "hint": "How many whole intervals lie behind epoch 25 when an interval has 10 epochs?",
}

_NOT_FLOORED_LATER = {
    **_NOT_FLOORED,
    "message": "the number of intervals is not rounded down, so that the rate falls in every epoch after the first interval",
}

_INTERVAL_LITERAL = {
    "code": "interval-literal",
    "message": "the interval is written as the number 1000, and the argument is ignored",
    "hint": "Look for a number in your formula that should be an argument.",
}

_ONLY_MULTIPLES = {
    "code": "only-at-multiples",
    "message": "the rate is lowered only in the first epoch of an interval and jumps back in the next one",
    "hint": "Which learning rate should epoch 11 have when an interval has 10 epochs?",
}


def _at(intervals):
    """The right formula with another count of intervals."""
    return lambda rate, epoch, decay, interval: rate / (1 + decay * intervals(epoch, interval))


@mistake(function="schedule_lr_decay", **_CONSTANT, severity="grave")
def _(rate, epoch, decay, interval):
    return rate


@mistake(function="schedule_lr_decay", **_PARENTHESES, severity="grave")
def _(rate, epoch, decay, interval):
    return 1 / 1 + decay * (epoch // interval) * rate


@mistake(function="schedule_lr_decay", **_PARENTHESES, severity="grave")
def _(rate, epoch, decay, interval):
    return rate / 1 + decay * (epoch // interval)


@mistake(function="schedule_lr_decay", **_MULTIPLIED, severity="grave")
def _(rate, epoch, decay, interval):
    return (1 / 1 + decay * (epoch // interval)) * rate


@mistake(function="schedule_lr_decay", **_NO_ONE, severity="fault")
def _(rate, epoch, decay, interval):
    return rate / (decay * (epoch // interval))


@mistake(function="schedule_lr_decay", **_NO_RATE, severity="fault")
def _(rate, epoch, decay, interval):
    return 1 / (1 + decay * (epoch // interval))


@mistake(function="schedule_lr_decay", **_WHOLE, severity="slip")
def _(rate, epoch, decay, interval):
    return _quotient(rate, 1 + decay * (epoch // interval))


@mistake(function="schedule_lr_decay", **_FLOOR, severity="slip")
def _(rate, epoch, decay, interval):
    return max(rate / (1 + decay * (epoch // interval)), 1e-6)


@mistake(function="schedule_lr_decay", **_of_intervals(_EXPONENTIAL), severity="grave")
def _(rate, epoch, decay, interval):
    return rate * decay ** (epoch // interval)


@mistake(function="schedule_lr_decay", **_of_intervals(_EXPONENTIAL), severity="grave")
def _(rate, epoch, decay, interval):
    return rate * math.exp(-decay * (epoch // interval))


@mistake(function="schedule_lr_decay", **_of_intervals(_EXPONENTIAL), severity="grave")
def _(rate, epoch, decay, interval):
    return rate / (1 + decay) ** (epoch // interval)


@mistake(function="schedule_lr_decay", **_of_intervals(_CUT_OFF), severity="grave")
def _(rate, epoch, decay, interval):
    return 1 // (1 + decay * (epoch // interval)) * rate


@mistake(function="schedule_lr_decay", **_BELOW_AS_WELL, severity="grave")
def _(rate, epoch, decay, interval):
    return 1 / ((1 + decay * (epoch // interval)) * rate)


@mistake(function="schedule_lr_decay", **_MINUS, severity="grave")
def _(rate, epoch, decay, interval):
    return rate / (1 - decay * (epoch // interval))


@mistake(function="schedule_lr_decay", **_of_intervals(_SUMMED), severity="fault")
def _(rate, epoch, decay, interval):
    return rate / (1 + decay + epoch // interval)


@mistake(
    "decay-rate-ignored",
    "schedule_lr_decay",
    message="decay_rate has no effect: the rate is halved after every interval",
    hint="Which arguments does your formula use?",
    severity="fault",
)
def _(rate, epoch, decay, interval):
    return rate * 0.5 ** (epoch // interval)


@mistake(function="schedule_lr_decay", **_NO_DECAY, severity="fault")
def _(rate, epoch, decay, interval):
    return rate / (1 + epoch // interval)


@mistake(function="schedule_lr_decay", **_of_intervals(_LINEAR), severity="grave")
def _(rate, epoch, decay, interval):
    return rate * (1 - decay * (epoch // interval))


@mistake(function="schedule_lr_decay", **_INVERTED, severity="grave")
def _(rate, epoch, decay, interval):
    return (1 + decay * (epoch // interval)) / rate


@mistake(function="schedule_lr_decay", **_NOT_FLOORED, severity="fault")
@_at
def _(epoch, interval):
    return epoch / interval


@mistake(function="schedule_lr_decay", **_NOT_FLOORED_LATER, severity="fault")
def _(rate, epoch, decay, interval):
    return rate if epoch < interval else rate / (1 + decay * epoch / interval)


@mistake(function="schedule_lr_decay", **_INTERVAL_LITERAL, severity="fault")
@_at
def _(epoch, interval):
    return epoch // 1000


@mistake(function="schedule_lr_decay", **_INTERVAL_LITERAL, severity="grave")
@_at
def _(epoch, interval):
    return epoch / 1000


@mistake(function="schedule_lr_decay", **_ONLY_MULTIPLES, severity="grave")
def _(rate, epoch, decay, interval):
    return rate / (1 + decay * (epoch // interval)) if epoch % interval == 0 else rate


@mistake(
    "interval-counts-at-multiples",
    "schedule_lr_decay",
    message="whole intervals are counted in the first epoch of each alone; in all others it is the epochs that are counted",
    hint="Which learning rates should the epochs 10, 11 and 12 have when an interval has 10 epochs?",
    severity="grave",
)
@_at
def _(epoch, interval):
    return epoch if epoch % interval else epoch // interval


@mistake(
    "unbound-between-multiples",
    "schedule_lr_decay",
    message="there is a value only in the first epoch of an interval; in all others the name is not bound",
    hint="Which learning rate should epoch 11 have when an interval has 10 epochs?",
    severity="grave",
)
def _unbound_between(rate, epoch, decay, interval):
    if epoch % interval == 0:
        learning_rate = rate / (1 + decay * (epoch // interval))
    return learning_rate


@mistake(
    "no-value-between-multiples",
    "schedule_lr_decay",
    message="there is a value only in the first epoch of an interval; in all others the result is None",
    hint="Which learning rate should epoch 11 have when an interval has 10 epochs?",
    severity="grave",
)
def _(rate, epoch, decay, interval):
    return rate / (1 + decay * (epoch // interval)) if epoch % interval == 0 else None


@mistake(function="schedule_lr_decay", **_COMPOUND, severity="fault")
def _(rate, epoch, decay, interval):
    return _compound(rate, epoch // interval, decay)


@mistake(
    "epochs-of-whole-intervals",
    "schedule_lr_decay",
    message="the epoch in which the interval began is counted, and not the number of intervals",
    hint="Which number should stand beside decay_rate in epoch 25, when an interval has 10 epochs: 20 or 2?",
    severity="fault",
)
@_at
def _(epoch, interval):
    return epoch - epoch % interval


@mistake(
    "rounded-up",
    "schedule_lr_decay",
    message="the number of intervals is rounded up; only whole intervals that have passed count",
    hint="How many whole intervals lie behind epoch 25 when an interval has 10 epochs?",
    severity="fault",
)
@_at
def _(epoch, interval):
    return math.ceil(epoch / interval)


@mistake(
    "rounded-to-nearest",
    "schedule_lr_decay",
    message="the number of intervals is rounded to the nearest; only whole intervals that have passed count",
    hint="How many whole intervals lie behind epoch 29 when an interval has 10 epochs?",
    severity="fault",
)
@_at
def _(epoch, interval):
    return round(epoch / interval)


@mistake(
    "counted-from-one",
    "schedule_lr_decay",
    message="the first interval already counts, so that the rate is too low from epoch 0 on",
    hint="What should the learning rate be in epoch 0?",
    severity="fault",
)
@_at
def _(epoch, interval):
    return epoch // interval + 1


@mistake(
    "remainder-for-quotient",
    "schedule_lr_decay",
    message="the remainder of the division is used; it is the number of whole intervals that counts",
    hint="What is the difference between // and %?",
    severity="grave",
)
@_at
def _(epoch, interval):
    return epoch % interval


@mistake(
    "epochs-after-first-interval",
    "schedule_lr_decay",
    message="the rate stays in the first interval, as it should; after it the epochs are counted, and not the whole intervals",
    hint="Which number should stand beside decay_rate in epoch 25, when an interval has 10 epochs: 25 or 2?",
    severity="grave",
)
@_at
def _(epoch, interval):
    return epoch if epoch >= interval else 0


upside_down = mistake(
    "quotient-upside-down",
    "schedule_lr_decay",
    message="time_interval is divided by epoch_num; it is the other way round",
    hint="How many whole intervals lie behind epoch 25 when an interval has 10 epochs, and what does your quotient give?",
    severity="grave",
)


@upside_down
@_at
def _(epoch, interval):
    return interval // epoch


@upside_down
@_at
def _(epoch, interval):
    return interval // max(epoch, 1)


@mistake(
    "interval-ignored",
    "schedule_lr_decay",
    message="time_interval has no effect: this is the decay of update_lr",
    hint="Which arguments does your formula use?",
    severity="grave",
)
@_at
def _(epoch, interval):
    return epoch


@mistake(
    "floor-of-product",
    "schedule_lr_decay",
    message="the product with decay_rate is rounded down; round the number of intervals alone",
    hint="With decay_rate = 0.3: what does the first step of the stairs look like?",
    severity="fault",
)
def _(rate, epoch, decay, interval):
    return rate / (1 + math.floor(decay * epoch / interval))


@mistake(
    "starts-one-epoch-late",
    "schedule_lr_decay",
    message="the new rate starts one epoch late",
    hint="Which learning rate should epoch 10 have when an interval has 10 epochs?",
    severity="slip",
)
@_at
def _(epoch, interval):
    return max(epoch - 1, 0) // interval


@mistake(
    "starts-one-epoch-early",
    "schedule_lr_decay",
    message="the new rate starts one epoch early: epochs are counted from 0",
    hint="Which learning rate should epoch 9 have when an interval has 10 epochs?",
    severity="slip",
)
@_at
def _(epoch, interval):
    return (epoch + 1) // interval


@mistake(
    "one-step-only",
    "schedule_lr_decay",
    message="the rate falls once and then stays; it must fall after every interval",
    hint="What is the learning rate in epoch 35 when an interval has 10 epochs?",
    severity="fault",
)
@_at
def _(epoch, interval):
    return int(epoch >= interval)
