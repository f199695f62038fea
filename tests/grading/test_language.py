"""What an author can say beyond plain functions: methods, objects and their state, what a call leaves behind."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from grader.course import LoadedAssignment
from grader.errors import SpecError
from grader.freezing.freeze import freeze
from grader.freezing.submissions import authored_submissions
from grader.grading.pipeline import grade_submission
from grader.judging.judge import judges_of
from grader.model import FunctionReport, Report
from grader.report.terminal import render_function
from grader.sandbox.here import InProcess
from grader.sandbox.parent import Sandbox
from grader.sandbox.runner import Runner
from grader.submission.reading import parse_submission
from tests.authored import sample
from tests.tiny import function_of

Grader = Callable[..., Report]

ASSIGNMENT = """
from grader.spec import *
import numpy as np

def data(d):
    n, m = d.sizes("n", "m")
    return d.array(n, m)

def fitted(d):
    scaler = d.make("Scaler", d.choice([0.5, 2.0]))
    X = data(d)
    return scaler, X

def set_before(d):
    X = data(d)
    return d.make("Scaler", 1.0, mean=X.mean(axis=0)), X

def trained(d):
    scaler = d.make("Scaler", d.choice([0.5, 2.0]))
    X = data(d)
    d.call(scaler.fit, X)
    return scaler, 2 * X

def moving(d):
    k = d.size("k")
    return d.array(k), {"rate": d.choice([0.5, 0.25]), "average": d.array(k)}

ASSIGNMENT = Assignment(
    "sample", title="Sample", source="none",
    functions=(
        Function("Scaler", points=1, inputs=lambda d: (d.choice([0.5, 2.0]),), returns=(), after=("factor", "mean")),
        Function("Scaler.fit", points=2, inputs=fitted, returns=(), after=("mean", "state.count")),
        Function("Scaler.transform", points=2, inputs=set_before, returns="Z"),
        Function("Scaler.inverse", points=2, inputs=trained, returns="X"),
        Function("move", points=2, inputs=moving, returns="value", after=("config.average",), changes=("config",)),
    ),
)
"""
SCALER = """
import numpy as np

class Scaler:
    def __init__(self, factor):
        self.factor = factor
        self.mean = None
        self.state = {"count": 0}

    def fit(self, X):
        self.mean = X.mean(axis=0)
        self.state["count"] += len(X)

    def transform(self, X):
        return (X - self.mean) * self.factor

    def inverse(self, Z):
        return Z / self.factor + self.mean
"""
MOVE = """
def move(x, config):
    config["average"] = config["rate"] * config["average"] + (1 - config["rate"]) * x
    return x - config["average"]
"""
MISTAKES = """
from grader.spec import mistake

@mistake("squared", "Scaler", message="the square of the factor is kept", hint="What is kept of 3?")
def squared(self, factor):
    self.factor, self.mean, self.state = factor**2, None, {"count": 0}

@mistake("whole-mean", "Scaler.fit", message="one mean is taken of everything", hint="How many means are there?")
def whole(self, X):
    self.mean = X.mean()
    self.state["count"] += len(X)

@mistake("not-centred", "Scaler.transform", message="the mean is not taken away", hint="Which attribute is never used?")
def not_centred(self, X):
    return X * self.factor

@mistake("average-lost", "move", message="the new average is not kept", hint="What does the next call start from?")
def lost(x, config):
    return x - (config["rate"] * config["average"] + (1 - config["rate"]) * x)
"""


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> LoadedAssignment:
    folder = tmp_path_factory.mktemp("language")
    return sample(folder, assignment=ASSIGNMENT, reference=SCALER + MOVE, mistakes=MISTAKES)


@pytest.fixture(scope="module")
def graded(loaded: LoadedAssignment) -> Grader:
    return grader_of(loaded)


def grader_of(loaded: LoadedAssignment) -> Grader:
    """A function that grades a source text with frozen cases of an assignment."""
    cases = freeze(loaded)

    def grade(source: str, runner: Runner | None = None) -> Report:
        submission = parse_submission("ada.py", ".py", source.encode(), cases.arities)
        return grade_submission(loaded, judges_of(loaded.spec, cases), submission, runner or InProcess())

    return grade


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as box:
        yield box


def of(report: Report, name: str) -> FunctionReport:
    return next(f for f in report.functions if f.name == name)


def statuses(report: Report) -> dict[str, str]:
    return {f.name: f.status for f in report.functions}


OWN_WORDS = """
import numpy as np

class Base:
    def inverse(self, values):
        return self.mean + values / self.factor

class Scaler(Base):
    __slots__ = ("factor", "mean", "state")

    def __init__(self, factor):
        self.factor, self.mean, self.state = factor, None, dict(count=0)

    def fit(self, values, /, verbose=False):
        self.mean = sum(values) / len(values)
        self.state = {"count": self.state["count"] + values.shape[0]}
        return self

    @property
    def half(self):
        raise RuntimeError

def _transform(self, X):
    return self.factor * (X - self.mean)

Scaler.transform = _transform
"""


def test_methods_are_graded_in_this_process_and_in_the_sandbox(graded: Grader, sandbox: Sandbox) -> None:
    for source in (SCALER + MOVE, OWN_WORDS + MOVE):
        assert graded(source).full_marks
        assert graded(source, sandbox).full_marks


def test_a_method_that_is_put_into_its_class_later_has_the_line_where_it_is_written(graded: Grader) -> None:
    outside = SCALER.replace("    def transform(self, X):\n        return (X - self.mean) * self.factor\n", "")
    outside += "\ndef transform(self, X):\n    return X * self.factor\n\nScaler.transform = transform\n"
    report = graded(outside + MOVE)
    line = outside.split("\n").index("def transform(self, X):") + 1
    assert of(report, "Scaler.transform").origin == f"ada.py, line {line}: def transform(self, X):"
    assert of(report, "Scaler.fit").origin == "ada.py, line 10: def fit(self, X):"


def test_a_mistake_of_a_constructor_is_a_function_of_self(graded: Grader, loaded: LoadedAssignment) -> None:
    report = graded(SCALER.replace("self.factor = factor", "self.factor = factor * factor") + MOVE)
    assert [finding.code for finding in of(report, "Scaler").findings] == ["squared"]
    (source,) = [authored.source for authored in authored_submissions(loaded) if authored.function == "Scaler"]
    assert "Scaler.__init__ = " in source


def test_a_method_has_a_line_of_its_own(graded: Grader) -> None:
    assert of(graded(SCALER + MOVE), "Scaler.transform").origin == "ada.py, line 14: def transform(self, X):"


def test_a_wrong_method_is_named_by_its_mistake_and_costs_only_itself(graded: Grader, sandbox: Sandbox) -> None:
    report = graded(SCALER.replace("(X - self.mean) * self.factor", "X * self.factor") + MOVE, sandbox)
    assert [name for name, status in statuses(report).items() if status != "passed"] == ["Scaler.transform"]
    assert [finding.code for finding in of(report, "Scaler.transform").findings] == ["not-centred"]


def test_an_attribute_with_the_name_of_an_argument_is_read_from_the_object(graded: Grader, sandbox: Sandbox) -> None:
    """The commonest constructor keeps ``factor`` as ``self.factor``: an argument that nobody kept is no attribute."""
    for wrong in ("self.scale = factor", "self.factor = 2 * factor"):
        report = graded(SCALER.replace("self.factor = factor", wrong) + MOVE, sandbox)
        assert of(report, "Scaler").status != "passed"


def test_what_a_method_leaves_in_its_object_is_judged(graded: Grader, sandbox: Sandbox) -> None:
    report = graded(SCALER.replace("X.mean(axis=0)", "X.mean()") + MOVE, sandbox)
    function = of(report, "Scaler.fit")
    assert function.status != "passed"
    assert [finding.code for finding in function.findings] == ["whole-mean"]
    assert {c.name: c.status for c in function.checks if c.kind == "values"}["state.count"] == "passed"


def test_an_attribute_that_is_never_set_is_told_by_its_name(graded: Grader, sandbox: Sandbox) -> None:
    nowhere = SCALER.replace("self.mean = None", "pass").replace("self.mean = X.mean(axis=0)", "pass")
    report = graded(nowhere + MOVE, sandbox)
    said = " ".join(c.message for c in of(report, "Scaler.fit").checks)
    assert "your object has no attribute mean after the call; is it set, under exactly this name?" in said


def test_an_attribute_that_should_be_none_has_to_be_there_all_the_same(graded: Grader, sandbox: Sandbox) -> None:
    for runner in (InProcess(), sandbox):
        function = of(graded(SCALER.replace("self.mean = None", "pass") + MOVE, runner), "Scaler")
        assert function.status != "passed"
        checks = {(check.kind, check.name): check for check in function.checks}
        assert "your object has no attribute mean after the call" in checks["structure", "structure"].message
        assert checks["values", "mean"].points == 0 < checks["values", "factor"].points
        assert function.counterexample is not None
        assert function.counterexample["got"]["error"] == "nothing of this name"


BLANK = """
class Scaler:
    def __init__(self, factor):
        \"\"\"Keep the factor.\"\"\"
        ### START CODE HERE ###
        ### END CODE HERE ###

    def fit(self, X):
        \"\"\"Keep the mean, and count.\"\"\"
        ### START CODE HERE ###
        ### END CODE HERE ###
        return self

    def transform(self, X):
        ### START CODE HERE ###
        Z = None
        ### END CODE HERE ###
        return Z

    def inverse(self, Z):
        ### START CODE HERE ###
        X = None
        ### END CODE HERE ###
        return X

def move(x, config):
    ### START CODE HERE ###
    ### END CODE HERE ###
    return x
"""


def test_a_class_that_nobody_has_written_into_is_not_started_and_earns_nothing(graded: Grader, sandbox: Sandbox) -> None:
    report = graded(BLANK, sandbox)
    assert report.points == 0
    told = {f.name: [finding.code for finding in f.findings] for f in report.functions}
    assert told.pop("move") == ["unfilled-blank"]
    assert set(map(tuple, told.values())) == {("not-started",)}


def test_a_method_that_is_not_there_is_missing_and_a_similar_name_is_told(graded: Grader, sandbox: Sandbox) -> None:
    report = graded(SCALER.replace("def transform", "def transfrom") + MOVE, sandbox)
    function = of(report, "Scaler.transform")
    assert function.status == "missing"
    assert "transfrom" in function.checks[0].message


def test_a_class_that_is_not_there_loses_its_methods_and_nothing_else(graded: Grader, sandbox: Sandbox) -> None:
    report = graded(SCALER.replace("class Scaler", "class scaler") + MOVE, sandbox)
    assert statuses(report) == {**dict.fromkeys(statuses(report), "missing"), "move": "passed"}
    assert "scaler" in of(report, "Scaler.fit").checks[0].message


def test_a_declared_argument_may_be_changed_and_its_state_is_judged(graded: Grader, sandbox: Sandbox) -> None:
    assert of(graded(SCALER + MOVE, sandbox), "move").status == "passed"
    kept = MOVE.replace('config["average"] = ', "average = ").replace('x - config["average"]', "x - average")
    function = of(graded(SCALER + kept, sandbox), "move")
    assert [finding.code for finding in function.findings] == ["average-lost"]
    assert {c.name: c.status for c in function.checks if c.kind == "values"} == {
        "value": "passed",
        "config.average": "failed",
    }


def test_an_argument_that_is_not_declared_is_left_alone(graded: Grader) -> None:
    report = graded(SCALER + MOVE.replace("    return x -", "    before = x.copy()\n    x[:] = 0\n    return before -"))
    assert [c.kind for c in of(report, "move").checks if c.status == "failed"] == ["inputs"]


def test_an_object_that_answers_every_name_ends_nothing(graded: Grader, sandbox: Sandbox) -> None:
    hostile = SCALER + "    def __getattr__(self, name):\n        raise SystemExit(name)\n" + MOVE
    assert of(graded(hostile.replace("self.mean = X.mean(axis=0)", "pass"), sandbox), "move").status == "passed"


def test_an_example_repeats_the_making_of_the_object(graded: Grader) -> None:
    report = graded(SCALER.replace("(X - self.mean) * self.factor", "X * self.factor") + MOVE)
    example = of(report, "Scaler.transform").counterexample
    assert example is not None
    space: dict[str, object] = {}
    exec(SCALER + example["snippet"], space)
    assert "result_0 = Scaler(" in example["snippet"]
    assert "result_0.mean = " in example["snippet"]


# -- pairs, modes, single precision ------------------------------------------------------------------

PAIR_ASSIGNMENT = """
from grader.spec import *
import numpy as np

def affine(d):
    n, p, k = d.sizes("n", "p", "k")
    return d.array(n, p), d.array(p, k)

def backward(d):
    out, cache = d.call("forward", *affine(d))
    return d.array(*out.shape), cache

def masked(d):
    n, k = d.sizes("n", "k")
    return d.array(n, k), d.choice([0.5, 0.75]), d.case != "test time"

def shares(d):
    return [(np.ones((150, 150)), 0.5, True)]

def kept(given):
    share = np.mean(given.reply != 0)
    return None if abs(share - 0.5) < 0.05 else f"{share:.0%} of the entries are kept, expected 50%"

def single(d):
    n, k = d.sizes("n", "k")
    return d.array(n, k).astype(np.float32), d.array(k).astype(np.float32)

ASSIGNMENT = Assignment(
    "sample", title="Sample", source="none",
    functions=(
        Function("forward", points=2, inputs=affine, returns=("out", "cache"), opaque="cache"),
        Function("backward", points=2, inputs=backward, returns=["dx", "dw"], pair="forward"),
        Function("mask", points=2, inputs=masked, returns="out",
                 classes=(CaseClass("test time", count=4), CaseClass("training", count=4, random=["out"], share=0.2)),
                 properties=[Property("half of it", share=0.4, plan=shares, judge=kept,
                                      classes=(CaseClass("wide", count=1),))]),
        Function("shift", points=2, inputs=single, returns="out"),
    ),
)
"""
LAYERS = """
import numpy as np

def forward(x, w):
    return x @ w, (x, w)

def backward(dout, cache):
    x, w = cache
    return dout @ w.T, x.T @ dout

def mask(x, p, training):
    return x * (np.random.rand(*x.shape) < p) / p if training else x

def shift(x, b):
    return x - x.mean(axis=0) + b
"""
OTHER_CACHE = """
def forward(x, w):
    return x @ w, {"weights": w, "rows": x}

def backward(dout, cache):
    return dout @ cache["weights"].T, cache["rows"].T @ dout
"""


@pytest.fixture(scope="module")
def layers(tmp_path_factory: pytest.TempPathFactory) -> Grader:
    return grader_of(sample(tmp_path_factory.mktemp("layers"), assignment=PAIR_ASSIGNMENT, reference=LAYERS))


def test_a_pair_may_have_a_cache_of_its_own(layers: Grader, sandbox: Sandbox) -> None:
    assert layers(LAYERS + OTHER_CACHE, sandbox).full_marks


def test_what_is_random_for_a_kind_of_input_earns_nothing_there(layers: Grader, sandbox: Sandbox) -> None:
    report = layers(LAYERS.replace("training else x", "training else -x"), sandbox)
    (values,) = [check for check in function_of(report, "mask").checks if check.kind == "values"]
    assert values.points == 0.0
    right = layers(LAYERS, sandbox)
    (values,) = [check for check in function_of(right, "mask").checks if check.kind == "values"]
    assert values.message == "correct for all 3 inputs"  # of those that are asked first


def test_a_pair_that_does_not_fit_does_not_pass(layers: Grader, sandbox: Sandbox) -> None:
    other = LAYERS + OTHER_CACHE.partition("def backward")[0]
    assert statuses(layers(other, sandbox))["backward"] == "failed"
    swapped = LAYERS.replace("x @ w, (x, w)", "x @ w, (2 * x, w)")
    assert statuses(layers(swapped, sandbox)) == {**dict.fromkeys(statuses(layers(LAYERS)), "passed"), "backward": "partial"}


def test_a_right_backward_pass_keeps_its_points_beside_a_wrong_or_missing_forward_pass(
    layers: Grader, sandbox: Sandbox
) -> None:
    for forward in ("x @ w + 1, (x, w)", "x @ w + 1, (w, x)", "None, None"):
        report = of(layers(LAYERS.replace("x @ w, (x, w)", forward), sandbox), "backward")
        assert (report.status, report.points) == ("passed", 2.0)
    assert of(layers(LAYERS.replace("def forward", "def forwards"), sandbox), "backward").status == "passed"


def test_a_cache_of_ones_own_that_a_template_leaves_none_gives_nothing_to_judge(layers: Grader, sandbox: Sandbox) -> None:
    blank = OTHER_CACHE.replace('x @ w, {"weights": w, "rows": x}', "None, None")
    report = of(layers(LAYERS + blank, sandbox), "backward")
    assert report.status == "not-graded"
    assert "forward" in report.checks[0].message


SLOPE_ASSIGNMENT = PAIR_ASSIGNMENT.replace("import numpy", "from grader.properties import derivative\nimport numpy").replace(
    'pair="forward"',
    'pair="forward", properties=derivative("slope", share=0.2, forward="forward", inputs=affine, gradients={0: 0, 1: 1})',
)
DOUBLED = """
def forward(x, w):
    return 2 * x @ w, {"weights": w, "rows": x}

def backward(dout, cache):
    return 2 * dout @ cache["weights"].T, 2 * cache["rows"].T @ dout
"""


def test_a_backward_pass_that_is_the_derivative_of_a_wrong_forward_pass_is_carried(tmp_path: Path, sandbox: Sandbox) -> None:
    graded = grader_of(sample(tmp_path, assignment=SLOPE_ASSIGNMENT, reference=LAYERS))
    assert graded(LAYERS, sandbox).full_marks
    report = graded(LAYERS + DOUBLED, sandbox)
    assert of(report, "forward").status != "passed"
    assert (of(report, "backward").status, of(report, "backward").carried) == ("passed", True)
    other = of(graded(LAYERS + DOUBLED.replace("2 * cache", "3 * cache"), sandbox), "backward")
    assert other.status != "passed"
    assert "gradient number 2 is not the derivative of your own forward" in " ".join(c.message for c in other.checks)


def test_the_example_of_a_property_shows_what_the_earlier_calls_gave(tmp_path: Path) -> None:
    plan = 'plan=lambda d: [Step("once", (2.0,)), (3.0,)]'
    judge = 'judge=lambda g: None if g.replies == (4.0, 9.0) else "not the squares"'
    one = 'Function("once", points=1, inputs=lambda d: (d.number(1, 2),))'
    square = one.replace("once", "square")[:-1] + f', properties=Property("p", share=0.1, {plan}, {judge}))'
    reference = "def once(x):\n    return x * x\n\ndef square(x):\n    return x * x\n"
    graded = grader_of(sample(tmp_path, f"{one}, {square}", reference=reference))
    example = of(graded(reference + "\ndef square(x):\n    return x**2 + (x == 3)\n"), "square").counterexample
    assert example is not None
    assert [(a["name"], a["value"]) for a in example["arguments"]] == [
        ("call 1, once: x", 2.0),
        ("call 1, once: the result", 4.0),
        ("call 2, square: x", 3.0),
    ]


STUBS = """
import numpy as np

def forward(x, w):
    return {made}, (x, w)

def backward(dout, cache):
    x, w = cache
    return {dx}, np.zeros(w.shape)
"""


@pytest.mark.parametrize(
    ("made", "dx"),
    [
        ("np.zeros((len(x), w.shape[1]))", "np.zeros(x.shape)"),
        ("np.full((len(x), w.shape[1]), x.sum())", "np.full(x.shape, dout.sum())"),
    ],
)
def test_nothing_is_carried_by_a_forward_pass_of_which_nothing_is_right(
    made: str, dx: str, tmp_path: Path, sandbox: Sandbox
) -> None:
    graded = grader_of(sample(tmp_path, assignment=SLOPE_ASSIGNMENT, reference=LAYERS))
    report = graded(LAYERS + STUBS.format(made=made, dx=dx), sandbox)
    assert (of(report, "forward").points, of(report, "backward").status, of(report, "backward").carried) == (
        0,
        "failed",
        False,
    )


FITTED = """
import sys
import numpy as np

CALLS = []

def forward(x, w):
    CALLS.append((x, w))
    return 2 * x @ w, (x, w)

def backward(dout, cache):
    x, w = cache
    found = []
    for number, value in enumerate((x, w)):
        plus, minus = CALLS[2 * number - 4], CALLS[2 * number - 3]
        along = plus[number] - minus[number]
        slope = np.sum(dout * (2 * plus[0] @ plus[1] - 2 * minus[0] @ minus[1]))
        found.append(slope * along / max(np.sum(along**2), 1e-300) if along.shape == value.shape else np.ones(value.shape))
    return tuple(found)
"""


def test_a_backward_pass_that_has_seen_where_the_forward_pass_is_moved_is_not_carried(
    tmp_path: Path, sandbox: Sandbox
) -> None:
    """Its answers are numbers that fit those of the forward pass along one direction, and no derivative."""
    graded = grader_of(sample(tmp_path, assignment=SLOPE_ASSIGNMENT, reference=LAYERS))
    backward = of(graded(LAYERS + FITTED, sandbox), "backward")
    assert [check.status for check in backward.checks if check.kind == "property"] == ["passed"]
    assert (backward.status == "passed", backward.carried) == (False, False)


def test_freezing_refuses_a_mistake_that_what_carries_does_not_see(tmp_path: Path) -> None:
    mistakes = """
from grader.spec import mistake

@mistake("transposed", "backward", message="dw is halved", hint="How many halves has a whole?")
def halved(dout, cache):
    x, w = cache
    return dout @ w.T, x.T @ dout / 2
"""
    weak = SLOPE_ASSIGNMENT.replace("gradients={0: 0, 1: 1}", "gradients={0: 0}")
    with pytest.raises(SpecError, match="'transposed' fulfils 'slope', which carries: beside a wrong earlier function"):
        freeze(sample(tmp_path / "weak", assignment=weak, reference=LAYERS, mistakes=mistakes))
    freeze(sample(tmp_path / "whole", assignment=SLOPE_ASSIGNMENT, reference=LAYERS, mistakes=mistakes))


def test_an_item_may_be_random_for_one_kind_of_input_and_judged_for_another(layers: Grader) -> None:
    assert statuses(layers(LAYERS.replace("if training else x", "if training else 2 * x")))["mask"] != "passed"
    assert (
        statuses(layers(LAYERS.replace("np.random.rand(*x.shape) < p", "np.random.rand(*x.shape) <= p")))["mask"] == "passed"
    )
    assert (
        statuses(layers(LAYERS.replace("np.random.rand(*x.shape) < p", "np.random.rand(*x.shape) < 0.9")))["mask"]
        != "passed"
    )
    assert of(layers(LAYERS.replace("/ p if training", "/ p if training and x is None")), "mask").status != "passed"


def test_zeros_earn_nothing_where_values_are_random(layers: Grader) -> None:
    stub = LAYERS + "\ndef mask(x, p, training):\n    return np.zeros(x.shape)\n"
    assert of(layers(stub), "mask").points == 0.0


def test_single_precision_may_be_computed_in_either(layers: Grader) -> None:
    wide = LAYERS.replace(
        "x - x.mean(axis=0) + b", "(x.astype(float) - x.astype(float).mean(axis=0) + b).astype(np.float32)"
    )
    assert statuses(layers(wide))["shift"] == "passed"
    wrong = LAYERS.replace("x - x.mean(axis=0) + b", "x - x.mean(axis=0) + b * np.float32(1.001)")
    assert statuses(layers(wrong))["shift"] != "passed"


# -- conventions, and properties that are ready made ---------------------------------------------------

DROPOUT_ASSIGNMENT = """
from grader.spec import *
from grader.properties import *
import numpy as np

def sized(d):
    x = d.array(*d.sizes("n", "k"))
    return x, {"p": d.choice([0.25, 0.75]), "mode": "test" if d.case == "test time" else "train", "seed": 5}

def wide(d):
    return np.full((150, 150), 2.0), {"p": d.choice([0.3, 0.75]), "mode": "train"}

def with_seed(d, seed):
    x = d.facts.setdefault("x", d.array(6, 5))
    return x, {"p": 0.5, "mode": "train", "seed": seed}

def backward(d):
    x, param = sized(d)
    out, cache = d.call("dropout_forward", x, param)
    return d.array(*x.shape), cache

def masked(d):
    x, param = np.ones((40, 40)), {"p": 0.25, "mode": "train"}
    return [Step("dropout_forward", (x, param)), (np.ones((40, 40)), Ref(0, (1,)))]

def follows(given):
    forward, backward = given.replies
    return None if np.allclose(forward[0], backward) else "the gradient does not follow the mask"

MODES = (CaseClass("test time", count=4), CaseClass("training", count=3, random="out"))
BACK = (CaseClass("test time", count=4), CaseClass("training", count=3, random="dx"))

ASSIGNMENT = Assignment(
    "sample", title="Sample", source="none",
    functions=(
        Function("dropout_forward", points=4, inputs=sized, returns=("out", "cache"), opaque="cache", classes=MODES,
                 alternatives="drops", convention="p",
                 properties=(
                     kept_share("keeps p", share=0.3, inputs=wide, keep=lambda args: args[1]["p"],
                                conventions={"drops": lambda args: 1 - args[1]["p"]}),
                     unbiased("mean", share=0.2, inputs=wide, mean=lambda args: 2.0, most=lambda args: 8.0,
                              mistakes={"unscaled": lambda args: 2 * args[1]["p"]}),
                     kept_scaled("scaled", share=0.1, inputs=wide, factor=lambda args: 1 / args[1]["p"],
                                 conventions={"drops": lambda args: 1 / (1 - args[1]["p"])},
                                 mistakes={"unscaled": lambda args: 1.0}),
                     seeded("seed", share=0.1, inputs=with_seed),
                 )),
        Function("dropout_backward", points=2, inputs=backward, returns="dx", classes=BACK, pair="dropout_forward",
                 alternatives="drops", convention="p",
                 properties=[Property("mask", share=0.4, plan=masked, judge=follows, count=1)]),
        Function("share", points=2, inputs=lambda d: (d.choice([0.25, 0.75]),), returns="share",
                 alternatives="drops", convention="p"),
        Function("again", points=2, inputs=lambda d: (d.array(3, 4),), returns="y",
                 properties=[equal_forms("again", "again", share=0.1, inputs=lambda d: (d.array(3, 4),))]),
    ),
)
"""
DROPOUT = """
import numpy as np

def dropout_forward(x, param):
    if "seed" in param:
        np.random.seed(param["seed"])
    if param["mode"] == "test":
        return x, (param, None)
    mask = (np.random.rand(*x.shape) < param["p"]) / param["p"]
    return x * mask, (param, mask)

def dropout_backward(dout, cache):
    param, mask = cache
    return dout if param["mode"] == "test" else dout * mask

def share(p):
    return p

def again(x):
    return 2 * x
"""
DROPS = """
def dropout_forward__drops(x, param):
    return dropout_forward(x, {**param, "p": 1 - param["p"]})

def dropout_backward__drops(dout, cache):
    return dropout_backward(dout, cache)

def share__drops(p):
    return 1 - p
"""


UNSCALED = """
from grader.spec import mistake
from reference.sample import dropout_forward

@mistake("unscaled", "dropout_forward", message="what is kept is not scaled", hint="Which mean has the result?")
def unscaled(x, param):
    out, cache = dropout_forward(x, param)
    return (out * param["p"] if param["mode"] == "train" else out), cache
"""


@pytest.fixture(scope="module")
def dropout(tmp_path_factory: pytest.TempPathFactory) -> Grader:
    folder = tmp_path_factory.mktemp("dropout")
    return grader_of(sample(folder, assignment=DROPOUT_ASSIGNMENT, reference=DROPOUT + DROPS, mistakes=UNSCALED))


ALL_DROP = DROPOUT.replace('< param["p"]) / param["p"]', '> param["p"]) / (1 - param["p"])').replace(
    "return p\n", "return 1 - p\n"
)


def test_one_convention_holds_for_all_functions_that_share_it(dropout: Grader, sandbox: Sandbox) -> None:
    assert dropout(DROPOUT, sandbox).full_marks
    assert dropout(ALL_DROP, sandbox).full_marks
    mixed = statuses(dropout(ALL_DROP.replace("return 1 - p", "return p"), sandbox))
    assert mixed == {"dropout_forward": "partial", "dropout_backward": "passed", "share": "passed", "again": "passed"}


@pytest.mark.parametrize(
    ("right", "wrong", "failing"),
    [
        ('/ param["p"]', "/ 1.0", "mean"),
        ('np.random.seed(param["seed"])', "np.random.seed(3)", "seed"),
        ('np.random.seed(param["seed"])', 'np.random.seed(param["seed"] + len(cache_of()))', "seed"),
        ("np.random.rand(*x.shape) <", "np.random.rand(*x.shape) / 2 <", "keeps p"),
    ],
)
def test_what_a_random_function_promises_is_judged(dropout: Grader, right: str, wrong: str, failing: str) -> None:
    calls = "\nCALLS = []\n\ndef cache_of():\n    CALLS.append(1)\n    return CALLS\n"
    function = of(dropout(calls + DROPOUT.replace(right, wrong)), "dropout_forward")
    assert failing in [check.name for check in function.checks if check.status == "failed"]


def test_a_mistake_of_a_random_function_is_recognised_by_the_number_that_it_has(dropout: Grader) -> None:
    function = of(dropout(DROPOUT.replace('/ param["p"]', "/ 1.0")), "dropout_forward")
    said = {c.name: c.message for c in function.checks if c.status == "failed"}
    assert set(said) == {"mean", "scaled"}
    assert re.fullmatch(r"a kept 2 has become 2, expected [\d.]+", said["scaled"])
    assert [finding.code for finding in function.findings] == ["unscaled"]
    thrice = of(dropout(DROPOUT.replace('/ param["p"]', "/ 3.0")), "dropout_forward")
    assert thrice.findings == ()


SEEDED = """
from grader.spec import *
from grader.properties import seeded

def start(d, seed):
    net = d.make("Net", seed)
    return Step("Net.W1", (net,))

ASSIGNMENT = Assignment("sample", title="Sample", source="none", functions=(
    Function("Net", points=4, inputs=lambda d: (d.integer(0, 9),), returns=(), after="W1", random="W1", weights={"W1": 1},
             properties=[seeded("the seed decides", share=0.5, inputs=start, item=None)]),
))
"""
NET = """
import numpy as np

class Net:
    def __init__(self, seed):
        self.W1 = np.random.default_rng(seed).standard_normal((3, 2))
"""


@pytest.mark.parametrize(
    ("own", "said"),
    [
        ("np.random.default_rng(seed).standard_normal(size=(3, 2))", None),
        ("np.random.default_rng(3).standard_normal((3, 2))", "two calls with different seeds give the same result"),
        ("np.random.randn(3, 2)", "two calls with the same seed give different results"),
        (
            "np.random.default_rng(seed).random() + np.random.randn(3, 2)",
            "two calls with the same seed give different results",
        ),
    ],
)
def test_a_seed_may_decide_an_attribute(tmp_path: Path, own: str, said: str | None) -> None:
    grade = grader_of(sample(tmp_path, assignment=SEEDED, reference=NET))
    function = of(grade(NET.replace("np.random.default_rng(seed).standard_normal((3, 2))", own)), "Net")
    assert next((c.message for c in function.checks if c.status == "failed"), None) == said


def test_forms_that_differ_are_told(dropout: Grader) -> None:
    other = "\nCALLS = []\n\ndef again(x):\n    CALLS.append(1)\n    return 2 * x + 1e-5 * (len(CALLS) % 2)\n"
    function = of(dropout(DROPOUT + other), "again")
    assert "again and again give different results" in [c.message for c in function.checks if c.kind == "property"]


GENERATOR_ASSIGNMENT = """
from grader.spec import *
from grader.properties import *
import numpy as np

def generator(seed):
    return Code("np.random.default_rng", (seed,))

def small(d):
    return d.array(*d.sizes("n", "k")), generator(d.integer(0, 9))

def wide(d):
    return np.full((150, 120), 2.0), generator(5)

def with_seed(d, seed):
    return d.facts.setdefault("x", d.array(6, 5)), generator(seed)

ASSIGNMENT = Assignment("sample", title="Sample", source="none", functions=(
    Function("noisy", points=4, inputs=small, returns="y", random="y", weights={"y": 1}, properties=(
        kept_share("half is kept", share=0.4, inputs=wide, keep=lambda args: 0.5, item=None),
        seeded("the generator decides", share=0.3, inputs=with_seed, item=None),
    )),
))
"""
NOISY = """
import numpy as np

def noisy(x, rng):
    return x * (rng.random(x.shape) < 0.5)
"""


def test_a_generator_of_numpys_is_an_argument(tmp_path: Path, sandbox: Sandbox) -> None:
    grade = grader_of(sample(tmp_path, assignment=GENERATOR_ASSIGNMENT, reference=NOISY))
    assert grade(NOISY, sandbox).full_marks
    assert grade(NOISY.replace("rng.random(x.shape) < 0.5", "rng.integers(0, 2, x.shape)")).full_marks
    deaf = of(grade(NOISY.replace("rng.random(x.shape)", "np.random.rand(*x.shape)"), sandbox), "noisy")
    assert [c.message for c in deaf.checks if c.status == "failed"] == [
        "two calls with the same seed give different results"
    ]
    broken = of(grade(NOISY.replace("x *", "x[:1] *").replace("x.shape", "x[:1].shape"), sandbox), "noisy")
    assert broken.counterexample is not None
    assert re.search(r"np\.random\.default_rng\(\d\)", render_function(broken, width=100))
    assert re.search(r"rng = np\.random\.default_rng\(\d\)", render_function(broken, width=100, verbose=True))


CHAIN = """
from grader.spec import *
import numpy as np

def made(d):
    return d.choice([0.5, 0.25]), d.integer(2, 9)

def rows(d):
    m, k = d.sizes("m", "k")
    return d.make("Model", d.choice([0.5, 0.25]), 3, w=d.array(k)), d.array(m, k)

def labelled(d):
    net, X = rows(d)
    return net, X, d.array(len(X))

ASSIGNMENT = Assignment(
    "sample", title="Sample", source="none",
    functions=(
        Function("Model", points=1, inputs=made, returns=(), after=("rate", "steps")),
        Function("Model.predict", points=1, inputs=rows, returns="y_hat"),
        Function("Model.loss", points=1, inputs=labelled, returns="loss"),
        Function("Model.step", points=1, inputs=labelled, returns=(), after="w"),
        Function("Model.fit", points=1, inputs=labelled, returns="losses", after="w"),
    ),
)
"""
MODEL = """
import numpy as np

class Model:
    def __init__(self, rate, steps):
        self.rate = rate
        self.steps = steps

    def predict(self, X):
        return X @ self.w

    def loss(self, X, y):
        return float(np.mean((self.predict(X) - y) ** 2))

    def step(self, X, y):
        self.w = self.w - self.rate * 2 * X.T @ (self.predict(X) - y) / len(y)
        return self

    def fit(self, X, y):
        losses = []
        for _ in range(self.steps):
            losses.append(self.step(X, y).loss(X, y))
        return np.array(losses)
"""


@pytest.fixture(scope="module")
def graded_chain(tmp_path_factory: pytest.TempPathFactory) -> Grader:
    return grader_of(sample(tmp_path_factory.mktemp("chain"), assignment=CHAIN, reference=MODEL))


@pytest.mark.parametrize(
    ("right", "wrong", "failing"),
    [
        ("self.rate = rate", "self.rate = 2 * rate", {"Model"}),
        ("self.rate = rate", "self.speed = rate", {"Model"}),
        ("return X @ self.w", "return X @ self.w + 1", {"Model.predict"}),
        ("return X @ self.w", "raise ValueError", {"Model.predict"}),
        ("def predict", "def predicted", {"Model.predict"}),
        ("self.w - self.rate", "self.w + self.rate", {"Model.step"}),
        ("return np.array(losses)", "return self.predict(X)", {"Model.fit"}),
    ],
)
def test_one_wrong_method_costs_once(
    right: str, wrong: str, failing: set[str], graded_chain: Grader, sandbox: Sandbox
) -> None:
    """Whatever else calls it is carried: the object stays the student's own, and right methods work on its attributes."""
    for runner in (InProcess(), sandbox):
        report = graded_chain(MODEL.replace(right, wrong, 1), runner)
        assert {name for name, status in statuses(report).items() if status != "passed"} == failing
        assert sum(f.points for f in report.functions if f.name not in failing) == 5 - len(failing)


def test_what_a_method_that_is_right_keeps_in_its_own_way_is_there_for_others(
    graded_chain: Grader, sandbox: Sandbox
) -> None:
    keeps = MODEL.replace("        return self\n", "        self.seen = X, y\n        return self\n")
    keeps = keeps.replace("self.step(X, y).loss(X, y)", "self.step(X, y).loss(*self.seen)")
    assert graded_chain(keeps, sandbox).full_marks
    report = graded_chain(keeps.replace("return X @ self.w", "return X @ self.w + 1"), sandbox)
    assert [name for name, status in statuses(report).items() if status != "passed"] == ["Model.predict"]


def test_a_right_method_draws_from_a_generator_that_it_is_handed(tmp_path: Path, sandbox: Sandbox) -> None:
    assignment = """
from grader.spec import *
import numpy as np

def rng(seed):
    return Code("np.random.default_rng", (seed,))

def rows(d):
    return d.make("Start"), d.array(9, 2), rng(d.integer(0, 99))

def spread(given):
    found = given.reply[1] if isinstance(given.reply, tuple) else given.reply
    return None if found.shape == (3, 2) and len(np.unique(found, axis=0)) == 3 else "not three rows"

def different():
    return Property("different", share=0.5, plan=lambda d: [rows(d)], judge=spread)

ASSIGNMENT = Assignment(
    "sample", title="Sample", source="none",
    functions=(
        Function("Start.pick", points=1, inputs=rows, returns="rows", random="rows", properties=different()),
        Function("Start.fit", points=1, inputs=rows, returns=("n", "rows"), random="rows", properties=different()),
    ),
)
"""
    reference = """
import numpy as np

class Start:
    def pick(self, X, rng):
        return X[rng.permutation(len(X))[:3]]

    def fit(self, X, rng):
        self.rows = self.pick(X, rng)
        return len(self.rows) + self.rows.ndim, self.rows
"""
    graded = grader_of(sample(tmp_path, assignment=assignment, reference=reference))
    for runner in (InProcess(), sandbox):
        report = graded(reference.replace("X[rng.permutation(len(X))[:3]]", "rng.permutation(len(X))[:3]"), runner)
        assert statuses(report) == {"Start.pick": "failed", "Start.fit": "passed"}
        assert of(report, "Start.fit").carried


def test_own_values_make_no_difference_where_earlier_steps_give_objects(tmp_path: Path) -> None:
    own = CHAIN.replace('inputs=labelled, returns="loss"', 'inputs=labelled, returns="loss", own_inputs=True')
    with pytest.raises(SpecError, match="makes no difference where earlier steps give objects only; leave it out"):
        freeze(sample(tmp_path, assignment=own, reference=MODEL))


def test_a_right_method_answers_neither_for_itself_nor_for_an_earlier_one(graded_chain: Grader, sandbox: Sandbox) -> None:
    thief = """
    def predict(self, X):
        y = np.zeros(len(X))
        before = np.sqrt([self.loss(X, y + one) for one in np.eye(len(X))])
        return self.predict(X) if len(X) > 99 else before
    """
    report = graded_chain(MODEL.replace("    def predict(self, X):\n        return X @ self.w\n", thief), sandbox)
    assert of(report, "Model.predict").status == "failed"


def test_what_a_right_method_cannot_know_is_left_to_the_students_own(graded_chain: Grader, sandbox: Sandbox) -> None:
    """The weights stand in an attribute of another name, too, which a right method leaves as it is."""
    own_names = MODEL.replace("self.rate = rate", "self.pace = self.rate = rate").replace("self.rate *", "self.pace *")
    wrong = own_names.replace("self.predict(X) - y) ** 2", "self.predict(X) - y) ** 4")
    report = graded_chain(wrong, sandbox)
    assert [name for name, status in statuses(report).items() if status != "passed"] == ["Model.loss"]
    finding = of(report, "Model.fit").findings[0]
    assert "Model.loss" in finding.message


# -- exceptions that the exercise asks for ---------------------------------------------------------------

RAISING = """
from grader.spec import *
from grader.properties import raises
import numpy as np

def numbers(d):
    return d.array(d.size("n"), positive=True), d.choice([0.5, 2.0])

def negative(d):
    x, rate = numbers(d)
    return x, -rate

def not_fitted(d):
    return d.make("Line"), d.array(3, 2)

def fitted(d):
    n, k = d.sizes("n", "k")
    return d.make("Line", w=d.array(k)), d.array(n, k)

ASSIGNMENT = Assignment(
    "sample", title="Sample", source="none",
    functions=(
        Function("scaled", points=10, inputs=numbers, returns="y",
                 properties=raises("a negative rate", share=0.2, error=ValueError, inputs=negative, mistakes="unchecked")),
        Function("Line.predict", points=10, inputs=fitted, returns="y",
                 properties=raises("before fit", share=0.2, error=(RuntimeError, LookupError), inputs=not_fitted)),
    ),
)
"""
CHECKED = """
import numpy as np

def scaled(x, rate):
    if rate < 0:
        raise ValueError("rate must be positive")
    return rate * x

class Line:
    def __init__(self):
        self.w = None

    def predict(self, X):
        if self.w is None:
            raise RuntimeError("call fit first")
        return X @ self.w
"""
UNCHECKED = """
from grader.spec import mistake

@mistake("unchecked", "scaled", message="a negative rate is taken as any other", hint="What is forbidden?")
def unchecked(x, rate):
    return rate * x
"""


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory) -> Grader:
    folder = tmp_path_factory.mktemp("raising")
    return grader_of(sample(folder, assignment=RAISING, reference=CHECKED, mistakes=UNCHECKED))


def test_an_exception_that_the_exercise_asks_for_is_right(checked: Grader, sandbox: Sandbox) -> None:
    derived = CHECKED.replace("raise RuntimeError", "raise KeyError").replace("raise ValueError", "raise UnicodeError")
    for runner in (InProcess(), sandbox):
        assert checked(CHECKED, runner).full_marks
        assert checked(derived, runner).full_marks


def test_who_raises_nothing_or_something_else_loses_the_share_and_is_told(checked: Grader, sandbox: Sandbox) -> None:
    for runner in (InProcess(), sandbox):
        silent = of(checked(CHECKED.replace("rate < 0", "rate < -99"), runner), "scaled")
        assert silent.points == 8.0
        assert [finding.code for finding in silent.findings] == ["unchecked"]
        assert "the call raised nothing, expected ValueError" in " ".join(c.message for c in silent.checks)
        other = of(checked(CHECKED.replace("self.w is None", "False"), runner), "Line.predict")
        assert other.points == 8.0
        said = " ".join(c.message for c in other.checks)
        assert "the function raised " in said
        assert said.endswith("; expected RuntimeError or LookupError")


def test_a_function_that_always_raises_earns_nothing(checked: Grader) -> None:
    always = of(checked(CHECKED.replace("if rate < 0:", "if True:")), "scaled")
    assert (always.status, always.points) == ("failed", 0.0)


def test_freezing_refuses_a_reference_that_does_not_raise_what_it_should(tmp_path: Path) -> None:
    lax = CHECKED.replace("rate < 0", "rate < -99")
    with pytest.raises(SpecError, match=r"'a negative rate' fails for .*: the call raised nothing, expected ValueError"):
        freeze(sample(tmp_path, assignment=RAISING, reference=lax))
