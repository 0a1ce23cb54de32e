"""Asks what is to become of changes that are not saved, when the window is closed."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from playground.gui.icons import icon

__all__ = ["CloseQuestion"]

_TEXT_WIDTH = 380


class CloseQuestion(QDialog):
    """Save, close without saving, or cancel.

    Parameters
    ----------
    name
        What the experiment is called.
    changes
        What would be lost, in a sentence.
    has_file
        Whether Save knows where; else it asks.

    Signals
    -------
    save_chosen(), discard_chosen()
        What was clicked. Escape and Cancel only close the question.
    """

    save_chosen = Signal()
    discard_chosen = Signal()

    def __init__(
        self, name: str, changes: str, has_file: bool, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Unsaved changes")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        sign = QLabel()
        sign.setPixmap(icon("save", "accent").pixmap(28, 28))
        sign.setAlignment(Qt.AlignmentFlag.AlignTop)
        heading = QLabel(f"Save the changes to “{name}” before closing?")
        heading.setTextFormat(Qt.TextFormat.PlainText)
        heading.setProperty("role", "heading")
        heading.setWordWrap(True)
        text = QLabel(changes)
        text.setProperty("role", "muted")
        text.setTextFormat(Qt.TextFormat.PlainText)
        text.setWordWrap(True)
        for label in (heading, text):
            label.setFixedWidth(_TEXT_WIDTH)
        self.setAccessibleDescription(f"{heading.text()} {changes}")

        discard = QPushButton("Close without saving")
        discard.setProperty("danger", True)
        cancel = QPushButton("Cancel")
        save = QPushButton("Save" if has_file else "Save…")
        save.setProperty("primary", True)
        save.setDefault(True)
        # The question is gone before what follows from the answer begins.
        for button, chosen in ((save, self.save_chosen), (discard, self.discard_chosen)):
            button.clicked.connect(self.accept)
            button.clicked.connect(chosen)
            button.setAutoDefault(button is save)
        cancel.setAutoDefault(False)
        cancel.clicked.connect(self.reject)

        words = QVBoxLayout()
        words.setSpacing(6)
        words.addWidget(heading)
        words.addWidget(text)
        top = QHBoxLayout()
        top.setSpacing(14)
        top.addWidget(sign)
        top.addLayout(words, 1)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(discard)
        buttons.addStretch(1)
        buttons.addWidget(cancel)
        buttons.addWidget(save)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 20, 20, 16)
        layout.setSpacing(18)
        layout.addLayout(top)
        layout.addLayout(buttons)
        layout.setSizeConstraint(QVBoxLayout.SizeConstraint.SetFixedSize)
        save.setFocus()
