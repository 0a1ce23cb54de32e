"""A picture that leaves the application, and how it is painted into a file."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal, Protocol, runtime_checkable

import msgspec
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRect, QSize, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QImage, QImageWriter, QPaintDevice, QPainter
from PySide6.QtSvg import QSvgGenerator

from playground.files import write_whole
from playground.gui.palette import DARK, LIGHT, Colors
from playground.gui.theme import theme
from playground.schema.parameter import shown, whole

__all__ = [
    "AS_SHOWN",
    "Figure",
    "HasFigure",
    "Look",
    "image",
    "painting",
    "png_bytes",
    "svg_bytes",
    "write",
]

LARGEST_SIDE = 16_000
"""Pixels of a picture in each direction, at most: beyond, other programs refuse it."""


@dataclass(frozen=True)
class Figure:
    """One picture, ready to be painted at any scale.

    Attributes
    ----------
    title
        Name of the picture, in sentence case.
    size
        In device-independent pixels, as on the screen.
    paint
        Paints it without its ground, the top left at the painter's origin, in the colours that
        :func:`~playground.gui.theme.theme` gives at that moment.
    ground
        Colour role of its ground.
    data
        Returns what is shown as comma-separated values; ``None`` where there are no series.
    has_themes
        Whether it can be painted in other colours than those on the screen.
    within
        Paints it as it is within its view, where that is not the same; else ``None``.
    """

    title: str
    size: QSize
    paint: Callable[[QPainter], None]
    ground: str = "surface"
    data: Callable[[], str] | None = None
    has_themes: bool = True
    within: Callable[[QPainter], None] | None = None

    @property
    def file_name(self) -> str:
        """A name for its file, without suffix."""
        words = "".join(c if c.isalnum() else " " for c in self.title.lower()).split()
        return "-".join(words) or "picture"


@runtime_checkable
class HasFigure(Protocol):
    """A view that offers what it shows as a picture."""

    def figure(self) -> Figure | None:
        """Return the picture as it is now, or ``None`` while there is nothing to see."""
        ...


class Look(msgspec.Struct, frozen=True):
    """How a figure is painted into a file."""

    format: Annotated[
        Literal["PNG", "SVG"],
        shown(
            "Format",
            help="PNG: pixels, for slides and the web. SVG: vectors that stay sharp at every "
            "size and can be edited.",
        ),
    ] = "PNG"
    scale: Annotated[
        int,
        whole("Scale", ge=1, le=4, help="Pixels per point of the screen: 2 or more for print."),
    ] = 2
    theme: Annotated[
        Literal["screen", "light", "dark"],
        shown("Theme", help="Light, for print; or that of the screen."),
    ] = "screen"
    transparent: Annotated[
        bool,
        shown("Transparent background", help="Leave out the ground, to lie on any colour."),
    ] = False

    def colors(self, figure: Figure) -> Colors:
        """Return the colours in which a figure is painted."""
        if self.theme == "screen" or not figure.has_themes:
            return theme().current
        return DARK if self.theme == "dark" else LIGHT


AS_SHOWN = Look()


@contextmanager
def painting(device: QPaintDevice) -> Iterator[QPainter]:
    """Give a painter on a device, and end it whatever happens: Qt aborts if it outlives it."""
    painter = QPainter(device)
    try:
        yield painter
    finally:
        painter.end()


def _paint(painter: QPainter, figure: Figure, look: Look) -> None:
    with theme().lent(look.colors(figure)):
        if not look.transparent:
            painter.fillRect(QRect(0, 0, *figure.size.toTuple()), theme().color(figure.ground))
        figure.paint(painter)


def image(figure: Figure, look: Look = AS_SHOWN, scale: float | None = None) -> QImage:
    """Return a figure as an image, larger by the scale of its look or by another one."""
    widest = max(figure.size.width(), figure.size.height(), 1)
    scale = min(look.scale if scale is None else scale, LARGEST_SIDE / widest)
    size = QSize(*(max(round(side * scale), 1) for side in figure.size.toTuple()))
    # With an alpha channel only where it is needed: text on an opaque ground is drawn better.
    see_through = look.transparent
    kind = QImage.Format.Format_ARGB32_Premultiplied if see_through else QImage.Format.Format_RGB32
    result = QImage(size, kind)
    result.fill(Qt.GlobalColor.transparent if see_through else theme().color("surface"))
    result.setDevicePixelRatio(scale)
    with painting(result) as painter:
        _paint(painter, figure, look)
    return result


def png_bytes(figure: Figure, look: Look = AS_SHOWN) -> bytes:
    """Return a figure as a PNG file."""
    return encoded(image(figure, look))


def encoded(picture: QImage, kind: bytes = b"png") -> bytes:
    """Return an image as a file of a format that Qt writes."""
    content = QByteArray()
    buffer = QBuffer(content)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    # Its ratio would be written as a number of dots per metre that means nothing elsewhere.
    plain = QImage(picture)
    plain.setDevicePixelRatio(1.0)
    QImageWriter(buffer, QByteArray(kind)).write(plain)
    buffer.close()
    return bytes(content.data())


def svg_bytes(figure: Figure, look: Look = AS_SHOWN) -> bytes:
    """Return a figure as an SVG file: vectors wherever the view paints vectors."""
    content = QByteArray()
    buffer = QBuffer(content)
    generator = QSvgGenerator(QSvgGenerator.SvgVersion.Svg11)  # 1.2 Tiny cannot clip
    generator.setOutputDevice(buffer)
    generator.setSize(figure.size)
    generator.setViewBox(QRect(0, 0, *figure.size.toTuple()))
    generator.setTitle(figure.title)
    generator.setDescription("Made with Gradient Playground")
    generator.setResolution(96)
    with painting(generator) as painter:
        _paint(painter, figure, look)
    return _TEXT.sub(_with_length, bytes(content.data()).decode()).encode()


_TEXT = re.compile(
    r'(?P<start><text [^>]*?)(?P<font>font-family="(?P<family>[^"]*)" font-size="(?P<size>[\d.]+)" '
    r'font-weight="(?P<weight>\d+)" font-style="(?P<style>\w+)")\s*>(?P<text>[^<]+)</text>'
)
_MEASURED = 100
"""Pixels at which texts are measured, so that nothing is rounded to the screen."""


def _with_length(found: re.Match[str]) -> str:
    """Say how long a text is: where its font is missing, another one then takes as much room."""
    font = QFont(found["family"].split(","))
    font.setPixelSize(_MEASURED)
    font.setWeight(QFont.Weight(int(found["weight"])))
    font.setItalic(found["style"] != "normal")
    width = QFontMetricsF(font).horizontalAdvance(html.unescape(found["text"]))
    length = f'textLength="{width * float(found["size"]) / _MEASURED:.2f}"'
    return (
        f'{found["start"]}{length} lengthAdjust="spacingAndGlyphs" {found["font"]}>'
        f"{found['text']}</text>"
    )


def write(figure: Figure, path: Path, look: Look = AS_SHOWN) -> None:
    """Write a figure to a file, whole or not at all: PNG, SVG or CSV, by its suffix.

    Raises
    ------
    ValueError
        If the suffix is another one, or a figure without data is to be a table.
    FileNotWritten
        If the file cannot be written.
    """
    suffix = path.suffix.lower()
    if suffix == ".png":
        content = png_bytes(figure, look)
    elif suffix == ".svg":
        content = svg_bytes(figure, look)
    elif suffix == ".csv" and figure.data is not None:
        content = figure.data().encode()
    else:
        kinds = ".png, .svg or .csv" if figure.data is not None else ".png or .svg"
        raise ValueError(f"file type {suffix!r} is not known; use {kinds}")
    write_whole(path, content)
