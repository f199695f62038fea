"""Learning rates that shrink while training goes on."""

import numpy as np

from grader.spec import Assignment, CaseClass, Function, Property

_DECAYS = [0.01, 0.3, 0.5, 0.75, 1.0, 2.5, 20.0]


def _rate(d):
    if d.case in ("first epoch", "no decay"):  # where the rate is not made smaller
        return d.choice([0.0625, 1.5, 3.0, 20.0])
    if d.case == "small rate":
        return d.choice([1e-3, 2e-5, 3e-7])
    if d.case == "whole numbers":  # who divides them with // has none of what is behind the point
        return d.choice([1, 3])
    return d.choice([0.5, 0.25, 0.75]) if d.case == "small" else d.number(0.01, 1.5)


def _decay(d):
    if d.case == "whole numbers":
        return d.choice([1, 2])
    return 0.0 if d.case == "no decay" else d.choice(_DECAYS)


def _smooth(d):
    epoch = {
        "small": d.integer(1, 4),
        "first epoch": 0,
        "late": d.integer(10_000, 999_999),
        "general": d.choice([d.integer(2, 60), d.integer(101, 400)]),
    }.get(d.case, d.integer(2, 60))
    return _rate(d), epoch, _decay(d)


def _three_epochs(d):
    rate, epoch, decay = _smooth(d)
    apart = d.integer(1, 9)
    return [(rate, epoch + k * apart, decay) for k in range(3)]


def _even_growth(given):
    """1 / rate is a straight line over the epochs."""
    first, second, third = (1 / float(np.asarray(reply).item()) for reply in given.replies)
    if not second > first:
        return "the learning rate does not fall from epoch to epoch"
    if not np.isclose(second - first, third - second, rtol=1e-9, atol=0):
        return "1 / learning_rate does not grow by the same amount in every epoch"
    return None


def _stairs(d):
    """Epochs within a stair, never its first one unless the class asks for it."""
    interval = d.integer(2, 4) if d.case == "small" else d.choice([3, 7, 10, 25, 100, 250, 1000, 2000])
    few, most = {"small": (1, 4), "no decay": (1, 4), "late": (400, 900)}.get(d.case, (1, 12))  # fewer than Python recurses
    stair = d.integer(few, most)
    match d.case:
        case "first epoch":
            epoch, interval = 0, d.choice([1, interval])
        case "first stair":
            epoch = d.integer(1, interval - 1)
        case "a new stair":
            epoch = stair * interval
        case "the first interval over":  # k * (1 / k) is below 1 for these k
            epoch = interval = d.choice([49, 98, 103, 107])
        case "last of a stair":
            epoch = stair * interval + interval - 1
        case "stairs of one epoch":
            interval, epoch = 1, d.choice([d.integer(2, 40), d.integer(150, 900)])
        case _:
            epoch = stair * interval + d.integer(1, interval - 1)
    return _rate(d), epoch, _decay(d), interval


def _edges(d):
    """The first, an inner and the last epoch of a stair, and the first of the next."""
    rate, _, decay, _ = _stairs(d)
    interval, stair = d.integer(5, 30), d.integer(1, 5)
    start = stair * interval
    epochs = (start, start + d.integer(1, interval - 2), start + interval - 1, start + interval)
    return [(rate, epoch, decay, interval) for epoch in epochs]


def _flat_then_lower(given):
    first, inner, last, following = (float(np.asarray(reply).item()) for reply in given.replies)
    interval = given.args[3]
    if not np.allclose([inner, last], first, rtol=1e-12, atol=0):
        return f"within one interval of {interval} epochs the learning rate changes from {first:.6g} to {last:.6g}"
    return None if following < first else f"after {interval} epochs the learning rate does not fall"


ASSIGNMENT = Assignment(
    name="learning_rate_decay",
    title="Learning rate decay",
    source="improving deep neural networks, second week",
    functions=(
        Function(
            "update_lr",
            points=40,
            inputs=_smooth,
            returns="learning_rate",
            summary="a learning rate that falls with every epoch",
            classes=(
                CaseClass("small", count=8),
                CaseClass("general", count=12),
                CaseClass("first epoch", count=3, share=0.08),
                CaseClass("no decay", count=3, share=0.08),
                CaseClass("late", count=3),
                CaseClass("small rate", count=3),
                CaseClass("whole numbers", count=4),
            ),
            properties=(Property("1 / rate grows evenly", share=0.1, plan=_three_epochs, judge=_even_growth),),
        ),
        Function(
            "schedule_lr_decay",
            points=60,
            inputs=_stairs,
            returns="learning_rate",
            summary="a learning rate that falls in stairs",
            classes=(
                CaseClass("small", count=8),
                CaseClass("general", count=12),
                CaseClass("first epoch", count=2),
                CaseClass("first stair", count=4),
                CaseClass("a new stair", count=4),
                CaseClass("the first interval over", count=2),
                CaseClass("last of a stair", count=4),
                CaseClass("stairs of one epoch", count=3, share=0.06),
                CaseClass("no decay", count=3, share=0.06),
                CaseClass("late", count=3),
                CaseClass("small rate", count=3),
                CaseClass("whole numbers", count=4),
            ),
            properties=(
                Property("flat within an interval, lower after it", share=0.1, plan=_edges, judge=_flat_then_lower),
            ),
        ),
    ),
)
