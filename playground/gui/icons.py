"""Icons: our own drawings, in the colours of the theme, crisp at every scale.

A drawing in ``resources/icons`` uses ``currentColor`` alone. It is painted when it is needed, in
the size and colour that are needed, so that a change of theme or screen needs no new icons: a
widget has only to be painted again.
"""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QByteArray, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QIconEngine, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from playground.gui.theme import theme
from playground.resources import resource

__all__ = ["application_icon", "icon"]


def icon(name: str, role: str = "text", checked_role: str = "") -> QIcon:
    """Return an icon that follows the theme.

    Parameters
    ----------
    name
        Name of a drawing in ``resources/icons``, without its suffix.
    role
        Colour of the strokes: a field of :class:`~playground.gui.palette.Colors`.
    checked_role
        Colour on a checked button; "" for the same.

    Raises
    ------
    MissingResource
        If there is no such drawing. The message names those there are.
    ValueError
        If there is no such colour.
    """
    _drawing(name)
    for each in (role, checked_role or role):
        theme().current.role(each)
    return QIcon(_ThemedEngine(name, role, checked_role or role))


def application_icon() -> QIcon:
    """Return the icon of the application, in every size that desktops ask for."""
    result = QIcon()
    for size in (16, 24, 32, 48, 64, 128, 256):
        result.addPixmap(_painted("app", "", size, size))
    return result


class _ThemedEngine(QIconEngine):
    """Paints a drawing in the colour that its role has at that moment."""

    def __init__(self, name: str, role: str, checked_role: str) -> None:
        super().__init__()
        self._name = name
        self._role = role
        self._checked_role = checked_role

    def clone(self) -> QIconEngine:
        return _ThemedEngine(self._name, self._role, self._checked_role)

    def key(self) -> str:
        return "gradient-playground"

    def _color(self, mode: QIcon.Mode, state: QIcon.State) -> str:
        if mode == QIcon.Mode.Disabled:
            return theme().current.text_disabled
        role = self._checked_role if state == QIcon.State.On else self._role
        return theme().current.role(role)

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        return self.scaledPixmap(size, mode, state, 1.0)

    def scaledPixmap(
        self, size: QSize, mode: QIcon.Mode, state: QIcon.State, scale: float
    ) -> QPixmap:
        color = self._color(mode, state)
        return _painted(self._name, color, size.width(), size.height(), scale)

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        scale = painter.device().devicePixelRatioF()
        painter.drawPixmap(rect, self.scaledPixmap(rect.size(), mode, state, scale))


@lru_cache(maxsize=128)
def _drawing(name: str) -> str:
    """Return the SVG source of a drawing."""
    return resource(f"icons/{name}.svg").read_text(encoding="utf-8")


@lru_cache(maxsize=512)
def _painted(name: str, color: str, width: int, height: int, scale: float = 1.0) -> QPixmap:
    """Return a drawing in the middle of a pixmap of this size, with the pixels of this scale."""
    source = _drawing(name).replace("currentColor", color) if color else _drawing(name)
    pixmap = QPixmap(round(width * scale), round(height * scale))
    if pixmap.isNull():
        # Asked for by a button that has no room yet.
        return pixmap
    pixmap.fill(Qt.GlobalColor.transparent)
    pixmap.setDevicePixelRatio(scale)
    side = min(width, height)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    target = QRectF((width - side) / 2, (height - side) / 2, side, side)
    QSvgRenderer(QByteArray(source.encode())).render(painter, target)
    painter.end()
    return pixmap
