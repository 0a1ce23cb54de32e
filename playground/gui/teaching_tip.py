"""Tooltips that teach: a card with a title, a sentence or two, the formula and the curve.

A card appears where and when an ordinary tooltip would, and for the keyboard with Shift+F1.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer
from PySide6.QtGui import QHelpEvent, QKeyEvent
from PySide6.QtWidgets import QComboBox, QWidget
from shiboken6 import isValid

from playground.engine.activations import Activation
from playground.engine.optimizers import Optimizer
from playground.gui.tip_card import Tip, TipCard
from playground.schema.describe import summary_of, title_of
from playground.schema.parameter import Option

__all__ = [
    "Tip",
    "apply_tip",
    "hide_tip",
    "option_tip",
    "set_item_tip",
    "set_option_tip",
    "set_tip",
    "show_problem",
    "tip_of",
]

ITEM_DELAY = 350
"""Milliseconds until the card of a highlighted item of a list appears."""

_TIP_ROLE = int(Qt.ItemDataRole.UserRole) + 77


def option_tip(option: type[Option] | Option) -> Tip:
    """Return what there is to say about an option: its summary, formula and curve."""
    kind = option if isinstance(option, type) else type(option)
    curve: Activation | None = None
    if issubclass(kind, Activation) and kind.has_curve:
        curve = option if isinstance(option, Activation) else kind()
    text = summary_of(kind)
    if issubclass(kind, Optimizer):
        text += f"\n{(option if isinstance(option, Optimizer) else kind()).needs}."
    derivative = getattr(kind, "derivative_formula", "")
    return Tip(title_of(kind), text, kind.formula, derivative, curve)


def set_tip(
    widget: QWidget,
    title: str,
    text: str = "",
    formula: str = "",
    curve: Activation | None = None,
    shortcut: str = "",
) -> None:
    """Give a widget a card, in place of its tooltip; calling it again replaces the card.

    Parameters
    ----------
    widget
        Any widget. Those inside it without a tip of their own show its card, too.
    title, text
        A name, and one or two sentences.
    formula
        LaTeX; equations separated by ``,\\quad`` go on lines of their own.
    curve
        An activation whose f and f′ are drawn.
    shortcut
        Keys as a person reads them, such as ``Space``.
    """
    derivative = curve.derivative_formula if curve is not None else ""
    apply_tip(widget, Tip(title, text, formula, derivative, curve, shortcut))


def set_option_tip(widget: QWidget, option: type[Option] | Option) -> None:
    """Give a widget the card of an option."""
    apply_tip(widget, option_tip(option))


def apply_tip(widget: QWidget, tip: Tip) -> None:
    """Give a widget a card that was put together elsewhere."""
    owner = _owner(widget)
    if owner is None:
        owner = _TipOwner(widget, tip)
    elif owner.tip == tip:
        return
    owner.tip = tip
    widget.setToolTip(tip.plain)
    widget.setAccessibleDescription(tip.spoken)
    if not widget.accessibleName():
        widget.setAccessibleName(tip.title)
    if owner.card is not None:
        owner.open(None)


def tip_of(widget: QWidget) -> Tip | None:
    """Return the tip of a widget, or ``None``."""
    owner = _owner(widget)
    return owner.tip if owner is not None else None


def set_item_tip(combo: QComboBox, index: int, tip: Tip) -> None:
    """Give an entry of a drop-down list a card, shown beside the list while it is highlighted."""
    combo.setItemData(index, tip, _TIP_ROLE)
    combo.setItemData(index, tip.plain, Qt.ItemDataRole.ToolTipRole)
    combo.setItemData(index, tip.spoken, Qt.ItemDataRole.AccessibleDescriptionRole)
    if combo.findChild(_ItemTips, options=Qt.FindChildOption.FindDirectChildrenOnly) is None:
        _ItemTips(combo)


def show_problem(widget: QWidget, title: str, text: str) -> None:
    """Show at once, below a widget, what is wrong with its input. Leaves its own tip alone."""
    owner = _owner(widget) or _TipOwner(widget, Tip(title, text))
    owner.open(None, Tip(title, text, problem=True))


def hide_tip(widget: QWidget) -> None:
    """Hide the card of a widget, if it is shown."""
    owner = _owner(widget)
    if owner is not None:
        owner.close()


def _owner(widget: QWidget) -> _TipOwner | None:
    return widget.findChild(_TipOwner, options=Qt.FindChildOption.FindDirectChildrenOnly)


_HIDING = {QEvent.Type.Leave, QEvent.Type.MouseButtonPress, QEvent.Type.Wheel}
_LEAVING = {
    QEvent.Type.FocusOut,
    QEvent.Type.Hide,
    QEvent.Type.WindowDeactivate,
    QEvent.Type.Close,
}
_MODIFIERS = {Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt}


class _TipOwner(QObject):
    """Watches one widget, lives and dies with it."""

    def __init__(self, widget: QWidget, tip: Tip) -> None:
        super().__init__(widget)
        self.tip = tip
        self.card: TipCard | None = None
        self._tells_problem = False
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            self.open(event.globalPos())
            return True
        if kind == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() == Qt.Key.Key_F1 and event.modifiers() & _SHIFT:
                self.open(None)
                return True
            if event.key() == Qt.Key.Key_Escape and self.card is not None:
                self.close()
                return True
            # A problem stays to be read while it is being corrected.
            if event.key() not in _MODIFIERS and not self._tells_problem:
                self.close()
        elif kind in _LEAVING or (kind in _HIDING and not self._tells_problem):
            self.close()
        return False

    def open(self, pointer: QPoint | None, tip: Tip | None = None) -> None:
        """Show the card, or another in its place, below the pointer or else the widget."""
        widget = self.parent()
        assert isinstance(widget, QWidget)
        card = _card(widget)
        if card.opener is not None and card.opener is not self:
            card.opener.card = None
        card.opener = self.card = None
        card.show_tip(tip or self.tip, widget, pointer)
        card.opener, self.card = self, card
        self._tells_problem = tip is not None

    def close(self) -> None:
        """Hide the card. Asks nothing of the widget, which may be on its way out."""
        card, self.card = self.card, None
        if card is not None and isValid(card):
            card.opener = None
            card.hide()


_SHIFT = Qt.KeyboardModifier.ShiftModifier


class _ItemTips(QObject):
    """Shows cards beside the open list of a combo box, for the highlighted entry."""

    def __init__(self, combo: QComboBox) -> None:
        super().__init__(combo)
        self._index = -1
        self._card: TipCard | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(ITEM_DELAY)
        self._timer.timeout.connect(self._show)
        combo.highlighted.connect(self._on_highlighted)
        combo.view().installEventFilter(self)
        combo.view().viewport().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip:
            return True
        if event.type() == QEvent.Type.Hide:
            self._timer.stop()
            self._hide()
        return False

    def _on_highlighted(self, index: int) -> None:
        self._index = index
        if self._card is not None:
            self._show()
        else:
            self._timer.start()

    def _show(self) -> None:
        # Not an attribute: the box must not be kept alive by what it owns.
        combo = self.parent()
        assert isinstance(combo, QComboBox)
        tip = combo.itemData(self._index, _TIP_ROLE)
        if not isinstance(tip, Tip) or not combo.view().isVisible():
            self._hide()
            return
        self._card = _card(combo.view())
        self._card.show_beside_item(tip, combo.view(), self._index)

    def _hide(self) -> None:
        card, self._card = self._card, None
        if card is not None and isValid(card):
            card.hide()


def _card(widget: QWidget) -> TipCard:
    """Return the card of the window that a widget is in; it goes when the window does."""
    window = widget.window()
    found = window.findChild(TipCard, options=Qt.FindChildOption.FindDirectChildrenOnly)
    return found if found is not None else TipCard(window)
