"""Exporting a step as a worksheet: what it asks for, with blanks, answers or both."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QButtonGroup,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QRadioButton,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from playground.files import FileNotWritten
from playground.gui.editors.base import TagCombo
from playground.gui.inspect.step.worksheet_file import document_of, write_worksheet
from playground.gui.preferences import Preferences
from playground.inspection.operation import Notation, Tape
from playground.inspection.tape import Recording
from playground.inspection.worksheet import worksheet

__all__ = ["WorksheetDialog"]

BLANKS, ANSWERS = "blanks", "answers"


class WorksheetDialog(QDialog):
    """Lets a person choose what goes on the page, shows it, and writes it.

    Parameters
    ----------
    recording, notation, decimals
        What is written down, and how.
    current
        Key of the operation that is looked at.
    name
        Of the experiment.
    told
        Called with a sentence about what was written.
    """

    def __init__(
        self,
        recording: Recording,
        notation: Notation,
        decimals: int,
        current: str,
        name: str,
        preferences: Preferences,
        told: Callable[[str, str], object],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Export worksheet")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(860, 620)
        self._recording, self._notation, self._decimals = recording, notation, decimals
        self._current, self._name = current, name
        self._preferences, self._told = preferences, told
        self.title = QLineEdit(f"{name}: one training step")
        self.title.setMaxLength(120)
        self.part = TagCombo()
        for key, text in (
            ("step", "The whole step"),
            ("phase", "This phase"),
            ("operation", "This operation"),
        ):
            self.part.add(key, text)
        self.blanks = QRadioButton("Blanks to fill in")
        self.answers = QRadioButton("Answer key")
        self.blanks.setChecked(True)
        group = QButtonGroup(self)
        group.addButton(self.blanks)
        group.addButton(self.answers)
        form = QFormLayout()
        form.addRow("Title", self.title)
        form.addRow("Asks for", self.part)
        form.addRow("With", self.blanks)
        form.addRow("", self.answers)
        note = QLabel("Save it once with blanks for the class, and once as the key for yourself.")
        note.setProperty("role", "muted")
        note.setWordWrap(True)
        self._preview = QTextBrowser()
        self._preview.setAccessibleName("Preview of the worksheet")
        self._preview.setProperty("paper", True)
        buttons = QDialogButtonBox()
        save_pdf = buttons.addButton("Save PDF…", QDialogButtonBox.ButtonRole.ActionRole)
        save_md = buttons.addButton("Save Markdown…", QDialogButtonBox.ButtonRole.ActionRole)
        buttons.addButton(QDialogButtonBox.StandardButton.Close)
        save_pdf.setProperty("primary", True)
        save_pdf.clicked.connect(lambda: self._save(".pdf"))
        save_md.clicked.connect(lambda: self._save(".md"))
        buttons.rejected.connect(self.reject)
        left = QVBoxLayout()
        left.addLayout(form)
        left.addWidget(note)
        left.addStretch(1)
        top = QHBoxLayout()
        top.setSpacing(18)
        top.addLayout(left, 2)
        top.addWidget(self._preview, 3)
        column = QVBoxLayout(self)
        column.addLayout(top, 1)
        column.addWidget(buttons)
        self.title.textChanged.connect(self._show)
        self.part.chosen.connect(self._show)
        self.blanks.toggled.connect(self._show)
        self._show()

    def markdown(self) -> str:
        """Return the page as it is chosen."""
        return worksheet(
            self._recording,
            self.title.text().strip() or "Worksheet",
            notation=self._notation,
            decimals=max(self._decimals, 3),
            with_answers=self.answers.isChecked(),
            keys=self._keys(self._recording.tape),
        )

    def save(self, path: Path) -> bool:
        """Write the page; return whether it was written."""
        try:
            write_worksheet(self.markdown(), path)
        except FileNotWritten as error:
            self._told("error", str(error))
            return False
        self._told("info", f"Saved {path.name}.")
        return True

    def _keys(self, tape: Tape) -> tuple[str, ...] | None:
        match self.part.key():
            case "operation":
                return (self._current,)
            case "phase":
                phase = tape.operation(self._current).phase
                return tuple(op.key for op in tape.phase(phase))
            case _:
                return None

    def _show(self) -> None:
        document = document_of(self.markdown())
        document.setParent(self._preview)
        self._preview.setDocument(document)

    def _save(self, suffix: str) -> None:
        kept = "".join(c if c.isalnum() or c in "-_ ." else "-" for c in self._name).strip(" .")
        kind = ANSWERS if self.answers.isChecked() else BLANKS
        proposal = Path(self._preferences.folder) / f"{kept or 'step'}-{kind}{suffix}"
        kinds = {".pdf": "PDF (*.pdf)", ".md": "Markdown (*.md)"}
        chosen, _ = QFileDialog.getSaveFileName(
            self, "Save worksheet", str(proposal), kinds[suffix]
        )
        if not chosen:
            return
        path = Path(chosen)
        if path.suffix.lower() not in kinds:
            path = path.with_name(path.name + suffix)
        self._preferences.folder = str(path.parent)
        self.save(path)
