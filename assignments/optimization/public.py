"""What the calls of a check do between two calls of a submission: runs beside it, holds no answer."""


def after_changes_in_place(*averages):
    """Add 1, 2, 4, 8, ... to one array after the other, in place: each should be changed by its own number alone."""
    number = 1
    for arrays in averages:
        for name in sorted(arrays):
            changed = arrays[name]
            changed += number
            number *= 2
    return averages
