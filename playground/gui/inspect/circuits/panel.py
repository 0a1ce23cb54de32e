"""A formula as a graph of gates, stepped through forwards and backwards."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QHideEvent, QKeyEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from playground.gui.inspect.circuits.caption_card import CaptionCard
from playground.gui.inspect.circuits.controls import CircuitControls
from playground.gui.inspect.circuits.expression_bar import ExpressionBar
from playground.gui.inspect.circuits.graph_view import CircuitView
from playground.gui.inspect.circuits.model import CircuitModel, remembered
from playground.gui.inspect.circuits.quiz_card import QuizCard
from playground.gui.inspect.circuits.words import foot
from playground.gui.inspect.foot import place_at_foot
from playground.gui.inspect.step.status_line import StatusLine
from playground.gui.preferences import Preferences
from playground.gui.session import Session

BOTTOM = 172


class CircuitPanel(QWidget):
    """Walks a circuit gate by gate.

    Attributes
    ----------
    controls
        What stands in the row above while this tab is shown.
    model
        The circuit and the moment that are shown.
    status
        Where we are, for the foot of the window.
    """

    def __init__(
        self, session: Session, preferences: Preferences, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._preferences = preferences
        self.model = CircuitModel(self)
        last = remembered(preferences.remembered("inspect.circuit", ""))
        if last is not None:
            self.model.open(last)
            self.model.undo_stack.clear()
        self.controls = CircuitControls(self.model)
        self.controls.told.connect(lambda text: session.notice.emit("info", text))
        self.expression = ExpressionBar(self.model)
        self.view = CircuitView(self.model)
        self.caption = CaptionCard(self.model)
        self.quiz = QuizCard(self.model)
        bottom = QWidget()
        bottom.setProperty("canvas", True)
        bottom.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        bottom.setFixedHeight(BOTTOM)
        row = QHBoxLayout(bottom)
        row.setContentsMargins(14, 4, 14, 12)
        row.setSpacing(12)
        row.addWidget(self.caption, 1)
        row.addWidget(self.quiz)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.expression)
        column.addWidget(self.view, 1)
        column.addWidget(bottom)
        self.setFocusProxy(self.view)
        self.status = StatusLine(self)
        self.status.hide()
        self._show_place()
        self.expression.left.connect(self.view.setFocus)
        self.model.changed.connect(self._remember)
        self.model.moved.connect(self._ask)
        self.model.moved.connect(self._show_place)
        self._add_keys()

    def _add_keys(self) -> None:
        controls = self.controls
        keys: tuple[tuple[str, Callable[[], object]], ...] = (
            ("Right", controls.forward),
            ("Left", controls.back),
            ("Shift+Right", controls.next_phase),
            ("Shift+Left", controls.last_phase),
            ("Home", controls.first),
            ("End", controls.last),
            ("Space", controls.toggle),
            ("P", controls.toggle_prediction),
            ("E", self.expression.focus_expression),
            ("Ctrl+C", controls.copy),
        )
        # Text that is being typed keeps its keys: line edits override shortcuts.
        for key, carry_out in keys:
            for place in (self, controls):
                shortcut = QShortcut(QKeySequence(key), place)
                shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
                shortcut.activated.connect(carry_out)

    def _show_place(self) -> None:
        self.status.show_text(foot(self.model))

    def _remember(self) -> None:
        self._preferences.remember("inspect.circuit", self.model.file.as_text())

    def _ask(self) -> None:
        """Give the keyboard to the answer while one is asked for, and back afterwards."""
        if not self.isVisible():
            return
        if self.model.question is not None:
            self.quiz.focus_answer()
        elif self.quiz.isAncestorOf(self.focusWidget() or self):
            self.view.setFocus()

    # --- undo of its own, while the keyboard is here ---

    def event(self, event: QEvent) -> bool:
        """Take the keys of Undo and Redo before the window does."""
        if isinstance(event, QKeyEvent) and event.type() in (
            QEvent.Type.ShortcutOverride,
            QEvent.Type.KeyPress,
        ):
            stack = self.model.undo_stack
            undoes = event.matches(QKeySequence.StandardKey.Undo)
            if undoes or event.matches(QKeySequence.StandardKey.Redo):
                if event.type() == QEvent.Type.KeyPress:
                    stack.undo() if undoes else stack.redo()
                event.accept()
                return True
        return super().event(event)

    def showEvent(self, event: QShowEvent) -> None:
        """Say at the foot of the window where we are."""
        super().showEvent(event)
        place_at_foot(self, self.status, True)

    def hideEvent(self, event: QHideEvent) -> None:
        """Stop playing when nobody looks."""
        super().hideEvent(event)
        place_at_foot(self, self.status, False)
        self.controls.pause()
