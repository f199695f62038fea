"""Pictures of trained networks, cost curves and decision boundaries, as reproducible SVG files."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from reference.data import Dataset
from reference.three_layer_network import Parameters, forward_propagation

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

GRID = 200  # points along each side of the grid on which a boundary is looked for


def draw(
    title: str, trained: Mapping[str, tuple[Mapping[int, float], Parameters]], data: Dataset, folder: Path
) -> list[Path]:
    """Draw one experiment: the cost curves in one picture, the decision boundaries in another.

    Parameters
    ----------
    title : str
        Begins the names of the files.
    trained : mapping
        For each run its cost by iteration and its parameters.
    data : Dataset
        The examples; the training set is drawn into the boundaries.
    folder : Path
        Where the files go; made if it does not exist.

    Returns
    -------
    list of Path
        ``<title>-costs.svg`` and ``<title>-boundaries.svg``.
    """
    from matplotlib.figure import Figure

    costs = Figure(figsize=(6, 4), layout="constrained")
    axes = costs.subplots()
    for name, (cost, _) in trained.items():
        shown = {i: value for i, value in cost.items() if np.isfinite(value)}  # a saturated start costs inf
        axes.plot(list(shown), list(shown.values()), label=name)
    axes.set(xlabel="iteration", ylabel="cost", title=title)
    axes.legend()

    boundaries = Figure(figsize=(4 * len(trained), 4), layout="constrained")
    panels = boundaries.subplots(1, len(trained), squeeze=False)[0]
    for panel, (name, (_, parameters)) in zip(panels, trained.items(), strict=True):
        _draw_boundary(panel, parameters, data)
        panel.set_title(name)

    folder.mkdir(parents=True, exist_ok=True)
    return [_save(figure, folder / f"{title}-{what}.svg") for figure, what in ((costs, "costs"), (boundaries, "boundaries"))]


def _draw_boundary(axes: "Axes", parameters: Parameters, data: Dataset) -> None:
    low, high = data.X_train.min(axis=1), data.X_train.max(axis=1)
    margin = 0.1 * (high - low)
    x, y = (np.linspace(a, b, GRID) for a, b in zip(low - margin, high + margin, strict=True))
    grid = np.stack([coordinate.ravel() for coordinate in np.meshgrid(x, y)])
    probability = forward_propagation(grid, parameters)[0].reshape(GRID, GRID)
    axes.contourf(x, y, probability, levels=[0.0, 0.5, 1.0], colors=["#f4c7c3", "#c6dafc"])
    axes.scatter(*data.X_train, c=np.where(data.Y_train[0] == 1, "#1a56b0", "#b3261e"), s=8)


def _save(figure: "Figure", path: Path) -> Path:
    from matplotlib import rc_context

    # A fixed salt for element ids and no date: the same networks give the same file.
    with rc_context({"svg.hashsalt": path.stem}):
        figure.savefig(path, format="svg", metadata={"Date": None})
    return path
