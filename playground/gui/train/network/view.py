"""NetworkView: the network, built layer by layer, and what each part of it does."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from playground.data.scaling import FittedScaling
from playground.engine.preparation import NoPreparation, Preparation
from playground.experiment.spec import ExperimentSpec
from playground.gui.theme import theme
from playground.gui.train.network.board import CARDS_HEIGHT, Board
from playground.gui.train.network.footer import Footer
from playground.gui.train.network.geometry import ColumnKind
from playground.gui.train.network.link_layer import Quantity
from playground.gui.train.network.links import LINK_LIMIT
from playground.gui.train.network.naming import Names, SkipAt, UnitAt, WeightAt
from playground.gui.train.network.popup_texts import number, skip_picture, skip_rows, unit_rows
from playground.gui.train.network.thumbnails import image_of, ink_image
from playground.gui.train.network.unit_popup import UnitPopup
from playground.gui.train.network.weight_editor import WeightEditor
from playground.schema.describe import title_of
from playground.training.messages import Loaded
from playground.training.snapshot import Snapshot

FINEST_THUMBNAIL = 50
"""Cells of a unit's picture, at most: more cannot be told apart."""
_WITH_PICTURES = (ColumnKind.SINGLE, ColumnKind.GRID)
_FEW_UNITS = 128
MEAN_OF = 500
"""The mean image is that of at most so many training images."""


class NetworkView(QWidget):
    """Shows and edits the network.

    Signals
    -------
    edited(str, object, str, str)
        Path in the spec, value, label for Undo, merge key.
    proposed(object, str, str)
        A whole new spec, label for Undo, merge key.
    wishes_changed()
        :meth:`wishes` returns something else than before.
    parameter_edited(int, int, int, float, float)
        Layer, row, column, old and new value of a weight or bias edited by hand.
    noted(str, str)
        Level and text of what an edit brought with it, or why it cannot be.
    """

    edited = Signal(str, object, str, str)
    proposed = Signal(object, str, str)
    wishes_changed = Signal()
    parameter_edited = Signal(int, int, int, float, float)
    noted = Signal(str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("canvas", True)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName("Network")
        self.setMinimumSize(320, 250)
        self.board = Board()
        self.canvas = self.board.canvas
        self.footer = Footer()
        self._area = QScrollArea()
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setWidgetResizable(True)
        self._area.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setWidget(self.board)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._area, 1)
        column.addWidget(self.footer)
        self.popup = UnitPopup(self, top=CARDS_HEIGHT)
        self.editor = WeightEditor(self)
        self._mean: np.ndarray[Any, Any] | None = None
        self._scaling: FittedScaling | None = None
        self._image_data: object = None
        self._preparation: Preparation = NoPreparation()
        self._wishes: dict[str, Any] = {}
        self._pending: Snapshot | None = None

        self.board.edited.connect(self.edited)
        self.board.proposed.connect(self.proposed)
        self.board.noted.connect(self.noted)
        self.board.card_focused.connect(self._reveal)
        self.canvas.pointed_changed.connect(self._on_pointed)
        self.canvas.edit_requested.connect(self._open_editor)
        self.canvas.laid_out.connect(self._on_laid_out)
        self.footer.chosen.connect(self._on_quantity)
        self.editor.committed.connect(self._on_weight_edited)
        self.editor.closed.connect(self._on_editor_closed)
        bar = self._area.horizontalScrollBar()
        bar.valueChanged.connect(self._on_scrolled)
        bar.rangeChanged.connect(self._on_scrolled)
        theme().changed.connect(self._on_pointed)

    # --- what is shown ---

    def show_spec(self, spec: ExperimentSpec) -> None:
        """Show an edited experiment; touches only what differs."""
        names = Names(spec)
        identity = (type(spec.data), spec.data.input_names, names.image_shape)
        if identity != self._image_data:
            self._image_data = identity
            self._mean = None
            self.canvas.show_sample(None, "")
            self.canvas.forget_pictures()
        self.editor.close_editor()
        self.board.show_spec(spec, names)
        if spec.training.preparation != self._preparation:
            self._preparation = spec.training.preparation
            self._show_note()
        self._tell_wishes()

    def show_loaded(self, loaded: Loaded) -> None:
        """Take the training images, whose mean stands for the input."""
        samples = loaded.data.samples
        self._scaling = loaded.data.scaling
        if samples.image_shape is None:
            return
        # As they were drawn, before any scaling.
        images = samples.points[loaded.data.split.train[:MEAN_OF]]
        self._mean = images.mean(0)
        self.canvas.show_sample(self._mean, "mean image")

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show a look at the training; nothing happens while the view is hidden."""
        if not self.isVisible():
            self._pending = snapshot
            return
        self._pending = None
        self.canvas.show_snapshot(snapshot)
        if self._mean is not None:
            if snapshot.probe is not None:
                pixels = snapshot.probe.inputs
                if self._scaling is not None:
                    pixels = self._scaling.unscaled(pixels)
                self.canvas.show_sample(pixels, "chosen image")
            elif self.canvas.sample is None or self.canvas.sample[0] is not self._mean:
                self.canvas.show_sample(self._mean, "mean image")
        if self.popup.isVisible():
            self._fill_popup()

    def wishes(self) -> dict[str, Any]:
        """Return what the next snapshots should hold, as arguments of ``snapshot.View``."""
        layout = self.canvas.layout_now
        if not self.isVisible() or layout is None:
            return {"thumbnail_size": 0, "visible_units": (), "focus": None}
        seen = set(self.canvas.columns_in_sight)
        if sum(len(column.visible) for column in layout.columns) <= _FEW_UNITS:
            # Of few units all: scrolling finds them at once, and a figure shows the whole network.
            seen = set(range(len(layout.columns)))
        shown = [c for i, c in enumerate(layout.columns) if i in seen]
        largest = max((c.size for c in shown if c.kind in _WITH_PICTURES), default=FINEST_THUMBNAIL)
        size = min(FINEST_THUMBNAIL, round(largest * self.devicePixelRatioF()))
        units = tuple(
            column.visible if index + 1 in seen and column.kind in _WITH_PICTURES else ()
            for index, column in enumerate(layout.columns[1:])
        )
        return {"thumbnail_size": size, "visible_units": units, "focus": self._focus()}

    def sizeHint(self) -> QSize:
        """Return a comfortable size."""
        return QSize(820, 460)

    # --- events ---

    def showEvent(self, event: QShowEvent) -> None:
        """Show what came while the view was hidden."""
        super().showEvent(event)
        self._on_scrolled()
        if self._pending is not None:
            self.show_snapshot(self._pending)
        self._tell_wishes()

    def hideEvent(self, event: QHideEvent) -> None:
        """Wish for nothing."""
        super().hideEvent(event)
        self.editor.close_editor()
        self.popup.hide()
        self._tell_wishes()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep track of what can be seen."""
        super().resizeEvent(event)
        self.editor.close_editor()
        self._on_scrolled()

    # --- inner workings ---

    def _focus(self) -> tuple[int, int] | None:
        """Return the unit whose large picture is wanted."""
        at = self.canvas.selection.pointed
        names = self.canvas.names
        if not isinstance(at, UnitAt) or names is None:
            return None
        if at.layer < 0 and names.image_shape is not None:
            return None
        return at.layer, at.unit

    def _tell_wishes(self) -> None:
        wishes = self.wishes()
        if wishes != self._wishes:
            self._wishes = wishes
            self.wishes_changed.emit()

    def _on_scrolled(self, *_: int) -> None:
        left = self._area.horizontalScrollBar().value()
        self.canvas.set_sight(left, left + self._area.viewport().width())
        self.popup.hide()

    def _on_laid_out(self) -> None:
        self._show_note()
        self._tell_wishes()

    def _show_note(self) -> None:
        """Say what the picture alone does not."""
        notes = []
        if self._preparation.is_needed:
            # The cards name what the weights were drawn from.
            notes.append(f"initial weights prepared by {title_of(type(self._preparation))}")
        if self.canvas.is_partial:
            notes.append(f"strongest {LINK_LIMIT} links per layer")
        names = self.canvas.names
        if names is not None and names.image_shape is not None and 0 in self.canvas.bands_in_sight:
            notes.append("image links: size of all weights")
        text = " · ".join(notes)
        self.footer.show_note(text[:1].upper() + text[1:])

    def _on_quantity(self, quantity: Quantity) -> None:
        self.canvas.show_quantity(quantity)

    def _reveal(self, area: QRect) -> None:
        """Scroll so that a card that got the keyboard can be seen."""
        middle = area.center()
        self._area.ensureVisible(middle.x(), middle.y(), area.width() // 2 + 30, 0)

    def _on_pointed(self) -> None:
        self._tell_wishes()
        at = self.canvas.selection.pointed
        box = self.canvas.box_of(at) if at is not None else None
        if at is None or box is None or self.editor.at is not None or not self.isVisible():
            self.popup.hide()
            return
        self._fill_popup()
        self.popup.open_beside(self._from_canvas(box.toAlignedRect()))

    def _from_canvas(self, area: QRect) -> QRect:
        return QRect(self.canvas.mapTo(self, area.topLeft()), area.size())

    def _fill_popup(self) -> None:
        at, names = self.canvas.selection.pointed, self.canvas.names
        if at is None or names is None:
            self.popup.hide()
        elif isinstance(at, WeightAt):
            self._fill_weight(at, names)
        elif isinstance(at, SkipAt):
            self._fill_skip(at, names)
        else:
            self._fill_unit(at, names)

    def _fill_weight(self, at: WeightAt, names: Names) -> None:
        values = self.canvas.value_of(at)
        rows = []
        if values is not None:
            rows = [
                (names.word_of(at), number(values[0])),
                ("gradient", number(values[1], exponent=True)),
            ]
        hint = "Click, or press Enter, to edit"
        if self.popup.show_about(names.weight(at), rows, hint=hint) and self.popup.isVisible():
            self._move_popup()

    def _fill_skip(self, at: SkipAt, names: Names) -> None:
        snapshot = self.canvas.snapshot
        matrix = snapshot.matrices[at.layer] if snapshot is not None else None
        picture = skip_picture(matrix, theme().current)
        title, _, what = names.spot(at).partition(" · ")
        changed = self.popup.show_about(
            title,
            skip_rows(names, at.layer, what),
            hint="Drag to another layer, or click for settings",
            has_picture=picture is not None,
        )
        self.popup.picture.show_image(picture, smooth=False)
        if changed and self.popup.isVisible():
            self._move_popup()

    def _fill_unit(self, at: UnitAt, names: Names) -> None:
        rows, formula, hint = unit_rows(names, at, self.canvas.value_of)
        smooth = names.image_shape is None
        image = None
        snapshot = self.canvas.snapshot
        if snapshot is not None and snapshot.focus_map is not None:
            if snapshot.focus == (at.layer, at.unit):
                image = image_of(snapshot.focus_map)
        if image is None and at.layer < 0 and names.image_shape is not None:
            if self.canvas.sample is not None:
                image = ink_image(self.canvas.sample[0], names.image_shape, theme().current)
        elif image is None:
            pictures = (
                self.canvas.pictures[at.layer] if at.layer >= 0 else self.canvas.input_pictures
            )
            image = pictures.picture(at.unit)
        changed = self.popup.show_about(
            names.unit(at), rows, formula=formula, hint=hint, has_picture=image is not None
        )
        self.popup.picture.show_image(image, smooth)
        if changed and self.popup.isVisible():
            self._move_popup()

    def _move_popup(self) -> None:
        at = self.canvas.selection.pointed
        box = self.canvas.box_of(at) if at is not None else None
        if box is not None:
            self.popup.open_beside(self._from_canvas(box.toAlignedRect()))

    def _open_editor(self, at: WeightAt) -> None:
        values, names = self.canvas.value_of(at), self.canvas.names
        if values is None or names is None:
            return
        box = self.canvas.box_of(at) or self.canvas.box_of(names.target_of(at))
        anchor = self._from_canvas(box.toAlignedRect()) if box else QRect(QPoint(60, 120), QSize())
        self.popup.hide()
        self.canvas.selection.edited = at
        self.canvas.update()
        # A value that is not a number can be replaced, too.
        value = float(np.clip(np.nan_to_num(values[0]), -1e6, 1e6))
        self.editor.open_for(at, names.weight(at), value, anchor)

    def _on_weight_edited(self, at: WeightAt, before: float, new: float) -> None:
        self.parameter_edited.emit(at.layer, at.row, at.column, before, new)

    def _on_editor_closed(self) -> None:
        self.canvas.selection.edited = None
        self.canvas.update()
        if self.isVisible():
            self.canvas.setFocus(Qt.FocusReason.OtherFocusReason)
        self._on_pointed()
