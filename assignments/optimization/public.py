"""What the calls of a check do between two calls of a submission: runs beside it, holds no answer."""


def second_after_change_of_first(first, second):
    """Add 1 to every array of the first dictionary, in place, and return the second one, which should not change."""
    for array in first.values():
        array += 1.0
    return second
