"""The tables themselves in the slow tests, everything around them in short runs."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from reference import initialization, regularization
from reference.data import curved_border, noisy_circles, read_mat
from reference.experiments import (
    DEFAULT_DATA,
    INITIALIZATION,
    REGULARIZATION,
    REGULARIZATION_COSTS_AT,
    Run,
    initialization_misses,
    initialization_table,
    main,
    regularization_misses,
    regularization_table,
    run_initialization,
    run_regularization,
)
from reference.figures import draw


def published_runs() -> tuple[list[Run], list[Run]]:
    """What the experiments would give if everything came out as published."""
    by_initialization = [Run(name, {}, {}, train, test) for name, (train, test) in INITIALIZATION.items()]
    by_regularization = [
        Run(name, dict(zip(REGULARIZATION_COSTS_AT, costs, strict=True)), {}, train, test)
        for name, (*costs, train, test) in REGULARIZATION.items()
    ]
    return by_initialization, by_regularization


def test_short_runs_are_the_models_of_the_assignments() -> None:
    circles, cloud = noisy_circles(), curved_border()
    for run in run_initialization(circles, num_iterations=3):
        np.random.seed(3)
        expected = initialization.model(circles.X_train, circles.Y_train, 0.01, 3, False, run.name)
        for name, value in expected.items():
            np.testing.assert_array_equal(run.parameters[name], value)
    for run, (lambd, keep_prob) in zip(
        run_regularization(cloud, num_iterations=3), ((0, 1), (0.7, 1), (0, 0.86)), strict=True
    ):
        expected = regularization.model(cloud.X_train, cloud.Y_train, 0.3, 3, False, lambd, keep_prob)
        for name, value in expected.items():
            np.testing.assert_array_equal(run.parameters[name], value)


def test_costs_are_recorded_every_thousandth_step() -> None:
    assert [list(run.costs) for run in run_initialization(noisy_circles(), 1001)] == 3 * [[0, 1000]]


def test_published_figures_are_no_misses() -> None:
    by_initialization, by_regularization = published_runs()
    assert initialization_misses(by_initialization) == []
    assert regularization_misses(by_regularization) == []


def test_an_accuracy_that_rounds_to_something_else_is_a_miss() -> None:
    zeros, random, he = published_runs()[0]
    assert initialization_misses([zeros, replace(random, test=0.8549), replace(he, train=0.9933)]) == [
        "random: accuracy 0.8549 on the test set, published 0.86"
    ]


def test_a_cost_or_an_accuracy_that_differs_is_a_miss() -> None:
    plain = published_runs()[1][0]
    near = replace(plain, costs={i: cost + 9e-10 for i, cost in plain.costs.items()})
    far = replace(plain, costs={**plain.costs, 10_000: 0.1633}, test=0.92)
    assert regularization_misses([near]) == []
    assert regularization_misses([far]) == [
        "plain: cost 0.1633 at iteration 10000, published 0.1632998752572419",
        "plain: accuracy 0.92 on the test set, published 0.915",
    ]


def test_tables_show_ours_beside_the_published_figures() -> None:
    by_initialization, by_regularization = published_runs()
    first = initialization_table([replace(by_initialization[2], train=0.9933)])
    assert first.splitlines()[1].split() == ["he", "0.9933", "0.99", "0.9600", "0.96"]
    second = regularization_table([replace(by_regularization[2], test=0.5)]).splitlines()
    assert second[1].split() == [
        "keep_prob=0.86", "ours", "0.6543912405149825", "0.0610169865749056", "0.06058243579851311",
        "0.9289099526066351", "0.5",
    ]  # fmt: skip
    assert second[2].split()[:2] == ["keep_prob=0.86", "published"] and second[2].endswith("0.95")


def test_data_that_cannot_be_read_is_told_before_any_training(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["--data", str(tmp_path / "absent.mat")])
    assert "absent.mat cannot be read as a MATLAB file" in capsys.readouterr().err


def test_pictures_are_the_same_at_every_run(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="matplotlib draws the figures and is not installed")
    data = noisy_circles()
    runs = {run.name: (run.costs, run.parameters) for run in run_initialization(data, num_iterations=2)}
    first = draw("short", runs, data, tmp_path / "new" / "folder")
    again = draw("short", runs, data, tmp_path)
    assert [path.name for path in first] == ["short-costs.svg", "short-boundaries.svg"]
    for one, other in zip(first, again, strict=True):
        assert one.read_text().count("<svg") == 1
        assert one.read_bytes() == other.read_bytes()


@pytest.mark.slow
def test_the_published_table_of_initialization_is_reproduced() -> None:
    assert initialization_misses(run_initialization(noisy_circles())) == []


@pytest.mark.slow
def test_the_published_table_of_regularization_is_reproduced_on_the_original_data() -> None:
    if not DEFAULT_DATA.exists():
        pytest.skip(f"the original data is not part of the project and not beside it ({DEFAULT_DATA.name})")
    assert regularization_misses(run_regularization(read_mat(DEFAULT_DATA))) == []


@pytest.mark.slow
def test_on_the_made_data_regularization_gives_up_training_accuracy_and_gains_on_the_test_set() -> None:
    """The pattern of the published table, on data whose figures nobody published."""
    plain, *regularized = run_regularization(curved_border())
    for run in regularized:
        assert run.train < plain.train
        assert run.test > plain.test
