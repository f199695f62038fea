"""Train the models of the published experiments and print the published tables beside ours.

Run as ``python -m reference.experiments``; about ten seconds. ``--data PATH`` names the original data of the
regularization experiment (the default looks for it beside the project), ``--figures DIR`` draws what was
learned. The exit status is 0 when every published figure that can be reproduced was, 1 when one was missed, 2
for wrong usage.
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from reference import initialization, regularization
from reference.data import Dataset, curved_border, noisy_circles, read_mat
from reference.figures import draw
from reference.three_layer_network import Parameters, accuracy

DEFAULT_DATA = Path(__file__).parents[2] / "shared" / "data" / "data.mat"
COST_TOLERANCE = 1e-9  # rounding grows over 30,000 steps: to 2e-13 where this was measured
COST_INTERVAL = 1000

INITIALIZATION = {"zeros": (0.50, 0.50), "random": (0.83, 0.86), "he": (0.99, 0.96)}
"""Accuracy on the training and on the test set after 15,000 steps, by initialization. Source: 000."""

REGULARIZATION_COSTS_AT = (0, 10_000, 20_000)
REGULARIZATION = {
    "plain": (0.6557412523481002, 0.1632998752572419, 0.13851642423239133, 0.9478672985781991, 0.915),
    "lambd=0.7": (0.6974484493131264, 0.2684918873282239, 0.2680916337127301, 0.9383886255924171, 0.93),
    "keep_prob=0.86": (
        0.6543912405149825,
        0.061016986574905605,
        0.060582435798513114,
        0.9289099526066351,
        0.95,
    ),
}
"""Costs at three iterations, accuracy on the training and on the test set after 30,000. Sources: 000, 001."""
REGULARIZATION_SETTINGS = {"plain": (0.0, 1.0), "lambd=0.7": (0.7, 1.0), "keep_prob=0.86": (0.0, 0.86)}


@dataclass(frozen=True)
class Run:
    """One trained model: its name, its cost by iteration, and what it learned."""

    name: str
    costs: dict[int, float]
    parameters: Parameters
    train: float
    test: float


def run_initialization(data: Dataset, num_iterations: int = 15_000) -> list[Run]:
    """Train with each of the three initializations (learning rate 0.01, the random ones from seed 3)."""
    runs = []
    for name in INITIALIZATION:
        np.random.seed(3)
        costs: dict[int, float] = {}
        parameters = initialization.train(
            data.X_train, data.Y_train, 0.01, num_iterations, name, costs.__setitem__, COST_INTERVAL
        )
        runs.append(_judged(name, costs, parameters, data))
    return runs


def run_regularization(data: Dataset, num_iterations: int = 30_000) -> list[Run]:
    """Train plainly, with L2 regularization and with dropout (learning rate 0.3)."""
    runs = []
    for name, (lambd, keep_prob) in REGULARIZATION_SETTINGS.items():
        costs: dict[int, float] = {}
        parameters = regularization.train(
            data.X_train,
            data.Y_train,
            0.3,
            num_iterations,
            lambd,
            keep_prob,
            costs.__setitem__,
            COST_INTERVAL,
        )
        runs.append(_judged(name, costs, parameters, data))
    return runs


def _judged(name: str, costs: dict[int, float], parameters: Parameters, data: Dataset) -> Run:
    train, test = (
        accuracy(data.X_train, data.Y_train, parameters),
        accuracy(data.X_test, data.Y_test, parameters),
    )
    return Run(name, costs, parameters, train, test)


def initialization_misses(runs: Sequence[Run]) -> list[str]:
    """Name every accuracy that, rounded to the two published digits, is not the published one."""
    return [
        f"{run.name}: accuracy {ours:.4f} on the {part} set, published {published:.2f}"
        for run in runs
        for part, ours, published in zip(("training", "test"), (run.train, run.test), INITIALIZATION[run.name], strict=True)
        if round(ours, 2) != published
    ]


def regularization_misses(runs: Sequence[Run]) -> list[str]:
    """Name every cost further than 1e-9 from the published one, and every accuracy that is not exactly it."""
    misses = []
    for run in runs:
        *costs, train, test = REGULARIZATION[run.name]
        for i, published in zip(REGULARIZATION_COSTS_AT, costs, strict=True):
            if abs(run.costs[i] - published) > COST_TOLERANCE:
                misses.append(f"{run.name}: cost {run.costs[i]!r} at iteration {i}, published {published!r}")
        for part, ours, published in (("training", run.train, train), ("test", run.test, test)):
            if ours != published:
                misses.append(f"{run.name}: accuracy {ours!r} on the {part} set, published {published!r}")
    return misses


def initialization_table(runs: Sequence[Run]) -> str:
    """Accuracies, ours beside the published ones."""
    lines = [f"{'':16}{'train':>10}{'published':>12}{'test':>10}{'published':>12}"]
    for run in runs:
        train, test = INITIALIZATION[run.name]
        lines.append(f"{run.name:16}{run.train:10.4f}{train:12.2f}{run.test:10.4f}{test:12.2f}")
    return "\n".join(lines)


def regularization_table(runs: Sequence[Run]) -> str:
    """Costs and accuracies, a line of ours above a line of published figures."""
    heads = [f"cost at {i}" for i in REGULARIZATION_COSTS_AT] + ["train", "test"]
    lines = [f"{'':27}" + "".join(f"{head:>22}" for head in heads)]
    for run in runs:
        ours = (*(run.costs[i] for i in REGULARIZATION_COSTS_AT), run.train, run.test)
        for who, figures in (("ours", ours), ("published", REGULARIZATION[run.name])):
            lines.append(f"{run.name:16}{who:>11}" + "".join(f"{figure:22.16g}" for figure in figures))
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run both experiments; see the module's docstring for the options and the exit status."""
    options, original = _parse(arguments)

    circles = noisy_circles()
    by_initialization = run_initialization(circles)
    print(f"Initialization: accuracy after 15,000 steps on {circles.name}")
    print(initialization_table(by_initialization))
    misses = initialization_misses(by_initialization)

    cloud = original or curved_border()
    by_regularization = run_regularization(cloud)
    print(f"\nRegularization: 30,000 steps on {cloud.name}")
    print(regularization_table(by_regularization))
    if original is None:
        print("The published figures belong to the original data, which is not here: compare the pattern.")
    else:
        misses += regularization_misses(by_regularization)

    print(
        "\nMissed:" if misses else "\nEvery published figure that applies was reproduced.",
        *misses,
        sep="\n  ",
    )
    if options.figures is not None:
        _draw("initialization", by_initialization, circles, options.figures)
        _draw("regularization", by_regularization, cloud, options.figures)
    return 1 if misses else 0


def _draw(title: str, runs: Sequence[Run], data: Dataset, folder: Path) -> None:
    for path in draw(title, {run.name: (run.costs, run.parameters) for run in runs}, data, folder):
        print(f"wrote {path}")


def _parse(arguments: Sequence[str] | None) -> tuple[argparse.Namespace, Dataset | None]:
    """Read the options and the original data, so that a wrong path is told before ten seconds of training."""
    parser = argparse.ArgumentParser(
        prog="python -m reference.experiments",
        description="Train the published experiments and print the published tables beside ours.",
    )
    parser.add_argument("--data", type=Path, metavar="PATH", help="the original regularization data (MATLAB file)")
    parser.add_argument("--figures", type=Path, metavar="DIR", help="draw boundaries and costs into DIR (SVG)")
    options = parser.parse_args(arguments)
    if options.figures is not None and find_spec("matplotlib") is None:
        parser.error("--figures needs matplotlib, which is not installed: python -m pip install matplotlib")
    path = options.data or (DEFAULT_DATA if DEFAULT_DATA.exists() else None)
    try:
        return options, None if path is None else read_mat(path)
    except ValueError as error:
        parser.error(str(error))


if __name__ == "__main__":
    sys.exit(main())
