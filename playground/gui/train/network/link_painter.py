"""Draws links, fast.

Blending thousands of short spans is what makes smooth lines slow, and so is building paths. So
colours are opaque, mixed with the background beforehand; curves are straight pieces, which Qt
draws without a path; and each pen draws all its links in one call, straight from an array.
"""

from __future__ import annotations

from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen
from shiboken6 import Shiboken

from playground.gui.palette import Colors, mix
from playground.gui.train.network.links import STRENGTHS, LinkBand

_FAINTEST = 0.16
"""How far the weakest links stand out from the background; the strongest do fully."""


class LinkPens:
    """Pens of all strengths for one theme and one quantity.

    Parameters
    ----------
    colors
        The theme.
    shows_gradients
        Green and purple rather than orange and blue.
    """

    def __init__(self, colors: Colors, shows_gradients: bool) -> None:
        self.background = QColor(colors.background)
        ends = (
            (colors.gradient_negative, colors.gradient_positive)
            if shows_gradients
            else (colors.value_negative, colors.value_positive)
        )
        self._inks = [[self._ink(colors, end, s) for s in range(STRENGTHS + 1)] for end in ends]
        neutral = mix(colors.text_muted, colors.accent, 0.25)
        self._neutral = [self._ink(colors, neutral, s * 0.35) for s in range(STRENGTHS + 1)]
        self._accent = QColor(colors.accent)
        self._pens: dict[tuple[float, bool], dict[int, QPen]] = {}

    @staticmethod
    def _ink(colors: Colors, end: str, strength: float) -> QColor:
        share = strength / STRENGTHS
        return QColor(mix(colors.background, end, _FAINTEST + (1 - _FAINTEST) * share**0.75))

    def of(self, band: LinkBand) -> dict[int, QPen]:
        """Return the pens of a band by strength, -STRENGTHS to STRENGTHS without 0."""
        key = (band.widest, band.is_neutral)
        if key not in self._pens:
            pens = {}
            widths = band.width_of(np.arange(STRENGTHS + 1))
            for strength in range(1, STRENGTHS + 1):
                for sign in (-1, 1):
                    ink = self._inks[sign > 0][strength]
                    if band.is_neutral:
                        ink = self._neutral[strength]
                    pen = QPen(ink, float(widths[strength]))
                    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
                    pens[sign * strength] = pen
            self._pens[key] = pens
        return self._pens[key]

    def strong(self, band: LinkBand, strength: int) -> QPen:
        """Return the pen of a link that is pointed at: its width, but full colour."""
        pen = QPen(self.of(band)[strength])
        ink = self._inks[strength > 0][max(abs(strength), STRENGTHS * 2 // 3)]
        pen.setColor(self._accent if band.is_neutral else ink)
        pen.setWidthF(max(pen.widthF(), 1.6))
        return pen


class BandImage:
    """A band of links, drawn and kept."""

    def __init__(self, band: LinkBand, height: float, ratio: float) -> None:
        self.band = band
        self.x = band.left - 2
        width = max(1, round((band.right - band.left + 4) * ratio))
        self.image = QImage(width, max(1, round(height * ratio)), QImage.Format.Format_RGB32)
        self.image.setDevicePixelRatio(ratio)
        self.is_stale = True

    def draw(self, pens: LinkPens) -> None:
        """Draw all links of the band anew, the strongest on top."""
        self.image.fill(pens.background)
        painter = QPainter(self.image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(-self.x, 0)
        draw_links(painter, self.band, pens)
        painter.end()
        self.is_stale = False


def draw_links(
    painter: QPainter, band: LinkBand, pens: LinkPens, places: NDArray[np.int64] | None = None
) -> None:
    """Draw all links of a band, or those at some places, which are pointed at."""
    strengths = band.strengths if places is None else band.strengths[places]
    segments = band.segments if places is None else band.segments[places]
    if not len(strengths):
        return
    signed = strengths.astype(np.int16)
    rank = np.abs(signed) * 2 + (signed > 0)
    order = np.argsort(rank, kind="stable")
    ordered = segments[order]
    sorted_strengths = signed[order]
    starts = np.flatnonzero(np.diff(sorted_strengths, prepend=0))
    stops = np.append(starts[1:], len(order))
    by_strength = pens.of(band)
    for start, stop in zip(starts.tolist(), stops.tolist(), strict=True):
        strength = int(sorted_strengths[start])
        pen = by_strength[strength] if places is None else pens.strong(band, strength)
        painter.setPen(pen)
        draw_pieces(painter, ordered[start:stop])


def draw_pieces(painter: QPainter, pieces: NDArray[np.float64]) -> None:
    """Draw straight pieces (..., 4), contiguous float64, without copying them."""
    count = pieces.size // 4
    if count:
        # A QLineF is four doubles: the first of the array stands for all.
        first = cast(Any, Shiboken.wrapInstance(pieces.ctypes.data, QLineF))
        painter.drawLines(first, count)


def draw_curves(painter: QPainter, band: LinkBand, pens: LinkPens) -> None:
    """Draw all links of a band as curves, the strongest on top: for pictures, not for screens."""
    by_strength = pens.of(band)
    middle = (band.left + band.right) / 2
    start, end = band.left - 1.0, band.right + 1.0
    order = np.argsort(np.abs(band.strengths.astype(np.int16)), kind="stable")
    leaves, arrives = band.ends
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for place in order.tolist():
        first, last = float(leaves[place]), float(arrives[place])
        path = QPainterPath(QPointF(start, first))
        path.cubicTo(middle, first, middle, last, end, last)
        painter.setPen(by_strength[int(band.strengths[place])])
        painter.drawPath(path)
