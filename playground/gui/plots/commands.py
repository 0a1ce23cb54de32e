"""The buttons, the menu and the keys of a plot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QMenu,
    QToolButton,
    QWidget,
)

from playground.gui.figures.menu import add_figure_actions
from playground.gui.icons import icon

if TYPE_CHECKING:
    from playground.gui.plots.time_plot import TimePlot

__all__ = ["Command", "HoverButtons", "command_of", "plot_menu"]

PAN_STEP = 0.1
ZOOM_STEP = 0.8
Command = str | tuple[str, float] | tuple[str, float, float]


class HoverButtons(QFrame):
    """The frequent commands, shown over the legend while the pointer is over the plot.

    They do not take the focus: the keyboard has a key or the menu for each.

    Signals
    -------
    autoscale_clicked, copy_clicked
        The button was pressed.
    menu_clicked
        The same, with the place on the screen for the menu.
    """

    autoscale_clicked = Signal()
    copy_clicked = Signal()
    menu_clicked = Signal(QPoint)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("card", True)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(1, 1, 1, 1)
        layout.setSpacing(0)
        for name, label, clicked in (
            ("autoscale", "Show everything and follow the training (A)", self.autoscale_clicked),
            ("copy", "Copy as an image (Ctrl+C)", self.copy_clicked),
        ):
            button = self._button(name, label)
            button.clicked.connect(clicked)
            layout.addWidget(button)
        self._more = self._button("more", "Save, axis and smoothing")
        self._more.clicked.connect(self._ask_menu)
        layout.addWidget(self._more)

    def _button(self, name: str, label: str) -> QToolButton:
        button = QToolButton(self)
        button.setObjectName(f"plot_{name}")
        button.setIcon(icon(name, "text_muted"))
        button.setIconSize(QSize(15, 15))
        button.setFixedSize(26, 22)
        button.setToolTip(label)
        button.setAccessibleName(label)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        return button

    def _ask_menu(self) -> None:
        self.menu_clicked.emit(self._more.mapToGlobal(QPoint(0, self._more.height())))


def plot_menu(plot: TimePlot) -> QMenu:
    """Return the menu of a plot; it is deleted when it closes."""
    menu = QMenu(plot)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    menu.addAction(icon("autoscale"), "Show everything\tA", plot.autoscale)
    menu.addSeparator()
    figure = plot.figure()
    if figure is not None:
        add_figure_actions(menu, plot, figure, plot.message.emit)
        menu.addSeparator()
    for label, checked, toggled in (
        ("Logarithmic axis", plot.logarithmic, plot.set_logarithmic),
        ("Smoothing", plot.smoothing, plot.set_smoothing),
    ):
        action = menu.addAction(label)
        action.setCheckable(True)
        action.setChecked(checked)
        action.toggled.connect(toggled)
    for action in menu.actions():
        action.setEnabled(bool(plot.series) or action.isCheckable())
    return menu


def command_of(event: QKeyEvent) -> Command | None:
    """Return what a key means to a plot: copy, autoscale, or zoom and pan with their amounts."""
    if event.matches(QKeySequence.StandardKey.Copy):
        return "copy"
    harmless = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier
    if event.modifiers() & ~harmless != Qt.KeyboardModifier.NoModifier:
        return None
    match event.key():
        case Qt.Key.Key_A | Qt.Key.Key_Home:
            return "autoscale"
        case Qt.Key.Key_Plus | Qt.Key.Key_Equal:
            return "zoom", ZOOM_STEP
        case Qt.Key.Key_Minus:
            return "zoom", 1.0 / ZOOM_STEP
        case Qt.Key.Key_Left:
            return "pan", -PAN_STEP, 0.0
        case Qt.Key.Key_Right:
            return "pan", PAN_STEP, 0.0
        case Qt.Key.Key_Up:
            return "pan", 0.0, PAN_STEP
        case Qt.Key.Key_Down:
            return "pan", 0.0, -PAN_STEP
        case _:
            return None
