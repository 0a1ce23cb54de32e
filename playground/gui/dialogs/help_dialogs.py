"""About, and the list of shortcuts."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from playground import __version__
from playground.gui.icons import application_icon
from playground.gui.inspect.step.moves import KEYS_SHOWN
from playground.gui.theme import monospace_font


class AboutDialog(QDialog):
    """What this is, which version, and who is to be thanked."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("About Gradient Playground")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        picture = QLabel()
        picture.setPixmap(application_icon().pixmap(72, 72))
        picture.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        heading = QLabel(f"<h2 style='margin:0'>Gradient Playground</h2>Version {__version__}")
        heading.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        text = QLabel(
            "<p>Build a multilayer perceptron layer by layer and watch it learn. The engine is "
            "plain NumPy: every number on the screen is one that you could compute yourself.</p>"
            "<p>Free software under the MIT licence.</p>"
            "<p><b>Digits:</b> Alpaydin, E. &amp; Kaynak, C. (1998). Optical Recognition of "
            "Handwritten Digits. UCI Machine Learning Repository. "
            "https://doi.org/10.24432/C50P49. CC BY 4.0.<br>"
            "<b>Fonts:</b> Inter and JetBrains Mono, SIL Open Font License.<br>"
            "<b>Made with:</b> NumPy, Qt for Python, pyqtgraph, msgspec, ziamath, Pillow, ONNX, "
            "safetensors.</p>"
            "<p>Inspired by TensorFlow Playground and by the cs231n lecture notes.</p>"
        )
        text.setWordWrap(True)
        text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(28, 24, 28, 18)
        layout.setSpacing(12)
        for widget in (picture, heading, text, buttons):
            layout.addWidget(widget)
        self.setFixedWidth(460)


class ShortcutsDialog(QDialog):
    """Every shortcut, by menu."""

    def __init__(
        self, groups: Iterable[tuple[str, Iterable[QAction]]], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keyboard shortcuts")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        page = QWidget()
        grid = QGridLayout(page)
        grid.setContentsMargins(4, 4, 16, 4)
        grid.setHorizontalSpacing(28)
        row = 0
        for title, actions in groups:
            row = _add_heading(grid, row, title)
            for action in actions:
                keys = [
                    key.toString(QKeySequence.SequenceFormat.NativeText)
                    for key in action.shortcuts()
                ]
                if keys:
                    row = _add_row(grid, row, action.text(), "   ".join(keys))
        in_steps = tuple((text[:1].upper() + text[1:], key) for key, text in KEYS_SHOWN)
        for title, rows in (*_IN_PLACE, ("In the inspector", in_steps)):
            row = _add_heading(grid, row, title)
            for text, key in rows:
                row = _add_row(grid, row, text, key)
        grid.setRowStretch(row, 1)
        area = QScrollArea()
        area.setWidget(page)
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setMinimumWidth(page.sizeHint().width() + 24)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 12, 14)
        layout.addWidget(area)
        layout.addWidget(buttons)
        self.resize(520, 640)


_IN_PLACE = (
    (
        "In the network",
        (
            ("Next or previous layer, unit", "← → ↑ ↓"),
            ("Edit the bias of a unit", "Enter"),
            ("Walk through the incoming weights of a unit", "L"),
            ("Remove, duplicate a layer (its card has the focus)", "Del   Ctrl+D"),
            ("Move a layer", "Alt+←   Alt+→"),
        ),
    ),
    (
        "In a plot or on the surface",
        (
            ("Pan a plot, move the probe on the surface", "← → ↑ ↓"),
            ("Zoom a plot", "+   −"),
            ("Follow the run again", "A"),
            ("Copy the picture", "Ctrl+C"),
        ),
    ),
    (
        "In the table of samples",
        (
            ("Inspect the sample of a row", "Enter   I"),
            ("Mistakes only", "W"),
            ("Go to a sample by its number", "0 – 9   Ctrl+G"),
            ("Copy the rows", "Ctrl+C"),
        ),
    ),
)


def _add_heading(grid: QGridLayout, row: int, title: str) -> int:
    heading = QLabel(title)
    heading.setProperty("role", "heading")
    heading.setContentsMargins(0, 0 if row == 0 else 12, 0, 2)
    grid.addWidget(heading, row, 0, 1, 2)
    return row + 1


def _add_row(grid: QGridLayout, row: int, text: str, keys: str) -> int:
    name = QLabel(text.replace("&", "").rstrip("…"))
    key = QLabel(keys)
    key.setFont(monospace_font(12))
    key.setAlignment(Qt.AlignmentFlag.AlignRight)
    grid.addWidget(name, row, 0)
    grid.addWidget(key, row, 1)
    return row + 1
