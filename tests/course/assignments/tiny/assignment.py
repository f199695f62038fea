"""A tiny assignment: one small function per mechanism, so that these are tested without the real course."""

import numpy as np

from grader.distributions import gaussian_problem
from grader.spec import Assignment, CaseClass, CaseSet, Code, Function, Property, Ref, Step, cases

_FEW = cases(small=3, general=4, each=2)
_WITH_ONE_EXAMPLE = cases(small=3, general=4, each=2, one_example={"m": 1})


def _matrix(d):
    n, m = d.sizes("n", "m")
    return (d.array(n, m),)


def _one_sign(d):
    (X,) = _matrix(d)
    if d.case == "general":
        return (X,)
    return (np.abs(X) * (-1 if d.integer(0, 1) else 1),)


def _affine(d):
    n, k, m = d.sizes("n", "k", "m")
    return d.array(k, m), d.array(n, k), d.array(n, 1)


def _backward(d):
    X, W, b = _affine(d)
    Z, cache = d.call("affine", X, W, b)
    return d.array(*Z.shape), cache


def _weighted(d):
    return d.array(*d.sizes("n", "m")), d.choice([2.0, 3.0, 0.5])


def _unweighted(d):
    return d.array(*d.sizes("n", "m")), 0.0


def _doubled(d):
    X, weight = _weighted(d)
    d.note(factor=2.0)
    return [(X, weight), Step("mean_square", (X, 2 * weight))]


def _doubles(given):
    once, twice = given.replies
    if np.isclose(twice, given.facts["factor"] * once):
        return None
    return f"the result is {twice:.4g}, not twice {once:.4g}"


def _gaussian(given):
    return gaussian_problem(given.reply["W1"], 0.1, "W1")


def _unscaled(given):
    return abs(np.std(given.reply["W1"]) - 1) < 0.1


def _thresholds(d):
    return d.array(*d.sizes("n", "m")), d.choice([0.0, 0.5, -0.5])


def _line(d):
    d.give("step", Code("constant", (d.choice([0.25, 0.5, 1.0]),)))
    return Code("parabola", (d.number(1, 3),)), d.number(-2, 2)


def _fitted(d):
    X = d.array(*d.sizes("n", "m"))
    Y, model = d.call("fit", X)
    return d.array(*Y.shape), model


def _round_trip(d):
    X = d.array(3, 4)
    d.note(X=X)
    return [Step("fit", (X,)), (Ref(0, (0,)), Ref(0, (1,)))]


def _comes_back(given):
    return None if np.allclose(given.reply, given.facts["X"]) else "undo does not give back what fit was given"


ASSIGNMENT = Assignment(
    name="tiny",
    title="A tiny assignment",
    source="none",
    provided_helpers={"half": "reference.tiny.half"},
    total_s=30.0,
    functions=(
        Function(
            "center",
            points=10,
            inputs=_matrix,
            returns=("Xc", "mean"),
            summary="X minus the mean of its rows",
            classes=_WITH_ONE_EXAMPLE,
            cpu_s=0.5,
        ),
        Function(
            "affine",
            points=10,
            inputs=_affine,
            returns=("Z", "cache"),
            summary="Z = W X + b",
            classes=_WITH_ONE_EXAMPLE,
            weights={"cache": 0.5},
            cpu_s=0.5,
        ),
        Function(
            "layer",
            points=10,
            inputs=_affine,
            returns="A",
            summary="half of the affine map",
            classes=_FEW,
            helpers=("affine", "half"),
            cpu_s=0.5,
        ),
        Function(
            "affine_backward",
            points=10,
            inputs=_backward,
            returns="grads",
            summary="gradients of the affine map",
            classes=_FEW,
            alternatives=("averaged",),
            optional=frozenset({"dX{l}"}),
            weights={"dX{l}": 0.5},
            helpers=("affine",),
        ),
        Function(
            "mean_square",
            points=10,
            inputs=_weighted,
            returns="cost",
            summary="a weighted mean of squares",
            classes=_FEW,
            guards=("guarded",),
            properties=(Property("twice the weight, twice the cost", share=0.2, plan=_doubled, judge=_doubles),),
            sets=(CaseSet("weight zero", share=0.1, inputs=_unweighted, classes=(CaseClass("general", count=3),)),),
        ),
        Function(
            "noise",
            points=10,
            inputs=lambda d: d.sizes("n", "m"),
            returns="parameters",
            summary="Gaussian weights and zero biases",
            classes=_FEW,
            random=frozenset({"W{l}"}),
            properties=(
                Property(
                    "W is Gaussian * 0.1",
                    share=0.9,
                    plan=lambda d: [(150, 120)],
                    judge=_gaussian,
                    classes=(CaseClass("wide", count=1),),
                    fits={"missing-scale": _unscaled},
                ),
            ),
        ),
        Function(
            "zeros_like_all",
            points=5,
            inputs=lambda d: (d.parameters([2, 3, 1]),),
            returns="velocities",
            summary="a zero array for each parameter",
            classes=_FEW,
        ),
        Function(
            "above",
            points=5,
            inputs=_thresholds,
            returns="mask",
            summary="where X is above a threshold",
            classes=_FEW,
            loose_dtype=frozenset({"mask"}),
        ),
        Function(
            "slope", points=10, inputs=_line, returns="slope", summary="a difference quotient", classes=_FEW, given=("step",)
        ),
        Function("kinds", points=5, inputs=_one_sign, returns="kinds", summary="the signs that occur", classes=_FEW),
        Function(
            "fit",
            points=5,
            inputs=_matrix,
            returns=("Y", "model"),
            summary="takes the mean away",
            classes=_FEW,
            opaque=frozenset({"model"}),
        ),
        Function(
            "undo",
            points=10,
            inputs=_fitted,
            returns="X",
            summary="puts the mean back",
            classes=_FEW,
            own_inputs=True,
            properties=(
                Property("undo after fit changes nothing", share=0.2, plan=_round_trip, judge=_comes_back, carries=True),
            ),
        ),
    ),
)
