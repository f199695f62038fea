"""Known wrong solutions of learning rate decay."""

import math

from grader.spec import mistake

_PARENTHESES = (
    "missing-parentheses",
    "1/1 + x is 1 + x: the whole sum belongs under the fraction bar",
    "Put in numbers and compare 1/1 + 2 with 1/(1 + 2).",
)
_CONSTANT = (
    "rate-unchanged",
    "the learning rate is returned as it came",
    "What should be different between epoch 0 and epoch 10?",
)
_NO_ONE = (
    "missing-one",
    "the 1 in the denominator is missing",
    "What should the learning rate be in epoch 0?",
)
_NO_RATE = (
    "initial-rate-missing",
    "the result is the factor alone; learning_rate0 is missing from it",
    "What should the learning rate be in epoch 0?",
)
_EXPONENTIAL = (
    "exponential-decay",
    "this is exponential decay; the exercise asks for division by 1 + decay_rate * epochs",
    "Compare your formula with the one in the exercise.",
)
_LINEAR = (
    "linear-decay",
    "the rate is reduced by a product; the exercise divides by 1 + decay_rate * epochs",
    "Can your learning rate become negative?",
)
_NO_DECAY = (
    "decay-rate-ignored",
    "decay_rate has no effect",
    "Which arguments does your formula use?",
)
_INVERTED = (
    "inverted",
    "the fraction is upside down",
    "Which of the two should get smaller when the epochs go by?",
)


def _note(function, text, solution):
    code, message, hint = text
    return mistake(code, function, message, hint)(solution)


def _smooth(text, solution):
    return _note("update_lr", text, solution)


SMOOTH = [
    _smooth(_CONSTANT, lambda rate, epoch, decay: rate),
    _smooth(_PARENTHESES, lambda rate, epoch, decay: 1 / 1 + decay * epoch * rate),
    _smooth(_PARENTHESES, lambda rate, epoch, decay: rate / 1 + decay * epoch),
    _smooth(_PARENTHESES, lambda rate, epoch, decay: (1 / 1 + decay * epoch) * rate),
    _smooth(_NO_ONE, lambda rate, epoch, decay: rate / (decay * epoch)),
    _smooth(_NO_RATE, lambda rate, epoch, decay: 1 / (1 + decay * epoch)),
    _smooth(_EXPONENTIAL, lambda rate, epoch, decay: rate * decay**epoch),
    _smooth(_EXPONENTIAL, lambda rate, epoch, decay: rate * math.exp(-decay * epoch)),
    _smooth(_EXPONENTIAL, lambda rate, epoch, decay: rate / (1 + decay) ** epoch),
    _smooth(_EXPONENTIAL, lambda rate, epoch, decay: rate * (1 - decay) ** epoch),
    _smooth(_LINEAR, lambda rate, epoch, decay: rate * (1 - decay * epoch)),
    _smooth(_LINEAR, lambda rate, epoch, decay: rate - decay * epoch),
    _smooth(_NO_DECAY, lambda rate, epoch, decay: rate / (1 + epoch)),
    _smooth(_INVERTED, lambda rate, epoch, decay: (1 + decay * epoch) / rate),
    _smooth(
        ("epoch-shifted", "the epoch is counted one too far", "What should the learning rate be in epoch 0?"),
        lambda rate, epoch, decay: rate / (1 + decay * (epoch + 1)),
    ),
    _smooth(
        ("epoch-ignored", "epoch_num has no effect", "What should be different between epoch 0 and epoch 10?"),
        lambda rate, epoch, decay: rate / (1 + decay),
    ),
    _smooth(
        (
            "square-root-decay",
            "the denominator holds the square root of the epoch; the exercise takes the epoch itself",
            "Compare your formula with the one in the exercise.",
        ),
        lambda rate, epoch, decay: rate / (1 + decay * math.sqrt(epoch)),
    ),
    _smooth(
        (
            "rate-cut-off",
            "the factor is cut to a whole number, so that the rate falls to 0",
            "What does // do to 1 // (1 + 0.5)?",
        ),
        lambda rate, epoch, decay: 1 // (1 + decay * epoch) * rate,
    ),
]

_NOT_FLOORED = (
    "not-floored",
    "the number of intervals is not rounded down, so that the rate falls in every epoch and not in stairs",
    "How many whole intervals lie behind epoch 25 when an interval has 10 epochs?",
)
_INTERVAL_LITERAL = (
    "interval-literal",
    "the interval is written as the number 1000, and the argument is ignored",
    "Look for a number in your formula that should be an argument.",
)
_ONLY_MULTIPLES = (
    "only-at-multiples",
    "the rate is lowered only in the first epoch of an interval and jumps back in the next one",
    "Which learning rate should epoch 11 have when an interval has 10 epochs?",
)


def _stairs(text, solution):
    return _note("schedule_lr_decay", text, solution)


def _at(intervals):
    """The right formula with another count of intervals."""
    return lambda rate, epoch, decay, interval: rate / (1 + decay * intervals(epoch, interval))


def _unbound_between(rate, epoch, decay, interval):
    if epoch % interval == 0:
        learning_rate = rate / (1 + decay * (epoch // interval))
    return learning_rate


STAIRS = [
    _stairs(_CONSTANT, lambda rate, epoch, decay, interval: rate),
    _stairs(_PARENTHESES, lambda rate, epoch, decay, interval: 1 / 1 + decay * (epoch // interval) * rate),
    _stairs(_PARENTHESES, lambda rate, epoch, decay, interval: rate / 1 + decay * (epoch // interval)),
    _stairs(_PARENTHESES, lambda rate, epoch, decay, interval: (1 / 1 + decay * (epoch // interval)) * rate),
    _stairs(_NO_ONE, lambda rate, epoch, decay, interval: rate / (decay * (epoch // interval))),
    _stairs(_NO_RATE, lambda rate, epoch, decay, interval: 1 / (1 + decay * (epoch // interval))),
    _stairs(_EXPONENTIAL, lambda rate, epoch, decay, interval: rate * decay ** (epoch // interval)),
    _stairs(_EXPONENTIAL, lambda rate, epoch, decay, interval: rate * math.exp(-decay * (epoch // interval))),
    _stairs(_EXPONENTIAL, lambda rate, epoch, decay, interval: rate / (1 + decay) ** (epoch // interval)),
    _stairs(_NO_DECAY, lambda rate, epoch, decay, interval: rate / (1 + epoch // interval)),
    _stairs(_LINEAR, lambda rate, epoch, decay, interval: rate * (1 - decay * (epoch // interval))),
    _stairs(_INVERTED, lambda rate, epoch, decay, interval: (1 + decay * (epoch // interval)) / rate),
    _stairs(_NOT_FLOORED, _at(lambda epoch, interval: epoch / interval)),
    _stairs(
        _NOT_FLOORED,
        lambda rate, epoch, decay, interval: rate if epoch < interval else rate / (1 + decay * epoch / interval),
    ),
    _stairs(_INTERVAL_LITERAL, _at(lambda epoch, interval: epoch // 1000)),
    _stairs(_INTERVAL_LITERAL, _at(lambda epoch, interval: epoch / 1000)),
    _stairs(
        _ONLY_MULTIPLES,
        lambda rate, epoch, decay, interval: rate / (1 + decay * (epoch // interval)) if epoch % interval == 0 else rate,
    ),
    _stairs(
        (
            "unbound-between-multiples",
            "there is a value only in the first epoch of an interval; in all others the name is not bound",
            "Which learning rate should epoch 11 have when an interval has 10 epochs?",
        ),
        _unbound_between,
    ),
    _stairs(
        (
            "no-value-between-multiples",
            "there is a value only in the first epoch of an interval; in all others the result is None",
            "Which learning rate should epoch 11 have when an interval has 10 epochs?",
        ),
        lambda rate, epoch, decay, interval: rate / (1 + decay * (epoch // interval)) if epoch % interval == 0 else None,
    ),
    _stairs(
        (
            "rounded-up",
            "the number of intervals is rounded up; only whole intervals that have passed count",
            "How many whole intervals lie behind epoch 25 when an interval has 10 epochs?",
        ),
        _at(lambda epoch, interval: math.ceil(epoch / interval)),
    ),
    _stairs(
        (
            "rounded-to-nearest",
            "the number of intervals is rounded to the nearest; only whole intervals that have passed count",
            "How many whole intervals lie behind epoch 29 when an interval has 10 epochs?",
        ),
        _at(lambda epoch, interval: round(epoch / interval)),
    ),
    _stairs(
        (
            "counted-from-one",
            "the first interval already counts, so that the rate is too low from epoch 0 on",
            "What should the learning rate be in epoch 0?",
        ),
        _at(lambda epoch, interval: epoch // interval + 1),
    ),
    _stairs(
        (
            "remainder-for-quotient",
            "the remainder of the division is used; it is the number of whole intervals that counts",
            "What is the difference between // and %?",
        ),
        _at(lambda epoch, interval: epoch % interval),
    ),
    _stairs(
        (
            "interval-ignored",
            "time_interval has no effect: this is the decay of the first part",
            "Which arguments does your formula use?",
        ),
        _at(lambda epoch, interval: epoch),
    ),
    _stairs(
        (
            "floor-of-product",
            "the product with decay_rate is rounded down; round the number of intervals alone",
            "With decay_rate = 0.3: what does the first step of the stairs look like?",
        ),
        lambda rate, epoch, decay, interval: rate / (1 + math.floor(decay * epoch / interval)),
    ),
    _stairs(
        (
            "starts-one-epoch-late",
            "the new rate starts one epoch late",
            "Which learning rate should epoch 10 have when an interval has 10 epochs?",
        ),
        _at(lambda epoch, interval: max(epoch - 1, 0) // interval),
    ),
    _stairs(
        (
            "starts-one-epoch-early",
            "the new rate starts one epoch early: epochs are counted from 0",
            "Which learning rate should epoch 9 have when an interval has 10 epochs?",
        ),
        _at(lambda epoch, interval: (epoch + 1) // interval),
    ),
    _stairs(
        (
            "one-step-only",
            "the rate falls once and then stays; it must fall after every interval",
            "What is the learning rate in epoch 35 when an interval has 10 epochs?",
        ),
        _at(lambda epoch, interval: int(epoch >= interval)),
    ),
]

MISTAKES = (*SMOOTH, *STAIRS)
