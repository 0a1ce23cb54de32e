"""Menus whose entries are looked up when they are opened."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu

from playground.engine.preparation import AnyPreparation
from playground.experiment.presets import preset_names
from playground.schema.describe import summary_of, tag_of, title_of

if TYPE_CHECKING:
    from playground.gui.main_window import MainWindow
    from playground.gui.session import Session

__all__ = ["fill_preparations", "fill_presets", "fill_recent"]


def fill_preparations(menu: QMenu, session: Session) -> None:
    """Offer every preparation of the initial weights, the present one marked."""
    if menu.isEmpty():
        group = QActionGroup(menu)
        for option in get_args(AnyPreparation):
            action = menu.addAction(title_of(option))
            action.setData(tag_of(option))
            action.setToolTip(summary_of(option))
            action.setCheckable(True)
            group.addAction(action)
        group.triggered.connect(
            lambda action: session.edit(
                "training.preparation", action.data(), "Set weight preparation"
            )
        )
    present = tag_of(session.spec.training.preparation)
    for action in menu.actions():
        action.setChecked(action.data() == present)


def fill_recent(menu: QMenu, window: MainWindow) -> None:
    """List the files of the settings as they are at this moment."""
    menu.clear()
    paths = window.preferences.recent
    for number, path in enumerate(paths, 1):
        action = menu.addAction(f"&{number % 10} {path.stem.replace('&', '&&')}")
        action.setToolTip(str(path))
        action.triggered.connect(lambda _=False, chosen=path: window.project.open_path(chosen))
    if not paths:
        menu.addAction("Nothing was opened or saved yet").setEnabled(False)
        return
    menu.addSeparator()
    menu.addAction("&Forget these").triggered.connect(
        lambda _=False: window.preferences.forget_recent()
    )


def fill_presets(menu: QMenu, window: MainWindow) -> None:
    """Read the presets when they are looked at for the first time."""
    if not menu.isEmpty():
        return
    from playground.experiment.presets import ExperimentFileError, load_experiment

    for name in preset_names():
        try:
            spec = load_experiment(name)
        except ExperimentFileError as error:
            action = menu.addAction(f"{name} (damaged)")
            action.setToolTip(str(error))
            action.setEnabled(False)
            continue
        action = menu.addAction(spec.name)
        action.setToolTip(spec.about)
        action.triggered.connect(lambda _=False, chosen=name: window.open_preset(chosen))
