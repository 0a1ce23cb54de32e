"""Copying and saving a figure, from the menu of the view that shows it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QMenu, QMessageBox, QWidget

from playground.files import FileNotWritten
from playground.gui.figures.figure import AS_SHOWN, Figure, Look, image, write
from playground.gui.icons import icon
from playground.gui.preferences import Preferences

__all__ = ["add_figure_actions", "ask_for_path", "copy_data", "copy_picture", "figure_menu", "save"]

Told = Callable[[str], None] | None
_KINDS = {
    ".png": "PNG image",
    ".svg": "SVG drawing",
    ".csv": "CSV table",
}


def copy_picture(figure: Figure, look: Look = AS_SHOWN) -> None:
    """Put a picture on the clipboard."""
    QGuiApplication.clipboard().setImage(image(figure, look))


def copy_data(figure: Figure) -> None:
    """Put the numbers of a figure on the clipboard, as comma-separated values."""
    if figure.data is not None:
        QGuiApplication.clipboard().setText(figure.data())


def add_figure_actions(menu: QMenu, widget: QWidget, figure: Figure, told: Told = None) -> None:
    """Put the commands that every figure has into a menu.

    Parameters
    ----------
    menu
        Where they go, at the end.
    widget
        The view that shows the figure, for dialogs.
    figure
        Taken when the menu opened.
    told
        Called with a sentence about what was done.
    """
    menu.addAction(icon("copy"), "Copy picture\tCtrl+C", partial(copy_picture, figure))
    for suffix in (".png", ".svg"):
        text = f"Save as {_KINDS[suffix]}…"
        menu.addAction(icon("save"), text, partial(save, widget, figure, suffix, told=told))
    menu.addAction(icon("save"), "Export picture…", partial(_open_dialog, widget, figure))
    if figure.data is not None:
        menu.addSeparator()
        menu.addAction(icon("copy"), "Copy data as CSV", partial(copy_data, figure))
        text = f"Save data as {_KINDS['.csv']}…"
        menu.addAction(icon("save"), text, partial(save, widget, figure, ".csv", told=told))


def figure_menu(widget: QWidget, figure: Figure) -> QMenu:
    """Return a menu to copy or save a figure; it is deleted when it closes."""
    menu = QMenu(widget)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    add_figure_actions(menu, widget, figure)
    return menu


def save(
    widget: QWidget,
    figure: Figure,
    suffix: str,
    look: Look = AS_SHOWN,
    told: Told = None,
) -> bool:
    """Ask for a file and write a figure to it; a failure is told in a message box.

    Parameters
    ----------
    widget
        Parent of the dialogs.
    suffix
        ``.png``, ``.svg`` or ``.csv``.
    told
        Called with a sentence about what was done.

    Returns
    -------
    bool
        Whether it was written.
    """
    kinds = {suffix: _KINDS[suffix]}
    path = ask_for_path(widget, f"Save “{figure.title}”", figure.file_name, kinds)
    if path is None:
        return False
    try:
        write(figure, path, look)
    except FileNotWritten as error:
        QMessageBox.warning(widget, "The picture was not saved", str(error))
        return False
    if told is not None:
        told(f"Saved {path.name}")
    return True


def ask_for_path(
    widget: QWidget, question: str, name: str, kinds: Mapping[str, str]
) -> Path | None:
    """Ask where to save, beginning in the folder of the last time; ``None`` if nowhere.

    Parameters
    ----------
    question
        Title of the dialog.
    name
        Proposed for the file, without suffix.
    kinds
        What the file may be, in words, by suffix; the first is proposed. The suffix of what is
        chosen is one of them.
    """
    preferences = Preferences()
    first = next(iter(kinds))
    proposal = str(Path(preferences.folder) / f"{name}{first}")
    filters = ";;".join(f"{words} (*{suffix})" for suffix, words in kinds.items())
    chosen, filtered = QFileDialog.getSaveFileName(widget, question, proposal, filters)
    if not chosen:
        return None
    path = Path(chosen)
    if path.suffix.lower() not in kinds:
        meant = next((suffix for suffix in kinds if f"(*{suffix})" in filtered), first)
        path = path.with_name(path.name + meant)
    preferences.folder = str(path.parent)
    return path


def _open_dialog(widget: QWidget, figure: Figure) -> None:
    from playground.gui.figures.dialog import PictureDialog

    PictureDialog([figure], widget.window()).open()
