"""Copy or save what a view shows, as a picture."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QGuiApplication, QPainter
from PySide6.QtWidgets import QFileDialog, QMenu, QMessageBox, QWidget

from playground.gui.icons import icon
from playground.gui.plots.export import image, png_bytes, svg_bytes

__all__ = ["copy_picture", "picture_menu", "save_picture"]

Paint = Callable[[QPainter], None]


def copy_picture(paint: Paint, size: QSize) -> None:
    """Put a picture on the clipboard."""
    QGuiApplication.clipboard().setImage(image(paint, size))


def save_picture(paint: Paint, size: QSize, title: str, path: Path) -> None:
    """Write a picture to a file: PNG, or SVG if that is its suffix.

    Raises
    ------
    OSError
        If the file cannot be written.
    """
    is_svg = path.suffix.lower() == ".svg"
    path.write_bytes(svg_bytes(paint, size, title) if is_svg else png_bytes(paint, size))


def picture_menu(widget: QWidget, title: str, paint: Paint, size: QSize) -> QMenu:
    """Return a menu to copy or save a picture; it is deleted when it closes.

    Parameters
    ----------
    widget
        Whose picture it is.
    title
        Name of the picture, in sentence case.
    paint
        Paints the picture, with its ground.
    size
        In device-independent pixels.
    """
    menu = QMenu(widget)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    menu.addAction(icon("copy"), "Copy image\tCtrl+C", lambda: copy_picture(paint, size))
    for suffix, label in ((".png", "PNG image"), (".svg", "SVG drawing")):
        menu.addAction(
            icon("save"),
            f"Save as {label}…",
            lambda suffix=suffix: _ask_and_save(widget, title, paint, size, suffix),
        )
    return menu


def _ask_and_save(widget: QWidget, title: str, paint: Paint, size: QSize, suffix: str) -> None:
    kind = suffix.removeprefix(".").upper()
    suggestion = title.lower().replace(" ", "-") + suffix
    chosen, _ = QFileDialog.getSaveFileName(
        widget, f"Save “{title}” as {kind}", suggestion, f"{kind} (*{suffix})"
    )
    if not chosen:
        return
    path = Path(chosen)
    if path.suffix.lower() != suffix:
        path = path.with_name(path.name + suffix)
    try:
        save_picture(paint, size, title, path)
    except OSError as error:
        QMessageBox.warning(
            widget,
            "The picture was not saved",
            f"{path} cannot be written: {error.strerror}. Choose another folder.",
        )
