"""What there is to know and to set about a chosen option, in a card that pops up."""

from __future__ import annotations

from typing import Any

import msgspec
from PySide6.QtCore import QPoint, QRect, Qt, Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QLabel, QLayout, QVBoxLayout, QWidget

from playground.gui.editors.card import CardWindow
from playground.gui.formula import FormulaLabel
from playground.gui.parameter_form import ParameterForm
from playground.schema.describe import summary_of, title_of
from playground.schema.parameter import Option

__all__ = ["OptionPopover"]

WIDTH = 270


class OptionPopover(CardWindow):
    """Title, summary and formula of an option, and a form for its hyperparameters.

    Escape, or a click beside it, closes it.

    Signals
    -------
    edited(str, object)
        Name of a hyperparameter, and its new value.
    """

    edited = Signal(str, object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("option_popover")
        self._kind: type[msgspec.Struct] | None = None
        self.form: ParameterForm | None = None
        self._title = QLabel()
        self._title.setProperty("role", "heading")
        self._text = QLabel()
        self._text.setProperty("role", "muted")
        self._text.setWordWrap(True)
        self._formula = FormulaLabel(size=15)
        self._formula.resized.connect(self._fit)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(14, 12, 14, 14)
        self._column.setSpacing(8)
        self._column.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        for part in (self._title, self._text, self._formula):
            self._column.addWidget(part)
        self._anchor: QWidget | None = None

    def show_value(self, option: Option) -> None:
        """Show an option; emits nothing."""
        if type(option) is not self._kind:
            self._rebuild(option)
        if self.form is not None:
            self.form.show_value(option)

    def open_below(self, anchor: QWidget) -> None:
        """Pop up below a widget, with the keyboard on the first editor."""
        self._anchor = anchor
        self.setAccessibleName(self._title.text())
        self._fit()
        self.show()
        if self.form is not None:
            self.form.focus_first()

    def hideEvent(self, event: QHideEvent) -> None:
        """Forget where it was opened."""
        self._anchor = None
        super().hideEvent(event)

    def _rebuild(self, option: Any) -> None:
        self._kind = type(option)
        self._title.setText(title_of(type(option)))
        self._text.setText(summary_of(type(option)))
        self._formula.set_formula(option.formula)
        self._formula.setVisible(bool(option.formula))
        if self.form is not None:
            self._column.removeWidget(self.form)
            self.form.hide()
            self.form.deleteLater()
        self.form = ParameterForm(type(option))
        self.form.edited.connect(self.edited)
        self._column.addWidget(self.form)
        self._fit()

    def _fit(self) -> None:
        if self._anchor is None:
            return
        self._column.activate()
        width = max(WIDTH, min(self._formula.sizeHint().width() + 28, WIDTH + 120))
        self.resize(width, self._column.totalHeightForWidth(width))
        self.place(QRect(self._anchor.mapToGlobal(QPoint(0, 0)), self._anchor.size()))
