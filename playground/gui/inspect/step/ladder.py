"""The buttons that go through a step: phase, operation, play; batches and epochs in a menu."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSizePolicy, QToolButton, QWidget

from playground.gui.icons import icon
from playground.gui.inspect.step.moves import Move
from playground.gui.teaching_tip import set_tip

__all__ = ["Ladder", "LadderButton"]

_STEPS = (
    (Move.PREVIOUS_PHASE, "« phase", "«", "Previous phase", "Shift+←"),
    (Move.PREVIOUS_OPERATION, "◀ op", "◀", "Previous operation", "←"),
    (Move.NEXT_OPERATION, "op ▶", "▶", "Next operation", "→"),
    (Move.NEXT_PHASE, "phase »", "»", "Next phase", "Shift+→"),
)
_MENU = (
    (Move.NEXT_CELL, "Next cell", "↓"),
    (Move.PREVIOUS_CELL, "Previous cell", "↑"),
    None,
    (Move.NEXT_LAYER, "Next layer", "Ctrl+→"),
    (Move.PREVIOUS_LAYER, "Previous layer", "Ctrl+←"),
    None,
    (Move.NEXT_BATCH, "Next batch", "."),
    (Move.PREVIOUS_BATCH, "Previous batch", ","),
    (Move.NEXT_EPOCH, "Next epoch", ">"),
    (Move.PREVIOUS_EPOCH, "Previous epoch", "<"),
    None,
    (Move.START_OF_STEP, "Start of this step", "Home"),
    (Move.START, "Back to where the inspection started", "Ctrl+Home"),
)


class LadderButton(QToolButton):
    """A button that leaves the arrow keys to the panel."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Pass on the arrows, with which buttons would move the focus."""
        arrows = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down)
        if event.key() in arrows:
            event.ignore()
        else:
            super().keyPressEvent(event)


class Ladder(QWidget):
    """Steps of every size, forwards and backwards.

    Signals
    -------
    moved(Move)
        A step was asked for.
    play_toggled()
        Start to go on by itself, or stop.
    """

    moved = Signal(object)
    play_toggled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Steps")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(6)
        self._texts: list[tuple[LadderButton, str, str]] = []
        self.play = LadderButton()
        self.play.setObjectName("play")
        self.play.setIconSize(QSize(18, 18))
        self.play.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.play.clicked.connect(self.play_toggled)
        for place, (move, text, short, title, key) in enumerate(_STEPS):
            if place == 2:
                self._row.addWidget(self.play)
            button = LadderButton()
            button.setText(text)
            button.setProperty("framed", True)
            button.setFixedHeight(30)
            # A click must not take the keys away from the step.
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.setAutoRepeat("op" in text)
            button.clicked.connect(lambda _=False, move=move: self.moved.emit(move))
            set_tip(button, title, _MEANINGS[move], shortcut=key)
            self._row.addWidget(button)
            self._texts.append((button, text, short))
        self._row.addWidget(self._more())
        self.show_playing(False)

    def _more(self) -> QToolButton:
        more = LadderButton()
        more.setIcon(icon("more"))
        more.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        more.setIconSize(QSize(16, 16))
        more.setFixedSize(32, 30)
        more.setProperty("framed", True)
        menu = QMenu(more)
        for entry in _MENU:
            if entry is None:
                menu.addSeparator()
                continue
            move, title, key = entry
            action = QAction(f"{title}\t{key}", menu)
            action.triggered.connect(lambda _=False, move=move: self.moved.emit(move))
            action.setToolTip(_MEANINGS.get(move, ""))
            menu.addAction(action)
        more.clicked.connect(lambda: menu.popup(more.mapToGlobal(more.rect().bottomLeft())))
        set_tip(
            more,
            "Other steps",
            "Single cells, whole layers, batches and epochs, forwards and backwards. Going back "
            "restores weights, optimizer and random numbers exactly.",
        )
        return more

    def show_playing(self, playing: bool) -> None:
        """Show whether it goes on by itself."""
        self.play.setIcon(icon("pause" if playing else "play", "on_accent"))
        title = "Pause" if playing else "Play"
        self.play.setAccessibleName(title)
        set_tip(
            self.play,
            title,
            "Goes from operation to operation by itself; the menu at the right sets the speed.",
            shortcut="Space",
        )

    def set_compact(self, compact: bool) -> None:
        """Write only signs on the buttons, or words as well."""
        for button, text, short in self._texts:
            button.setText(short if compact else text)

    def event(self, event: QEvent) -> bool:
        """Fit again when the letters change."""
        if event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return super().event(event)


_MEANINGS = {
    Move.PREVIOUS_PHASE: "Back to the start of the phase: forward, error, backward or update.",
    Move.PREVIOUS_OPERATION: "One operation back, exactly as it was.",
    Move.NEXT_OPERATION: "One operation on; after the last one, the next batch.",
    Move.NEXT_PHASE: "On to the next phase: forward, error, backward or update.",
}
