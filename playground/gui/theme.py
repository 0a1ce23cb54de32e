"""Light and dark: colours, palette, style sheet and fonts of the application.

The platform's own themes are not used: every window looks the same everywhere, and only the
choice between light and dark follows the system.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication

from playground.gui.palette import DARK, LIGHT, Colors
from playground.gui.style_sheet import style_sheet
from playground.resources import MissingResource, resource

__all__ = ["CHOICES", "Theme", "load_fonts", "monospace_font", "text_font", "theme"]

CHOICES = ("system", "light", "dark")
"""What a person can choose, in the order of the menu."""

TEXT_SIZE = 13
"""Height of the ordinary text, in device-independent pixels."""

_TEXT = ["Inter", "Playground Symbols", "sans-serif"]
_MONOSPACE = ["JetBrains Mono", "Playground Symbols", "monospace"]
_FONT_FILES = (
    "Inter-Regular.otf",
    "Inter-SemiBold.otf",
    "Inter-Bold.otf",
    "JetBrainsMono-Regular.ttf",
    "JetBrainsMono-Bold.ttf",
    "PlaygroundSymbols-Regular.ttf",
)


class Theme(QObject):
    """The theme in force. There is one, which :func:`theme` returns.

    Signals
    -------
    changed
        Another theme is in force: everything that is painted by hand paints itself again.
    """

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._colors = LIGHT
        self._choice = ""
        self._application: QApplication | None = None
        self._lent = threading.local()

    @property
    def current(self) -> Colors:
        """The colours in force."""
        lent: Colors | None = getattr(self._lent, "colors", None)
        return lent or self._colors

    @contextmanager
    def lent(self, colors: Colors) -> Iterator[None]:
        """Let this thread paint in other colours for a moment, while the windows keep theirs.

        For pictures: a figure for print is light whatever the screen is, and a job paints in its
        own thread. Nobody is told, so widgets must not be shown meanwhile.
        """
        before: Colors | None = getattr(self._lent, "colors", None)
        self._lent.colors = colors
        try:
            yield
        finally:
            self._lent.colors = before

    @property
    def name(self) -> str:
        """``light`` or ``dark``: what is in force, never ``system``."""
        return self.current.name

    @property
    def choice(self) -> str:
        """What was asked for: ``system``, ``light`` or ``dark``; "" before :meth:`apply`."""
        return self._choice

    def color(self, role: str, opacity: float = 1.0) -> QColor:
        """Return the colour of a role (see :meth:`Colors.role`) for painting.

        Parameters
        ----------
        role
            Name of a field of :class:`Colors`, or ``layer:2``, or ``class:0``.
        opacity
            0 (invisible) to 1.
        """
        color = QColor(self.current.role(role))
        color.setAlphaF(opacity)
        return color

    def apply(self, app: QApplication, name: str) -> None:
        """Give every window of the application this theme.

        Parameters
        ----------
        app
            The application.
        name
            One of :data:`CHOICES`. ``system`` follows the system from now on, too.

        Raises
        ------
        ValueError
            If there is no such theme.
        """
        if name not in CHOICES:
            raise ValueError(f"theme {name!r} does not exist; use one of {', '.join(CHOICES)}")
        from PySide6.QtCore import Qt  # late: see preview()

        if self._application is not app:
            self._application = app
            app.setStyle("Fusion")
            app.styleHints().colorSchemeChanged.connect(self._follow_system)
            self._choice = ""
        first = not self._choice
        self._choice = name
        # The frame of the window belongs to the system: ask for a matching one where it listens.
        hints = app.styleHints()
        match name:
            case "light":
                hints.setColorScheme(Qt.ColorScheme.Light)
            case "dark":
                hints.setColorScheme(Qt.ColorScheme.Dark)
            case _:
                hints.unsetColorScheme()
        wanted = self._wanted(app)
        if first or wanted is not self._colors:
            self._put_on(app, wanted)

    def preview(self, app: QApplication, name: str) -> None:
        """Take the colours that :meth:`apply` is about to give, for the first frame.

        Asking Qt for the colour scheme makes all of its enumerations, which takes longer than
        the whole first frame; the palette of the system tells light from dark as well.
        """
        system_is_dark = app.palette().window().color().lightness() < 128
        is_dark = name == "dark" or (name == "system" and system_is_dark)
        self._colors = DARK if is_dark else LIGHT

    def _wanted(self, app: QApplication) -> Colors:
        """Return the colours that follow from the choice and the system."""
        from PySide6.QtCore import Qt  # late: see preview()

        dark = self._choice == "dark" or (
            self._choice == "system" and app.styleHints().colorScheme() == Qt.ColorScheme.Dark
        )
        return DARK if dark else LIGHT

    def _follow_system(self) -> None:
        if self._application is not None and self._choice == "system":
            wanted = self._wanted(self._application)
            if wanted is not self._colors:
                self._put_on(self._application, wanted)

    def _put_on(self, app: QApplication, colors: Colors) -> None:
        self._colors = colors
        app.setPalette(_palette(colors))
        app.setStyleSheet(style_sheet(colors, _control_icons()))
        self.changed.emit()


@lru_cache(maxsize=1)
def theme() -> Theme:
    """Return the theme of the application."""
    return Theme()


def _control_icons() -> Path:
    """Return the folder of the signs that the style sheet draws in controls."""
    return resource("icons/controls")


def _palette(colors: Colors) -> QPalette:
    """Return what Fusion paints with where the style sheet says nothing."""
    palette = QPalette()
    role = QPalette.ColorRole
    for which, color in (
        (role.Window, colors.surface),
        (role.WindowText, colors.text),
        (role.Base, colors.field),
        (role.AlternateBase, colors.hover),
        (role.Text, colors.text),
        (role.PlaceholderText, colors.text_muted),
        (role.Button, colors.surface),
        (role.ButtonText, colors.text),
        (role.BrightText, colors.danger),
        (role.ToolTipBase, colors.surface_raised),
        (role.ToolTipText, colors.text),
        (role.Highlight, colors.accent),
        (role.HighlightedText, colors.on_accent),
        (role.Accent, colors.accent),
        (role.Link, colors.accent),
        (role.LinkVisited, colors.accent),
        (role.Light, colors.hover),
        (role.Midlight, colors.separator),
        (role.Mid, colors.border),
        (role.Dark, colors.border),
        (role.Shadow, colors.background),
    ):
        palette.setColor(which, QColor(color))
    disabled = QPalette.ColorGroup.Disabled
    for which in (role.WindowText, role.Text, role.ButtonText, role.HighlightedText, role.Link):
        palette.setColor(disabled, which, QColor(colors.text_disabled))
    palette.setColor(disabled, role.Highlight, QColor(colors.border))
    return palette


def text_font(size: int = TEXT_SIZE, bold: bool = False) -> QFont:
    """Return the ordinary font.

    Parameters
    ----------
    size
        Height in device-independent pixels.
    bold
        Whether it is a heading.
    """
    return QFont(_text_font(size, bold))


@lru_cache(maxsize=64)
def _text_font(size: int, bold: bool) -> QFont:
    """Make a font once: widgets that are painted for every frame ask for it each time."""
    font = QFont()
    font.setFamilies(_TEXT)
    font.setPixelSize(size)
    if bold:
        font.setWeight(QFont.Weight.Bold)
    # Figures of equal width, so that counters stand still.
    font.setFeature(QFont.Tag("tnum"), 1)
    return font


def monospace_font(size: int = TEXT_SIZE, bold: bool = False) -> QFont:
    """Return the font of numbers and code, every character of the same width.

    Parameters
    ----------
    size
        Height in device-independent pixels.
    bold
        Whether it is a value that stands out.
    """
    return QFont(_monospace_font(size, bold))


@lru_cache(maxsize=64)
def _monospace_font(size: int, bold: bool) -> QFont:
    font = QFont()
    font.setFamilies(_MONOSPACE)
    font.setStyleHint(QFont.StyleHint.Monospace)
    font.setPixelSize(size)
    if bold:
        font.setWeight(QFont.Weight.Bold)
    # A ligature would turn "->" and "!=" of an expression into one sign.
    font.setFeature(QFont.Tag("calt"), 0)
    return font


def load_fonts(app: QApplication) -> tuple[str, ...]:
    """Register the bundled fonts and make Inter the font of the application.

    An installation whose fonts were removed falls back to the fonts of the system.

    Returns
    -------
    tuple of str
        The families that were registered.
    """
    families: dict[str, None] = {}
    for name in _FONT_FILES:
        try:
            path = resource(f"fonts/{name}")
        except MissingResource:
            continue
        number = QFontDatabase.addApplicationFont(str(path))
        families.update(dict.fromkeys(QFontDatabase.applicationFontFamilies(number)))
    app.setFont(text_font())
    return tuple(families)
