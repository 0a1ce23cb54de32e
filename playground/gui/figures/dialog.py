"""Exporting a picture: which one, how, and what it will look like."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from playground.gui.figures.figure import Figure, Look, image
from playground.gui.figures.menu import copy_picture, save
from playground.gui.icons import icon
from playground.gui.parameter_form import ParameterForm
from playground.gui.theme import theme

__all__ = ["PictureDialog"]

PREVIEW = QSize(460, 330)
_CHECKS = 8
_last_look = Look()
"""What was chosen last, for the next dialog of this session."""


class PictureDialog(QDialog):
    """Lets a person choose a picture and how it is written, with a preview.

    Parameters
    ----------
    figures
        What there is to choose from, the first chosen; at least one.
    """

    def __init__(self, figures: Sequence[Figure], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Export picture")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._figures = list(figures)
        self.look = _last_look
        self.list = QListWidget()
        self.list.setAccessibleName("Pictures")
        self.list.addItems([figure.title for figure in self._figures])
        self.list.setFixedWidth(170)
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setVisible(len(self._figures) > 1)
        self.preview = PicturePreview()
        self._facts = QLabel()
        self._facts.setProperty("role", "caption")
        self.form = ParameterForm(Look)
        self.form.setFixedWidth(220)
        self.form.show_value(self.look)

        buttons = QDialogButtonBox()
        self._save = QPushButton("Save…")
        self._save.setDefault(True)
        self._save.setProperty("primary", True)
        self._copy = QPushButton(icon("copy"), "Copy")
        self._copy.setToolTip("Copy as an image, at this scale and in this theme")
        close = QPushButton("Close")
        buttons.addButton(self._copy, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.addButton(close, QDialogButtonBox.ButtonRole.RejectRole)
        buttons.addButton(self._save, QDialogButtonBox.ButtonRole.ActionRole)

        middle = QVBoxLayout()
        middle.addWidget(self.preview, 1)
        middle.addWidget(self._facts)
        right = QVBoxLayout()
        heading = QLabel("Options")
        heading.setProperty("role", "heading")
        right.addWidget(heading)
        right.addWidget(self.form)
        right.addStretch(1)
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(self.list)
        row.addLayout(middle, 1)
        row.addLayout(right)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 18, 18, 14)
        layout.setSpacing(14)
        layout.addLayout(row, 1)
        layout.addWidget(buttons)

        self.list.currentRowChanged.connect(self._show)
        self.form.edited.connect(self._edit)
        self._save.clicked.connect(self._write)
        self._copy.clicked.connect(self._copy_picture)
        close.clicked.connect(self.reject)
        self.list.setCurrentRow(0)
        self._show()

    @property
    def chosen(self) -> Figure:
        """The picture that is chosen."""
        return self._figures[max(self.list.currentRow(), 0)]

    def _edit(self, path: str, value: Any) -> None:
        global _last_look
        self.look = _last_look = msgspec.structs.replace(self.look, **{path: value})
        self.form.show_value(self.look)
        self._show()

    def _show(self) -> None:
        figure, look = self.chosen, self.look
        self.form.editor("scale").setEnabled(look.format == "PNG")
        self.form.editor("theme").setEnabled(figure.has_themes)
        room = min(PREVIEW.width() / figure.size.width(), PREVIEW.height() / figure.size.height())
        ratio = self.devicePixelRatioF()
        self.preview.show_image(image(figure, look, scale=min(room, 2.0) * ratio), ratio)
        width, height = figure.size.toTuple()
        if look.format == "PNG":
            text = f"{width * look.scale:,} × {height * look.scale:,} pixels"
        else:
            text = f"{width:,} × {height:,} points, vectors"
        if not figure.has_themes and look.theme != "screen":
            text += " · always as shown: it is the window itself"
        self._facts.setText(text)

    def _write(self) -> None:
        suffix = f".{self.look.format.lower()}"
        if save(self, self.chosen, suffix, self.look):
            self.accept()

    def _copy_picture(self) -> None:
        copy_picture(self.chosen, self.look)
        self._facts.setText("Copied.")


class PicturePreview(QFrame):
    """Shows a picture as large as there is room, on a checkered ground where it lets through."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image = QImage()
        self.setMinimumSize(PREVIEW + QSize(20, 20))
        self.setAccessibleName("Preview")

    def show_image(self, picture: QImage, ratio: float) -> None:
        """Show another picture, with so many pixels per pixel of the screen."""
        self._image = picture
        self._image.setDevicePixelRatio(ratio)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint ground and picture."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme().color("background"))
        if self._image.isNull():
            return
        size = self._image.deviceIndependentSize().toSize()
        size = size.scaled(self.size() - QSize(16, 16), Qt.AspectRatioMode.KeepAspectRatio)
        area = QRect((self.width() - size.width()) // 2, 0, size.width(), size.height())
        area.moveTop((self.height() - size.height()) // 2)
        if self._image.hasAlphaChannel():
            painter.save()
            painter.setClipRect(area)
            for place in range(-(-area.width() // _CHECKS) * -(-area.height() // _CHECKS)):
                row, column = divmod(place, -(-area.width() // _CHECKS))
                shade = QColor("#ffffff" if (row + column) % 2 else "#d8dbe0")
                left, top = area.left() + column * _CHECKS, area.top() + row * _CHECKS
                painter.fillRect(left, top, _CHECKS, _CHECKS, shade)
            painter.restore()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(area, self._image)
