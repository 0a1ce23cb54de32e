"""The panel at the right: the map of the network, the sample, the keys."""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QWidget

from playground.data.prepared import PreparedData
from playground.engine.arithmetic import number_text
from playground.gui.inspect.step.moves import KEYS_SHOWN
from playground.gui.inspect.step.network_map import NetworkMap
from playground.gui.theme import monospace_font, text_font, theme
from playground.gui.train.network.thumbnails import ink_image
from playground.gui.train.panel_scroll import PanelScroll

__all__ = ["SidePanel"]

WIDTH = 300
MOST_NUMBERS = 6
LARGEST_TYPE = 16
"""Height of letters at which a sample still fits into the panel, in device-independent pixels."""


class SidePanel(PanelScroll):
    """Where we are in the network, what goes in, and what the keys do."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedWidth(WIDTH)
        self.map = NetworkMap()
        self._sample_title = _heading("Sample")
        self._sample = _SampleCard()
        self._place = QLabel()
        self._place.setProperty("role", "muted")
        self._place.setWordWrap(True)
        self.column.addSpacing(10)
        self.column.addWidget(_heading("Where we are"))
        self.column.addWidget(self._place)
        self.column.addWidget(self.map)
        self.column.addWidget(self._sample_title)
        self.column.addWidget(self._sample)
        self.column.addWidget(_heading("Keys"))
        self.column.addWidget(_keys())
        self.column.addStretch(1)

    @property
    def sample_text(self) -> str:
        """What the card of the sample says."""
        return self._sample.text

    def set_type_size(self, pixels: int) -> None:
        """Set the height of the letters, as far as the panel is wide enough."""
        size = min(pixels, LARGEST_TYPE)
        self._place.setFont(text_font(size + 1))
        self._sample.set_type_size(size)

    def show_place(self, text: str) -> None:
        """Say in words where we are."""
        self._place.setText(text)

    def show_sample(
        self, title: str, data: PreparedData, sample: int, target: str, output: str
    ) -> None:
        """Show what goes in, what should come out and, once known, what does.

        Parameters
        ----------
        sample
            Its index into all samples.
        """
        self._sample_title.setText(title)
        self._sample.show_sample(data, sample, target, output)


class _SampleCard(QFrame):
    """A sample: its picture, or its numbers."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("card", True)
        self._picture = _Picture()
        self._text = QLabel()
        self._text.setWordWrap(True)
        self._text.setFont(monospace_font(12))
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 9, 12, 9)
        row.setSpacing(12)
        row.addWidget(self._picture, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._text, 1)

    @property
    def text(self) -> str:
        return self._text.text()

    def set_type_size(self, pixels: int) -> None:
        self._text.setFont(monospace_font(pixels))

    def show_sample(self, data: PreparedData, sample: int, target: str, output: str) -> None:
        inputs = data.samples.inputs[sample]
        shape = data.samples.image_shape
        self._picture.setVisible(shape is not None)
        lines = []
        if shape is not None:
            # As it was before it was scaled: from paper to ink.
            self._picture.show_values(data.samples.points[sample], shape)
        else:
            numbers = ", ".join(number_text(float(v), 3) for v in inputs[:MOST_NUMBERS])
            more = len(inputs) - MOST_NUMBERS
            tail = f", … {more} more" if more > 0 else ""
            lines.append(f"x = ({numbers}{tail})")
        lines.append(target)
        if output:
            lines.append(output)
        self._text.setText("\n".join(lines))


class _Picture(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self._values: NDArray[Any] | None = None
        self._shape = (1, 1)
        self.setFixedSize(64, 64)
        self.setAccessibleName("Picture of the sample")
        theme().changed.connect(self.update)

    def show_values(self, values: NDArray[Any], shape: tuple[int, int]) -> None:
        self._values, self._shape = values, shape
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(64, 64)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._values is None:
            return
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme().color("field"))
        image = ink_image(self._values, self._shape, theme().current)
        painter.drawImage(QRectF(self.rect()), image)
        painter.end()


def _heading(text: str) -> QLabel:
    label = QLabel(text)
    label.setProperty("role", "heading")
    return label


def _keys() -> QWidget:
    widget = QWidget()
    grid = QGridLayout(widget)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(12)
    grid.setVerticalSpacing(2)
    for row, (key, meaning) in enumerate(KEYS_SHOWN):
        name = QLabel(key)
        name.setFont(monospace_font(11))
        name.setProperty("role", "muted")
        words = QLabel(meaning)
        words.setProperty("role", "muted")
        words.setFont(text_font(12))
        grid.addWidget(name, row, 0)
        grid.addWidget(words, row, 1)
    grid.setColumnStretch(1, 1)
    widget.setAccessibleName("; ".join(f"{key}: {meaning}" for key, meaning in KEYS_SHOWN))
    return widget
