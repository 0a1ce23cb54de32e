"""How fast training runs for the eye: a choice of the screen, never part of a result."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from playground.gui.teaching_tip import set_tip

PACES: tuple[float | None, ...] = (1.0, 3.0, 10.0, 30.0, 100.0, 300.0, None)
"""Epochs per second; ``None`` is flat out."""
DEFAULT_PACE = 30.0


class PaceButton(QToolButton):
    """Shows the pace and offers others.

    Signals
    -------
    chosen(object)
        Epochs per second, or ``None`` for flat out.
    """

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("pace")
        self.setProperty("framed", True)
        self.setFixedWidth(62)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        self._pace: float | None = DEFAULT_PACE
        menu = QMenu(self)
        group = QActionGroup(menu)
        self._actions: dict[float | None, QAction] = {}
        for pace in PACES:
            action = menu.addAction(_sentence(pace))
            action.setCheckable(True)
            action.triggered.connect(partial(self.choose, pace))
            group.addAction(action)
            self._actions[pace] = action
        self.setMenu(menu)
        self.setAccessibleName("Pace")
        set_tip(
            self,
            "Pace",
            "How many epochs to train per second at most, so that eyes can follow. Flat out trains "
            "as fast as this machine can; what is learned is the same.",
            shortcut="Ctrl+↑ Ctrl+↓",
        )
        self._show()

    @property
    def pace(self) -> float | None:
        """Epochs per second; ``None`` is flat out."""
        return self._pace

    def choose(self, pace: float | None) -> None:
        """Take a pace and tell about it."""
        self._pace = pace if pace in PACES else DEFAULT_PACE
        self._show()
        self.chosen.emit(self._pace)

    def change(self, by: int) -> None:
        """Go to a faster (+1) or slower (-1) pace."""
        index = PACES.index(self._pace) + by
        self.choose(PACES[min(max(index, 0), len(PACES) - 1)])

    def _show(self) -> None:
        self.setText("max" if self._pace is None else f"{self._pace:g}/s")
        self._actions[self._pace].setChecked(True)


def _sentence(pace: float | None) -> str:
    if pace is None:
        return "Flat out"
    return f"{pace:g} epoch per second" if pace == 1 else f"{pace:g} epochs per second"
