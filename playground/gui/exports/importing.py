"""File ▸ Import weights: into the network that is there, or into one that is built for them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QFileDialog, QMessageBox

from playground.data.dataset import DataError
from playground.experiment.spec import ExperimentSpec
from playground.exporting.weights.formats import WeightFileError, read_weights
from playground.exporting.weights.importing import spec_for_weights, trainer_with_weights
from playground.exporting.weights.tensors import UnfitWeights
from playground.schema.validation import InvalidValue
from playground.training.jobs import JobRefused

if TYPE_CHECKING:
    from playground.gui.main_window import MainWindow

__all__ = ["Found", "ask_and_import", "found_weights", "import_weights"]

_KINDS = "Weights (*.safetensors *.npz);;All files (*)"


@dataclass(frozen=True, eq=False)
class Found:
    """What can be done with a file of weights.

    Attributes
    ----------
    state
        Of a training that begins with them in the current network; ``None`` if they do not fit.
    problem
        Why they do not fit.
    built, built_state
        A network made for them, and the same of that; ``None`` if there can be none.
    built_problem
        Why there can be none.
    """

    state: dict[str, Any] | None = None
    problem: str = ""
    built: ExperimentSpec | None = None
    built_state: dict[str, Any] | None = None
    built_problem: str = ""


def found_weights(path: Path, spec: ExperimentSpec) -> Found:
    """Read weights and try them in a network; if they do not fit, try to build one for them.

    Raises
    ------
    JobRefused
        If the file cannot be read.
    """
    try:
        file = read_weights(path)
    except WeightFileError as error:
        raise JobRefused(str(error)) from error
    try:
        return Found(trainer_with_weights(spec, file).state())
    except UnfitWeights as error:
        problem = str(error)
    try:
        built = spec_for_weights(file, spec)
        return Found(None, problem, built, trainer_with_weights(built, file).state())
    except (DataError, InvalidValue, UnfitWeights) as error:
        return Found(None, problem, built_problem=str(error))


def ask_and_import(window: MainWindow) -> None:
    """Ask for a file, and take the weights in it."""
    preferences = window.preferences
    chosen, _ = QFileDialog.getOpenFileName(window, "Import weights", preferences.folder, _KINDS)
    if chosen:
        preferences.folder = str(Path(chosen).parent)
        import_weights(window, Path(chosen))


def import_weights(window: MainWindow, path: Path) -> None:
    """Take the weights in a file; one step of the undo stack, which keeps those of before."""
    project = window.project
    spec = window.session.spec

    def show(found: Found) -> None:
        label = f"Import {path.stem}"
        if found.state is not None:
            window.session.pause()
            project.show_weights(spec, found.state, label)
            words = f"The network has the weights of {path.name}. Undo brings its own back."
            window.session.notice.emit("info", words)
        elif found.built is not None and found.built_state is not None:
            _offer_to_build(window, path, found)
        else:
            _refuse(window, f"{path.name} does not fit: {found.problem}.\n\n{found.built_problem}")

    project.jobs.start(
        f"import {path.name}",
        lambda: found_weights(path, spec),
        show,
        lambda words: _refuse(window, words),
    )


def _offer_to_build(window: MainWindow, path: Path, found: Found) -> None:
    box = QMessageBox(
        QMessageBox.Icon.Question,
        "Import weights",
        f"The weights of {path.name} do not fit this network.",
        QMessageBox.StandardButton.Cancel,
        window,
    )
    box.setInformativeText(f"{found.problem}.\n\nUndo brings the network of now back.")
    build = box.addButton("Build the network from these weights", QMessageBox.ButtonRole.AcceptRole)
    box.setDefaultButton(build)

    def build_it() -> None:
        assert found.built is not None  # or there was nothing to offer
        window.session.pause()
        window.project.show_experiment(
            found.built, f"Build from {path.stem}", state=found.built_state
        )

    build.clicked.connect(build_it)
    box.finished.connect(box.deleteLater)
    box.open()


def _refuse(window: MainWindow, words: str) -> None:
    box = QMessageBox(
        QMessageBox.Icon.Warning,
        "Import weights",
        "Nothing was imported.",
        QMessageBox.StandardButton.Ok,
        window,
    )
    box.setInformativeText(words)
    box.finished.connect(box.deleteLater)
    box.open()
