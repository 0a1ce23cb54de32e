"""How much the network believes in each class, as bars."""

from __future__ import annotations

from collections.abc import Sequence, Set
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from playground.gui.palette import Colors
from playground.gui.theme import monospace_font, text_font, theme
from playground.gui.train.output.number_text import percent

__all__ = ["ProbabilityBars", "paint_bars", "paint_beliefs"]

Shares = NDArray[Any]

_VALUE_WIDTH = 52


class ProbabilityBars(QWidget):
    """One row per class: its name, and a bar when there is a probe.

    Parameters
    ----------
    row_height
        In device-independent pixels.
    by_truth
        Colour bars by whether they are of the true class, not in the colours of the classes.
    """

    def __init__(
        self, row_height: int = 20, by_truth: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._row_height = row_height
        self._by_truth = by_truth
        self._names: tuple[str, ...] = ()
        self._values: Shares | None = None
        self._true: int | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Classes")
        theme().changed.connect(self.update)

    @property
    def values(self) -> Shares | None:
        """The shares that are shown, (classes,)."""
        return self._values

    def set_names(self, names: tuple[str, ...]) -> None:
        """Set the classes; the bars go."""
        if names != self._names:
            self._names, self._values = names, None
            self.updateGeometry()
            self.update()

    def set_values(self, values: Sequence[float] | None, true: int | None = None) -> None:
        """Show shares.

        Parameters
        ----------
        values : (classes,) or None
            Between 0 and 1; ``None`` for no bars.
        true
            The right class, if it is known.
        """
        shown = None if values is None else np.asarray(values, np.float64)
        before = self._values
        unchanged = shown is before or (
            shown is not None and before is not None and np.array_equal(shown, before)
        )
        if unchanged and true == self._true:
            return
        self._values, self._true = shown, true
        self.update()

    def sizeHint(self) -> QSize:
        """Return one row per class."""
        return QSize(200, self._row_height * len(self._names))

    def minimumSizeHint(self) -> QSize:
        """Return the height of all rows."""
        return QSize(120, self._row_height * len(self._names))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the rows."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area, colors = QRectF(self.rect()), theme().current
        if self._by_truth:
            paint_beliefs(painter, area, colors, self._names, self._values, self._true)
        else:
            inks = [colors.of_class(index) for index in range(len(self._names))]
            strong = _strongest(self._values)
            paint_bars(painter, area, colors, self._names, self._values, inks, strong, True)
        painter.end()


def paint_beliefs(
    painter: QPainter,
    area: QRectF,
    colors: Colors,
    names: Sequence[str],
    values: Shares | None,
    true: int | None,
) -> None:
    """Paint a belief in each class: blue for the true class, orange for the others."""
    inks = [
        colors.value_positive if index == true else colors.value_negative
        for index in range(len(names))
    ]
    strong = _strongest(values) | ({true} if true is not None else set())
    paint_bars(painter, area, colors, names, values, inks, strong)


def paint_bars(
    painter: QPainter,
    area: QRectF,
    colors: Colors,
    names: Sequence[str],
    values: Shares | None,
    inks: Sequence[str],
    strong: Set[int],
    swatches: bool = False,
) -> None:
    """Paint rows of name, bar and value into an area.

    Parameters
    ----------
    painter
        With antialiasing.
    area
        Divided evenly among the rows.
    colors
        The theme.
    names
        One per row.
    values : (n,) or None
        Shares between 0 and 1.
    inks
        Colour of each bar.
    strong
        Rows whose words stand out.
    swatches
        Show the colours also where there are no bars.
    """
    if not names:
        return
    row = area.height() / len(names)
    name_font, number_font = text_font(12), monospace_font(11)
    painter.setFont(name_font)
    metrics = painter.fontMetrics()
    widest = max(metrics.horizontalAdvance(name) for name in names) + 4
    name_width = min(float(widest), area.width() * 0.4)
    indent = 15.0 if swatches else 1.0
    left = area.left() + indent + name_width + 6
    width = area.right() - _VALUE_WIDTH - left
    for index, name in enumerate(names):
        top = area.top() + index * row
        middle = top + row / 2
        ink = QColor(inks[index])
        if swatches:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(ink)
            painter.drawEllipse(QRectF(area.left(), middle - 4, 8, 8))
        words = colors.text if index in strong or values is None else colors.text_muted
        painter.setFont(name_font)
        painter.setPen(QColor(words))
        text = metrics.elidedText(name, Qt.TextElideMode.ElideRight, int(name_width) + 1)
        painter.drawText(QRectF(area.left() + indent, top, name_width + 2, row), _LEFT, text)
        if values is None:
            continue
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colors.separator))
        painter.drawRoundedRect(QRectF(left, middle - 3, width, 6), 3, 3)
        share = float(np.clip(np.nan_to_num(values[index]), 0, 1))
        if share > 0.004:
            painter.setBrush(ink)
            filled = QRectF(left, middle - 3, max(width * share, 6.0), 6)
            painter.drawRoundedRect(filled, 3, 3)
        painter.setFont(number_font)
        painter.setPen(QColor(words))
        value = QRectF(area.right() - _VALUE_WIDTH, top, _VALUE_WIDTH, row)
        painter.drawText(value, _RIGHT, percent(float(values[index])))


def _strongest(values: Shares | None) -> set[int]:
    return set() if values is None else {int(np.argmax(np.nan_to_num(values)))}


_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
