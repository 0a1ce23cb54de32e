"""The image of a row in large, with the network's beliefs, while the pointer rests on it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QObject
from PySide6.QtGui import QHelpEvent, QMouseEvent

from playground.gui.samples.columns import Kind
from playground.gui.samples.model import SamplesModel
from playground.gui.samples.scorer import Scorer
from playground.gui.samples.table import SamplesTable
from playground.gui.train.output.enlarged_sample import EnlargedSample
from playground.gui.train.output.number_text import percent

__all__ = ["Enlarging"]

_ENDS = (
    QEvent.Type.Leave,
    QEvent.Type.Wheel,
    QEvent.Type.Hide,
    QEvent.Type.MouseButtonPress,
    QEvent.Type.FocusOut,
)


class Enlarging(QObject):
    """Watches the cells of a table for the pointer."""

    def __init__(self, table: SamplesTable, model: SamplesModel, scorer: Scorer) -> None:
        super().__init__(table)
        self._table, self._model, self._scorer = table, model, scorer
        self._card: EnlargedSample | None = None
        self._sample = -1
        table.setMouseTracking(True)
        table.viewport().installEventFilter(self)
        model.modelReset.connect(self.hide)

    @property
    def sample(self) -> int | None:
        """The sample that is shown in large."""
        return self._sample if self._card is not None and self._card.isVisible() else None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Show the image when a tooltip would appear, as long as the pointer is on it."""
        kind = event.type()
        if kind == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            index = self._table.indexAt(event.pos())
            if index.isValid() and self._model.columns[index.column()].kind is Kind.PICTURE:
                self._show(index)
                return True
        elif kind in _ENDS:
            self.hide()
        elif kind == QEvent.Type.MouseMove and isinstance(event, QMouseEvent):
            index = self._table.indexAt(event.position().toPoint())
            is_there = index.isValid() and self._model.sample(index.row()) == self._sample
            if not is_there or self._model.columns[index.column()].kind is not Kind.PICTURE:
                self.hide()
        return False

    def hide(self) -> None:
        """Show nothing in large any more."""
        if self._card is not None:
            self._card.hide()

    def _show(self, index: QModelIndex) -> None:
        data, images = self._model.samples, self._table.images
        sample = self._model.sample(index.row())
        beliefs = self._scorer.beliefs(sample)
        if data is None or images is None or beliefs is None:
            return
        if self._card is None:
            self._card = EnlargedSample(self._table)
        self._sample = sample
        names, predicted = data.task.class_names, int(beliefs.argmax())
        label = images.label(sample)
        is_right = predicted == label
        verdict = "right" if is_right else f"wrong: true is {names[label]}"
        note = f"Answer {names[predicted]}, {percent(float(beliefs[predicted]))} sure, {verdict}"
        self._card.show_sample(images, sample, f"Sample #{sample}", note, names, beliefs)
        self._card.place_beside(self._table.viewport(), self._table.visualRect(index))
