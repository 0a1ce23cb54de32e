"""The network as a picture: what the canvas shows, without a widget, in any thread and theme."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPainterPath, QPen

from playground.engine.activations import Identity
from playground.engine.layers import Dense, Dropout
from playground.engine.network import LayerShape
from playground.gui.figures.recolor import recolored
from playground.gui.palette import Colors
from playground.gui.theme import text_font, theme
from playground.gui.train.network import canvas_painter
from playground.gui.train.network.arc_painter import paint_arcs
from playground.gui.train.network.arcs import arcs_of, head_of
from playground.gui.train.network.geometry import Column, ColumnPlan, Layout, lay_out
from playground.gui.train.network.link_layer import LinkLayer
from playground.gui.train.network.link_painter import draw_curves
from playground.gui.train.network.naming import Names
from playground.gui.train.network.plans import plans_of
from playground.gui.train.network.selection import Selection
from playground.gui.train.network.thumbnails import LayerPictures, enlarged, radius_of
from playground.schema.describe import title_of
from playground.training.snapshot import Snapshot

__all__ = ["CAPTIONS_HEIGHT", "NetworkScene"]

Maps = tuple[NDArray[np.uint8] | None, tuple[int, ...]]
"""Pictures (n, h, w, 4) of a layer's units, and which units these are."""

CAPTIONS_HEIGHT = 46
"""Room above the units for what each layer is."""


class NetworkScene:
    """Everything that is painted of a network.

    Its attributes are those of the canvas, so that one painter serves both.

    Parameters
    ----------
    names
        What is shown, and its names.
    plans
        What each column holds, inputs first.
    size
        Of the picture, captions included.
    links
        The values of the links. They are laid out anew.
    maps
        Pictures of the units, inputs first.
    sample
        The image that goes in, (h · w,), and what it is; or ``None``.
    """

    is_picture = True
    """Squares stay squares in a file only if they are many pixels wide."""

    def __init__(
        self,
        names: Names,
        plans: list[ColumnPlan],
        size: QSize,
        links: LinkLayer,
        maps: list[Maps],
        sample: tuple[NDArray[Any], str] | None = None,
    ) -> None:
        self.names = names
        self.size = size
        height = size.height() - CAPTIONS_HEIGHT
        head = head_of(names.architecture, height)
        self.layout_now: Layout = lay_out(plans, size.width(), height, head)
        self.arcs = arcs_of(names.architecture, self.layout_now, head)
        self.links = links
        links.lay_out(self.layout_now, 1.0, names.architecture.layers)
        links.refresh(range(len(links.bands)))
        self.sample = sample
        self.selection = Selection()
        self.frames = _Edges()
        self._maps = maps
        self.input_pictures, *self.pictures = (_RoundedPictures() for _ in maps)

    @classmethod
    def of_snapshot(cls, names: Names, snapshot: Snapshot, size: QSize) -> NetworkScene:
        """Return the scene of a snapshot that has pictures of all units."""
        links = LinkLayer()
        links.take(snapshot)
        plans = plans_of(names)
        widths = [plan.units for plan in plans]
        inputs = snapshot.input_maps
        maps: list[Maps] = [(inputs, tuple(range(widths[0])))]
        for index, width in enumerate(widths[1:]):
            known = index < len(snapshot.unit_maps)
            units = tuple(u for u in snapshot.view.visible_units[index] if u < width)
            maps.append((snapshot.unit_maps[index] if known else None, units))
        return cls(names, plans, size, links, maps)

    def devicePixelRatioF(self) -> float:
        """Return 1: a picture is painted in its own unit."""
        return 1.0

    def paint(self, painter: QPainter) -> None:
        """Paint captions, links and units in the colours of the theme, without a ground."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_captions(painter, theme().current)
        painter.save()
        painter.translate(0, CAPTIONS_HEIGHT)
        self.paint_units(painter)
        painter.restore()

    def paint_units(self, painter: QPainter) -> None:
        """Paint links and units alone, as the canvas does."""
        colors = theme().current
        self._color_maps(colors)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pens = self.links.pens(colors)
        for band in self.links.bands:
            draw_curves(painter, band, pens)
        for index in range(len(self.layout_now.columns)):
            canvas_painter.paint_column(painter, self, index, colors)
        paint_arcs(painter, self.arcs, colors)

    def _color_maps(self, colors: Colors) -> None:
        pictures = (self.input_pictures, *self.pictures)
        for each, (maps, units) in zip(pictures, self._maps, strict=True):
            if maps is not None:
                each.update(recolored(maps, colors), units)

    def _paint_captions(self, painter: QPainter, colors: Colors) -> None:
        names, columns = self.names, self.layout_now.columns
        layers = names.architecture.layers
        for index, column in enumerate(columns):
            width = self.layout_now.slots[index] - 8
            if index == 0:
                title, text = "Input", _inputs_text(names)
            else:
                shape = layers[index - 1]
                is_last = index == len(columns) - 1
                title = f"{'Output' if is_last else title_of(type(shape.layer))} {shape.outputs}"
                text = _layer_text(shape)
            left = column.center - width / 2
            for top, words, font, color in (
                (8, title, text_font(13, bold=True), colors.text),
                (25, text, text_font(12), colors.text_muted),
            ):
                painter.setFont(font)
                painter.setPen(QColor(color))
                fitted = QFontMetricsF(font).elidedText(words, Qt.TextElideMode.ElideRight, width)
                area = QRectF(left, top, width, 18)
                painter.drawText(area, Qt.AlignmentFlag.AlignCenter, fitted)


def _layer_text(shape: LayerShape) -> str:
    """Return what there is to say about a layer in a few words."""
    words = []
    if isinstance(shape.layer, Dropout):
        words.append(f"rate {shape.layer.rate:.2g}")
    elif isinstance(shape.layer, Dense) or not isinstance(shape.activation, Identity):
        words.append(title_of(type(shape.activation)))
    if shape.layer.frozen:
        words.append("frozen")
    return " · ".join(words)


def _inputs_text(names: Names) -> str:
    if names.image_shape is not None:
        height, width = names.image_shape
        return f"{height} × {width} pixels"
    count = names.architecture.input_count
    return "1 feature" if count == 1 else f"{count} features"


class _RoundedPictures(LayerPictures):
    """Pictures with rounded corners that let the ground through."""

    def draw(
        self, painter: QPainter, column: Column, empty: QColor, is_smooth: bool, ratio: float
    ) -> None:
        """Draw the units that a column shows, each within a rounded square.

        Each is an image of its own: a part of a larger one would be drawn whole into an SVG.
        """
        painter.save()
        shape = QPainterPath()
        radius = radius_of(column.size)
        for unit in column.visible:
            shape.addRoundedRect(QRectF(*column.box(unit)), radius, radius)
        painter.setClipPath(shape)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, is_smooth)
        for unit in column.visible:
            picture = self.picture(unit)
            if picture is None:
                painter.fillRect(QRectF(*column.box(unit)), empty)
            else:
                shown = picture if is_smooth else enlarged(picture, column.size)
                painter.drawImage(QRectF(*column.box(unit)), shown)
        painter.restore()


class _Edges:
    """Fine edges around pictures, as vectors."""

    def draw(self, painter: QPainter, column: Column, ratio: float, colors: Colors) -> None:
        """Outline all units of a column."""
        edge = QColor("#ffffff" if colors.is_dark else "#000000")
        edge.setAlphaF(0.12)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(edge, 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        radius = radius_of(column.size)
        for unit in column.visible:
            box = QRectF(*column.box(unit)).adjusted(0.5, 0.5, -0.5, -0.5)
            painter.drawRoundedRect(box, radius, radius)
        painter.restore()
