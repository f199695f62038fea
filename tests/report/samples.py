"""Reports as a real run makes them, and some that a hostile student would like to see: one per situation."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from grader.model import Check, Finding, FunctionReport, Report

HOSTILE = (
    "<script>alert(1)</script><img src=x onerror=alert(2)> \x1b[31mred\x1b]0;title\x07 \u202egpj.exe\u2066 "
    "[link](javascript:alert(3)) | `code` @everyone #1 **bold** \x9b2J {{ 7 * 7 }} </style> ]]> \ud800 \x00"
)
ORDER = (
    ("linear_forward", 10.0),
    ("linear_backward", 20.0),
    ("compute_cost", 15.0),
    ("update_parameters", 15.0),
)


def definitions() -> dict[tuple[str, str | None], dict[str, str]]:
    """The definitions of everyone: two share all of their own, the hostile one's are hostile."""
    texts = {"linear_forward": "def linear_forward(A, W, b):\n    return W @ A + b"}
    found = {(report.submission, report.student): texts for report in (right(), wrong())}
    name = f"f{HOSTILE}"
    return {**found, (hostile().submission, hostile().student): {name: HOSTILE, "linear_forward": HOSTILE * 20}}


def array(data: Any, *shape: int, dtype: str = "float64") -> dict[str, Any]:
    """An array as a counterexample writes it."""
    return {"array": data, "dtype": dtype, "shape": list(shape)}


def checks(points: float, **statuses: str) -> tuple[Check, ...]:
    """One check per keyword, ``item__kind=status``; the points lie on the values."""
    rows = []
    for key, status in statuses.items():
        item, kind = key.split("__")
        worth = points if kind == "values" else 0.0
        message = f"{item} is as the contract says" if status == "passed" else "skipped, because a check before it failed"
        rows.append(Check(kind, item, status, worth if status == "passed" else 0.0, worth, message))  # type: ignore[arg-type]
    return tuple(rows)


def passed(name: str, points: float, origin: str = "cell 3, line 2", *, carried: bool = False) -> FunctionReport:
    """A function that is right."""
    rows = checks(points, out__runs="passed", out__shape="passed", out__values="passed")
    return FunctionReport(name, "passed", origin, points, points, carried, rows)


def wrong_backward(origin: str = "cell 7, line 3") -> FunctionReport:
    """The mean over the examples forgotten in db: shapes right, one item wrong, the mistake known by name."""
    rows = (
        Check("runs", "linear_backward", "passed", 0.0, 0.0, "returned on all 24 cases"),
        Check("structure", "linear_backward", "passed", 0.0, 0.0, "returned a tuple of 3"),
        Check("values", "dA_prev", "passed", 6.0, 6.0, "dA_prev agrees on all 24 cases"),
        Check("values", "dW", "passed", 7.0, 7.0, "dW agrees on all 24 cases"),
        Check("shape", "db", "passed", 0.0, 0.0, "db has shape (2, 1)"),
        Check("values", "db", "failed", 0.0, 6.0,
              "db differs in 2 of 2 elements on 21 of 24 cases, the largest difference is 1.5"),
        Check("inputs", "linear_backward", "skipped", 0.0, 1.0, "skipped, because values failed"),
    )  # fmt: skip
    example = {
        "case": "linear_backward/small/3",
        "class": "small",
        "item": "db",
        "where": "db[1, 0]",
        "message": "db differs in 2 of 2 elements",
        "arguments": [
            {"name": "dZ", "value": array([[0.5, -1.25, 0.75], [2.0, 0.125, -3.625]], 2, 3)},
            {
                "name": "cache",
                "value": {
                    "tuple": [
                        array([[1.0, 0.25, -0.5], [0.625, -2.0, 1.5]], 2, 3),
                        array([[0.5, -1.0], [1.75, 0.375]], 2, 2),
                        array([[0.25], [-0.5]], 2, 1),
                    ]
                },
            },
        ],
        "expected": array([[0.0], [-0.5]], 2, 1),
        "got": array([[0.0], [-1.5]], 2, 1),
        "output": "dZ has shape (2, 3)\n",
        "snippet": "import numpy as np\n\ndZ = np.array([[0.5, -1.25, 0.75], [2.0, 0.125, -3.625]])\n"
        "print(linear_backward(dZ, cache))",
    }
    finding = Finding(
        "missing-mean",
        "db is a sum over the examples where it should be a mean.",
        "Look at how many examples there are: which of your three results is divided by that number?",
    )
    return FunctionReport("linear_backward", "failed", origin, 13.0, 20.0, False, rows, (finding,), example)


def raises_cost() -> FunctionReport:
    """A function that raises on a legal input."""
    rows = (
        Check(
            "runs",
            "compute_cost",
            "failed",
            0.0,
            0.0,
            "raised NameError on 24 of 24 cases: name 'np' is not defined",
        ),
        Check("shape", "cost", "skipped", 0.0, 0.0, "skipped, because runs failed"),
        Check("values", "cost", "skipped", 0.0, 15.0, "skipped, because runs failed"),
    )
    example = {
        "case": "compute_cost/small/0",
        "class": "small",
        "item": None,
        "where": "compute_cost",
        "message": "compute_cost raised NameError",
        "arguments": [
            {"name": "AL", "value": array([[0.25, 0.875, "nan"]], 1, 3)},
            {"name": "Y", "value": array([[0, 1, 1]], 1, 3, dtype="int64")},
            {"name": "activation", "value": "sigmoid"},
            {"name": "forward", "value": {"function": "linear_forward"}},
        ],
        "expected": {"float": "nan"},
        "got": {"error": "NameError", "message": "name 'np' is not defined", "origin": "cell 9, line 4"},
        "output": "",
        "snippet": "",
    }
    return FunctionReport("compute_cost", "failed", "cell 9, line 1", 0.0, 15.0, False, rows, (), example)


def report(submission: str, student: str | None, *functions: FunctionReport, **changes: Any) -> Report:
    """A graded report whose points are the functions' points, with changes."""
    maximum = sum(worth for _, worth in ORDER)
    got = sum(f.points for f in functions)
    made = Report(
        "linear_layers",
        submission,
        student,
        "graded",
        "full",
        got,
        maximum,
        functions,
        (),
        (),
        "c" * 64,
        "1.0.0",
        0.03,
    )
    return replace(made, **changes)


def right() -> Report:
    """Full marks."""
    return report("ada.ipynb", "Ada Lovelace", *(passed(name, worth) for name, worth in ORDER))


def wrong() -> Report:
    """A known mistake, an exception, a function that is right but stands on a wrong one."""
    note = "update_parameters itself is right; it stands on linear_backward, which is not."
    finding = Finding("carried", note, "Repair linear_backward first.")
    carried = replace(passed("update_parameters", 15.0, "cell 11, line 1", carried=True), findings=(finding,))
    return report(
        "submissions/grace.ipynb",
        "Grace Hopper",
        passed("linear_forward", 10.0),
        wrong_backward(),
        raises_cost(),
        carried,
    )


def absent(name: str, worth: float) -> FunctionReport:
    """A function that the file does not define."""
    sentence = f"{name} is not defined in this file; define it under exactly this name"
    rows = (
        Check("runs", "runs", "failed", 0.0, 0.0, sentence),
        Check("values", "out", "skipped", 0.0, worth, "not looked at, because the function is missing"),
    )
    return FunctionReport(name, "missing", None, 0.0, worth, False, rows)


def broken() -> Report:
    """A cell that does not parse, so that two functions are missing, one that is too slow and one too big."""
    slow = FunctionReport("linear_forward", "timeout", "cell 3, line 2", 0.0, 10.0, False)
    big = FunctionReport("linear_backward", "out-of-memory", "cell 5, line 2", 0.0, 20.0, False)
    missing = [absent(name, worth) for name, worth in ORDER[2:]]
    message = "cell 7 was left out: SyntaxError: expected ':' (line 4)"
    return report("張偉.ipynb", "張偉", slow, big, *missing, messages=(message,), sandbox="weak")


def unreadable() -> Report:
    """A file that is no notebook."""
    message = "the notebook is not valid JSON: expected ',' or '}' at line 48; open it in Jupyter and save it again"
    return report("late/(1) alan+copy.ipynb", "Alan Turing", status="unreadable", points=None, messages=(message,))


def error() -> Report:
    """The grader's own failure."""
    message = "the worker could not be started: no memory left on this machine"
    return report("joan.py", None, status="error", points=None, messages=(message,))


def hostile() -> Report:
    """Every string that a submission can choose is an attack."""
    value = {
        "dict": [
            [HOSTILE, {"opaque": HOSTILE}],
            ["text", HOSTILE],
            ["raised", {"error": HOSTILE, "message": HOSTILE, "origin": HOSTILE}],
            ["array", {"array": [HOSTILE], "dtype": HOSTILE, "shape": [1]}],
            ["unknown", {HOSTILE: HOSTILE}],
            ["function", {"function": HOSTILE}],
        ]
    }
    example = {
        "case": HOSTILE,
        "class": HOSTILE,
        "item": HOSTILE,
        "where": HOSTILE,
        "message": HOSTILE,
        "arguments": [{"name": HOSTILE, "value": value}],
        "expected": value,
        "got": value,
        "output": f"::error file=x::{HOSTILE}\n::add-mask::secret\n##[group]x\n```\n# no heading\n",
        "snippet": HOSTILE,
    }
    bad = FunctionReport(
        HOSTILE, "failed", HOSTILE, 0.0, 60.0, False,
        (Check("values", HOSTILE, "failed", 0.0, 60.0, HOSTILE),
         Check("runs", HOSTILE, "passed", 0.0, 0.0, HOSTILE)),
        (Finding(HOSTILE, HOSTILE, HOSTILE),), example,
    )  # fmt: skip
    return report(
        f"../../{HOSTILE}",
        f"=cmd|' /C calc'!A0{HOSTILE}",
        bad,
        findings=(Finding("x", HOSTILE),),
        messages=(HOSTILE,),
    )


def everyone() -> list[Report]:
    """A small class, in every state that a report can be in."""
    return [right(), wrong(), broken(), unreadable(), error(), hostile()]


def classroom(count: int = 40) -> list[Report]:
    """A class of some size with plausible marks, for looking at the pages."""
    made = []
    for i in range(count):
        functions = [passed(name, worth) for name, worth in ORDER]
        if i % 3 == 1:
            functions[1] = wrong_backward()
        if i % 7 == 2:
            functions[2] = raises_cost()
        if i % 10 == 4:
            functions[3] = absent("update_parameters", 15.0)
        if i % 5 == 1:
            functions[3] = replace(functions[3], carried=functions[3].status == "passed")
        if i % 13 == 5:
            functions[0] = FunctionReport("linear_forward", "timeout", "cell 3, line 2", 0.0, 10.0, False)
        made.append(report(f"submissions/student{i:02}.ipynb", f"Student {i:02}", *functions))
    return [*made, broken(), unreadable(), error()]
