"""The switches of the Network tab: scope, notation, softmax and loss, decimals, predict."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QMenu,
    QSizePolicy,
    QSpinBox,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from playground.gui.editors.base import TagCombo
from playground.gui.icons import icon
from playground.gui.inspect.step.settings import DECIMALS, FIGURES, SPEEDS, Settings
from playground.gui.teaching_tip import Tip, set_tip

__all__ = ["Switches"]

HEIGHT = 26
_BESIDE = 4
_AROUND_NUMBER = 32
"""What a box has around its number: margins and arrows."""


class _Choice(TagCombo):
    """A list that keeps its arrow keys while it has the focus."""

    def event(self, event: QEvent) -> bool:
        """Take the arrows before they become steps."""
        keys = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Home, Qt.Key.Key_End)
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() in keys
            and not event.modifiers()
        ):
            event.accept()
            return True
        return super().event(event)


class _Number(QSpinBox):
    """A number that keeps its arrow keys while it has the focus."""

    def event(self, event: QEvent) -> bool:
        """Take the arrows before they become steps."""
        keys = (Qt.Key.Key_Up, Qt.Key.Key_Down)
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() in keys
        ):
            event.accept()
            return True
        return super().event(event)


class Switches(QWidget):
    """What is shown, and how.

    Signals
    -------
    changed(Settings)
        Something was switched.
    predict_toggled(bool)
        Cells shall be masked, or not.
    table_requested()
        A sample should be chosen from the table.
    check_requested(), export_requested()
        Entries of the menu.
    """

    changed = Signal(object)
    predict_toggled = Signal(bool)
    table_requested = Signal()
    check_requested = Signal()
    export_requested = Signal()

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        self.scope = _Choice()
        self.scope.add(False, "Sample", Tip("One sample", "The step for this sample alone, n = 1."))
        self.scope.add(
            True,
            "Batch",
            Tip("Batch", "The step that training makes next: the mean over a mini-batch."),
        )
        self.sample = _Number()
        self.sample.setPrefix("#")
        self.sample.setKeyboardTracking(False)
        self.sample.setFixedHeight(HEIGHT)
        self.sample.setFixedWidth(60)
        self.sample.setAccessibleName("Number of the sample")
        set_tip(self.sample, "Sample", "Which sample of the data goes through the network.")
        self.table = QToolButton()
        self.table.setIcon(icon("table"))
        self.table.setIconSize(QSize(15, 15))
        self.table.setFixedSize(HEIGHT, HEIGHT)
        self.table.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.table.clicked.connect(self.table_requested)
        set_tip(
            self.table,
            "Choose from the table",
            "All samples with their inputs, targets and losses: sort by loss to find the hardest, "
            "and step through it with Enter.",
            shortcut="T",
        )
        row.addStretch(1)
        scope = QHBoxLayout()
        scope.setSpacing(_BESIDE)
        scope.addWidget(self.scope)
        scope.addWidget(self.sample)
        scope.addWidget(self.table)
        # Wide enough for the number and the button, too.
        self._place(row, "Scope", scope, self.scope, 215)
        self.scope.setMaximumWidth(130)
        set_tip(
            self.scope,
            "Scope",
            "One sample, or the whole mini-batch: there 1/n enters, and the gradients of the "
            "samples are added.",
            shortcut="B",
        )
        self.notation = _Choice()
        self.notation.add(False, "Rows: xW + b")
        self.notation.add(True, "Columns: Wx + b")
        self._place(row, "Notation", self.notation, self.notation, 142)
        set_tip(
            self.notation,
            "Notation",
            "Samples as rows, as in code, or as columns, as in many books. Only what is shown is "
            "transposed; the numbers are the same.",
            shortcut="N",
        )
        self.fused = _Choice()
        self.fused.add(True, "Fused")
        self.fused.add(False, "Step by step")
        self._place(row, "Softmax + loss", self.fused, self.fused, 122)
        set_tip(
            self.fused,
            "Softmax and loss",
            "Fused, the gradient of the logits is simply p − y. Step by step it goes through "
            "−y/p and the Jacobian of the softmax.",
            r"\frac{\partial L}{\partial z} = p - y",
            shortcut="U",
        )
        self.decimals = _Choice()
        for count in DECIMALS:
            self.decimals.add(count, str(count))
        self._place(row, "Digits", self.decimals, self.decimals, 48)
        set_tip(self.decimals, "Digits", "Decimals of the numbers that are shown.")
        self.predict = QToolButton()
        self.predict.setText("Predict")
        self.predict.setCheckable(True)
        self.predict.setProperty("framed", True)
        self.predict.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.predict.setFixedHeight(30)
        self.predict.clicked.connect(self.predict_toggled)
        set_tip(
            self.predict,
            "Predict and check",
            "Hides results: type them yourself. A miss is diagnosed, hints help in steps, and "
            "what you got right is counted.",
            shortcut="P",
        )
        row.addWidget(self.predict)
        row.addWidget(self._menu_button())
        for name, combo in (
            ("is_batch", self.scope),
            ("columns", self.notation),
            ("fused", self.fused),
            ("decimals", self.decimals),
        ):
            combo.chosen.connect(lambda value, name=name: self._change(name, value))
        self.sample.valueChanged.connect(lambda value: self._change("sample", value))
        self.show_settings(settings)

    def _place(
        self, row: QHBoxLayout, caption: str, content: Any, buddy: TagCombo, width: int
    ) -> None:
        label = QLabel(caption)
        label.setProperty("role", "caption")
        label.setFixedHeight(15)
        label.setBuddy(buddy)
        buddy.setFixedHeight(HEIGHT)
        buddy.setMinimumContentsLength(2)
        # Where the window is narrow, the ends of the words are cut.
        buddy.setMinimumWidth(min(width, 76))
        buddy.setMaximumWidth(width)
        buddy.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        buddy.setAccessibleName(caption)
        column = QVBoxLayout()
        column.setSpacing(2)
        column.addWidget(label)
        if isinstance(content, QWidget):
            column.addWidget(content)
        else:
            column.addLayout(content)
        row.addLayout(column, width)

    def _menu_button(self) -> QToolButton:
        button = QToolButton()
        button.setIcon(icon("more"))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setFixedSize(32, 30)
        button.setProperty("framed", True)
        menu = QMenu(button)
        choose = menu.addAction("Choose a sample from the table…\tT")
        choose.triggered.connect(self.table_requested)
        menu.addSeparator()
        check = menu.addAction("Check all gradients\tC")
        check.triggered.connect(self.check_requested)
        export = menu.addAction("Export worksheet…\tW")
        export.triggered.connect(self.export_requested)
        menu.addSeparator()
        self.large = menu.addAction("Large type\tL")
        self.large.setCheckable(True)
        self.large.triggered.connect(lambda on: self._change("large", on))
        self._speeds = self._radio(
            menu,
            "Play at",
            "speed",
            {speed: f"{speed:g} operations per second" for speed in SPEEDS},
        )
        self._figures = self._radio(
            menu, "An answer must get right", "figures",
            {count: f"{count} significant figures" for count in FIGURES},
        )  # fmt: skip
        button.clicked.connect(lambda: menu.popup(button.mapToGlobal(button.rect().bottomLeft())))
        set_tip(
            button, "More", "The table of samples, all gradients checked, a worksheet, large type."
        )
        return button

    def _radio(
        self, menu: QMenu, title: str, name: str, entries: dict[Any, str]
    ) -> dict[Any, QAction]:
        part = menu.addMenu(title)
        group = QActionGroup(part)
        actions: dict[Any, QAction] = {}
        for value, text in entries.items():
            action = QAction(text, part)
            action.setCheckable(True)
            action.triggered.connect(lambda _=False, value=value: self._change(name, value))
            group.addAction(action)
            part.addAction(action)
            actions[value] = action
        return actions

    @property
    def settings(self) -> Settings:
        """What is chosen."""
        return self._settings

    def show_settings(self, settings: Settings) -> None:
        """Show other settings; emits nothing."""
        self._settings = settings
        self.scope.select(settings.is_batch)
        self.notation.select(settings.columns)
        self.fused.select(settings.fused)
        self.decimals.select(settings.decimals)
        self.sample.blockSignals(True)
        self.sample.setValue(settings.sample)
        self.sample.blockSignals(False)
        self.sample.setEnabled(not settings.is_batch)
        self.large.setChecked(settings.large)
        self._speeds[settings.speed].setChecked(True)
        self._figures[settings.figures].setChecked(True)

    def show_samples(self, count: int) -> None:
        """Set how many samples there are."""
        self.sample.blockSignals(True)
        self.sample.setRange(0, max(0, count - 1))
        number = self.sample.fontMetrics().horizontalAdvance(f"#{count}")
        self.sample.setFixedWidth(max(60, number + _AROUND_NUMBER))
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the table to its key and its entry in the menu where there is no room."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        layout = self.layout()
        assert layout is not None  # made in __init__
        needed = layout.minimumSize().width()
        if self.table.isHidden():
            needed += self.table.width() + _BESIDE
        self.table.setVisible(needed <= self.width())
        self.sample.blockSignals(False)

    def show_fusable(self, fusable: bool) -> None:
        """Grey out the choice between fused and step by step where it has no meaning."""
        self.fused.setEnabled(fusable)

    def show_predicting(self, on: bool) -> None:
        """Show whether cells are masked; emits nothing."""
        self.predict.setChecked(on)

    def change(self, name: str, value: Any) -> None:
        """Switch something, as if by hand."""
        self._change(name, value)

    def _change(self, name: str, value: Any) -> None:
        settings = replace(self._settings, **{name: value})
        if settings != self._settings:
            self.show_settings(settings)
            self.changed.emit(settings)
