"""Changes of the reference that are no mistakes, with the reason; ``grader audit`` lists them as equivalent."""

_PRINT = "printing is free, and what is reported is not judged"
_EXTRA = "further keys of a dictionary are ignored"

EQUIVALENT = {
    "for l in range( 0, len(layers_dims)):": _EXTRA,
    "report = report_by_printing if print_cost else None": _PRINT,
    "if report is not None and i % interval == 0:": _PRINT,
    "report(i, compute_cost(A3, Y))": _PRINT,
}
