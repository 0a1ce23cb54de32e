"""The architectures to compare: pills that can be removed, and a line to add more."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from playground.experiment.architectures import Widths, parsed_widths, widths_text
from playground.gui.icons import icon
from playground.gui.teaching_tip import set_tip, show_problem
from playground.gui.theme import monospace_font
from playground.gui.train.flow_layout import FlowLayout
from playground.schema.validation import InvalidValue
from playground.training.cross_validation import MOST_CANDIDATES

__all__ = ["CandidatesEditor"]

_HELP = (
    "Units of each hidden layer, such as 8-8 for two layers of eight, or none for a single neuron. "
    "Several at once are divided by spaces."
)


class CandidatesEditor(QWidget):
    """Edits a list of architectures.

    Signals
    -------
    edited()
        There is one more, or one less.
    suggestions_wanted()
        The list is to be filled with suggestions.
    """

    edited = Signal()
    suggestions_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pills: dict[Widths, _Pill] = {}
        heading = QLabel("Hidden layers")
        heading.setProperty("role", "heading")
        self._suggest = QPushButton("Suggest")
        self._suggest.setProperty("link", True)
        # Enter belongs to the line below.
        self._suggest.setAutoDefault(False)
        self._suggest.setCursor(Qt.CursorShape.PointingHandCursor)
        self._suggest.clicked.connect(self.suggestions_wanted)
        set_tip(
            self._suggest,
            "Suggest",
            "This network, half and double its width, one layer less, one more, and none.",
        )
        head = QHBoxLayout()
        head.addWidget(heading, 1)
        head.addWidget(self._suggest)
        self._place = QWidget()
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self._place.setSizePolicy(policy)
        self._flow = FlowLayout(self._place, gap=6)
        self._line = QLineEdit()
        self._line.setFont(monospace_font(13))
        self._line.setPlaceholderText("8-8")
        self._line.setAccessibleName("Another architecture")
        set_tip(self._line, "Another architecture", _HELP, shortcut="Enter")
        self._line.returnPressed.connect(self.add_typed)
        self._line.textEdited.connect(lambda _: self._mark(False))
        self._add = QToolButton()
        self._add.setProperty("framed", True)
        self._add.setIcon(icon("plus"))
        self._add.setAccessibleName("Add the architecture")
        set_tip(self._add, "Add", _HELP)
        self._add.clicked.connect(self.add_typed)
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(self._line, 1)
        row.addWidget(self._add)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(self._place)
        column.addLayout(row)

    @property
    def candidates(self) -> tuple[Widths, ...]:
        """The architectures, in their order."""
        return tuple(self._pills)

    @property
    def line(self) -> QLineEdit:
        """Where another one is typed."""
        return self._line

    def show_candidates(self, candidates: Iterable[Widths]) -> None:
        """Show other architectures."""
        for widths in tuple(self._pills):
            self._drop(widths)
        for widths in candidates:
            self._put(widths)
        self.edited.emit()

    def add_typed(self) -> bool:
        """Add what was typed; return ``False``, and say why, where it makes no sense."""
        text = self._line.text().strip()
        if not text:
            return True
        try:
            # "8, 8" is one architecture, "4 8-8" are two.
            typed = [parsed_widths(part) for part in text.split()]
        except InvalidValue:
            try:
                typed = [parsed_widths(text)]
            except InvalidValue as error:
                return self._refuse(str(error))
        if len({*self._pills, *typed}) > MOST_CANDIDATES:
            return self._refuse(f"{MOST_CANDIDATES} architectures are the most; remove one first.")
        for widths in typed:
            self._put(widths)
        self._line.clear()
        self._mark(False)
        self.edited.emit()
        return True

    def _refuse(self, reason: str) -> bool:
        self._mark(True)
        self._line.setFocus()
        show_problem(self._line, "This cannot be compared", reason)
        return False

    def _mark(self, is_wrong: bool) -> None:
        if bool(self._line.property("invalid")) != is_wrong:
            self._line.setProperty("invalid", is_wrong)
            self._line.style().unpolish(self._line)
            self._line.style().polish(self._line)

    def _put(self, widths: Widths) -> None:
        if widths in self._pills:
            return
        pill = _Pill(widths)
        pill.removed.connect(lambda: self._remove(widths))
        before = next(reversed(self._pills.values()), self._suggest)
        self._pills[widths] = pill
        self._flow.addWidget(pill)
        # Tab goes as the eye does.
        self.setTabOrder(before, pill)
        self.setTabOrder(pill, self._line)
        pill.show()

    def _remove(self, widths: Widths) -> None:
        order = list(self._pills)
        at = order.index(widths)
        self._drop(widths)
        left = [*order[at + 1 :], *order[:at][::-1]]
        # The keyboard stays where the next can be removed.
        (self._pills[left[0]] if left else self._line).setFocus()
        self.edited.emit()

    def _drop(self, widths: Widths) -> None:
        pill = self._pills.pop(widths)
        self._flow.removeWidget(pill)
        pill.hide()
        pill.deleteLater()


class _Pill(QToolButton):
    """One architecture; a click or Delete removes it."""

    removed = Signal()

    def __init__(self, widths: Widths) -> None:
        super().__init__()
        name = widths_text(widths)
        self.setProperty("pill", True)
        self.setText(name)
        self.setFont(monospace_font(12))
        self.setIcon(icon("close", "text_muted"))
        self.setIconSize(QSize(11, 11))
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        # The cross behind the name.
        self.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(f"Remove {name}")
        set_tip(self, f"Remove {name}", "Leaves this architecture out.", shortcut="Del")
        self.clicked.connect(self.removed)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Remove by the keys that remove things."""
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.removed.emit()
        else:
            super().keyPressEvent(event)
