"""Formulas, typeset in the background and drawn in the theme's text colour.

LaTeX becomes SVG through ziamath. It is imported only when the first formula is wanted, and works
on a thread of its own that ends when nothing is left to do; until a formula is ready, the same
formula is shown in plain characters.
"""

from __future__ import annotations

import re
import sys
import threading
import warnings
from collections import OrderedDict
from functools import lru_cache
from typing import Any

from PySide6.QtCore import QByteArray, QCoreApplication, QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QPainter, QPaintEvent
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QSizePolicy, QWidget

from playground.gui.theme import text_font, theme

__all__ = ["FormulaLabel", "Typesetter", "lines_of", "readable", "typeset", "typesetter"]

SIZE = 24
"""Size of the typeset characters in SVG units. What is drawn is scaled to the wanted size."""

TALLEST = 6
"""Times the size of the characters that a line may be high; several fractions are lower."""

SHARE_SECONDS = 0.0005
"""How long typesetting goes on while the window waits for Python."""

MOST_DRAWINGS = 64
"""Lines of formulas that a label keeps as they are drawn, since it may show them again."""

_INK = "#0b0c0d"
"""A colour that ziamath writes nowhere else, replaced by the theme's when a formula is drawn."""

_lock = threading.Lock()


@lru_cache(maxsize=512)
def typeset(latex: str) -> str:
    """Return one line of LaTeX as SVG. Takes some milliseconds; safe on any thread.

    Raises
    ------
    ValueError
        If the formula cannot be typeset. The message names the formula.
    """
    with _lock:
        ziamath = _library()
        # Qt's SVG renderer knows the first version of the format, without <symbol>.
        ziamath.config.svg2 = False
        try:
            made = str(ziamath.Latex(latex, size=SIZE, color=_INK).svg())
            if _height(made) > TALLEST * SIZE:
                # Around some sums it makes brackets a page high: then those that do not grow.
                plain = re.sub(r"\\(?:left|right)(?![A-Za-z])", "", latex)
                made = str(ziamath.Latex(plain, size=SIZE, color=_INK).svg())
            return made
        except Exception as error:
            # ziamath promises no type: whatever it stumbles over is a fault of the formula.
            raise ValueError(f"formula {latex!r} cannot be typeset: {error}") from error


def _height(svg: str) -> float:
    """Return the height that a drawing says it has; 0 if it does not."""
    found = re.search(r'<svg[^>]*\sheight="([0-9.]+)"', svg)
    return float(found[1]) if found else 0.0


def _library() -> Any:
    with warnings.catch_warnings():
        # It finds its fonts in a way that newer Pythons warn of.
        warnings.simplefilter("ignore", DeprecationWarning)
        import ziamath
    return ziamath


def lines_of(latex: str) -> tuple[str, ...]:
    r"""Split a formula of several equations at ``,\quad``, one line each."""
    return tuple(part.strip() for part in re.split(r",\s*\\quad", latex) if part.strip())


class Typesetter(QObject):
    """Typesets formulas on a background thread, each once.

    Signals
    -------
    ready(str)
        The SVG of this line of LaTeX can now be had from :meth:`svg`.
    """

    ready = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._done: dict[str, str] = {}
        self._waiting: OrderedDict[str, None] = OrderedDict()
        self._guard = threading.Lock()
        self._thread: threading.Thread | None = None

    def svg(self, line: str) -> str | None:
        """Return the SVG of a line, or ``None`` while it is being made.

        A line that cannot be typeset gives "", so that its plain characters stay.
        """
        with self._guard:
            made = self._done.get(line)
            if made is None:
                self._put(line)
                # It is looked at already; what is only prepared can wait.
                self._waiting.move_to_end(line, last=False)
            return made

    def prepare(self, formulas: list[str]) -> None:
        """Start to typeset formulas that will be wanted soon."""
        with self._guard:
            for formula in formulas:
                for line in lines_of(formula):
                    if line not in self._done:
                        self._put(line)

    @property
    def is_idle(self) -> bool:
        """Whether nothing waits to be typeset."""
        with self._guard:
            return not self._waiting

    def _put(self, line: str) -> None:
        """Let a line wait, and start the thread if there is none; the guard is held."""
        self._waiting.setdefault(line)
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="typesetter")
            self._thread.start()

    def stop(self) -> None:
        """Drop what is waiting and let the thread end."""
        with self._guard:
            self._waiting.clear()
            thread = self._thread
        if thread is not None:
            thread.join()

    def _work(self) -> None:
        before = sys.getswitchinterval()
        # It is Python throughout: for each of its many calls of Qt, a window that is painted
        # meanwhile would wait until this thread has had its 5 ms.
        sys.setswitchinterval(SHARE_SECONDS)
        try:
            while self._typeset_next():
                pass
        except BaseException:
            with self._guard:
                self._waiting.clear()
                self._thread = None
            raise
        finally:
            sys.setswitchinterval(before)

    def _typeset_next(self) -> bool:
        """Typeset the line that waits longest; return whether there was one."""
        with self._guard:
            if not self._waiting:
                self._thread = None
                return False
            line = next(iter(self._waiting))
        try:
            made = typeset(line)
        except ValueError:
            made = ""
        with self._guard:
            stopped = line not in self._waiting
            self._waiting.pop(line, None)
            self._done[line] = made
        if not stopped:
            self.ready.emit(line)
        return True


@lru_cache(maxsize=1)
def typesetter() -> Typesetter:
    """Return the typesetter of the application."""
    made = Typesetter()
    application = QCoreApplication.instance()
    if application is not None:
        application.aboutToQuit.connect(made.stop)
    return made


class FormulaLabel(QWidget):
    """Shows a formula, one line per equation, in the theme's text colour.

    Parameters
    ----------
    formula
        LaTeX; equations separated by ``,\\quad`` go on lines of their own.
    size
        Height of the characters in device-independent pixels.
    role
        Colour: a field of :class:`~playground.gui.palette.Colors`.
    """

    resized = Signal()
    """The formula needs another size than before."""

    def __init__(
        self, formula: str = "", parent: QWidget | None = None, size: int = 15, role: str = "text"
    ) -> None:
        super().__init__(parent)
        self._size, self._role = size, role
        self._lines: tuple[str, ...] = ()
        self._drawings: dict[str, tuple[str, QSvgRenderer]] = {}
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setFont(text_font(size))
        typesetter().ready.connect(self._on_ready)
        theme().changed.connect(self.update)
        self.set_formula(formula)

    def set_formula(self, formula: str) -> None:
        """Show another formula; "" shows nothing."""
        self._lines = lines_of(formula)
        if len(self._drawings) > MOST_DRAWINGS:
            self._drawings.clear()
        for line in self._lines:
            typesetter().svg(line)
        plain = "; ".join(readable(line) for line in self._lines)
        self.setAccessibleName(plain)
        self.updateGeometry()
        self.update()

    def set_size(self, pixels: int) -> None:
        """Set the height of the characters."""
        if pixels != self._size:
            self._size = pixels
            self.setFont(text_font(pixels))
            self.updateGeometry()
            self.update()

    @property
    def is_typeset(self) -> bool:
        """Whether all lines are typeset, none in plain characters."""
        return all(self._drawing(line) is not None for line in self._lines)

    def sizeHint(self) -> QSize:
        """Return the size of the formula at its natural scale."""
        boxes = [self._box(line) for line in self._lines]
        if not boxes:
            return QSize(0, 0)
        width = max(box.width() for box in boxes)
        return QSize(width, sum(box.height() for box in boxes) + self._gap * (len(boxes) - 1))

    def minimumSizeHint(self) -> QSize:
        """Return a size to which the formula can still be scaled down."""
        hint = self.sizeHint()
        return QSize(min(hint.width(), 60), hint.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the lines, each scaled down if it is too wide."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(theme().color(self._role))
        top = 0.0
        for line in self._lines:
            box = self._box(line)
            scale = min(1.0, self.width() / max(1, box.width()))
            area = QRectF(0, top, box.width() * scale, box.height() * scale)
            drawing = self._drawing(line)
            if drawing is not None:
                drawing.render(painter, area)
            else:
                font = QFont(self.font())
                font.setPixelSize(max(7, int(font.pixelSize() * scale)))
                painter.setFont(font)
                painter.drawText(area, int(Qt.AlignmentFlag.AlignVCenter), readable(line))
            top += area.height() + self._gap
        painter.end()

    @property
    def _gap(self) -> int:
        return round(self._size * 0.45)

    def _box(self, line: str) -> QSize:
        drawing = self._drawing(line)
        if drawing is None:
            metrics = self.fontMetrics()
            return QSize(metrics.horizontalAdvance(readable(line)) + 2, metrics.height() + 4)
        natural = drawing.defaultSize()
        scale = self._size / SIZE
        return QSize(round(natural.width() * scale) + 1, round(natural.height() * scale) + 1)

    def _drawing(self, line: str) -> QSvgRenderer | None:
        svg = typesetter().svg(line)
        if not svg:
            return None
        ink = theme().current.role(self._role)
        cached = self._drawings.get(line)
        if cached is None or cached[0] != ink:
            data = QByteArray(svg.replace(_INK, ink).encode())
            cached = (ink, QSvgRenderer(data))
            self._drawings[line] = cached
        return cached[1]

    def _on_ready(self, line: str) -> None:
        if line in self._lines:
            self.updateGeometry()
            self.update()
            self.resized.emit()


_WORDS = {
    r"\alpha": "α", r"\beta": "β", r"\gamma": "γ", r"\delta": "δ", r"\epsilon": "ε",
    r"\eta": "η", r"\theta": "θ", r"\lambda": "λ", r"\mu": "μ", r"\nu": "ν", r"\pi": "π",
    r"\rho": "ρ", r"\sigma": "σ", r"\phi": "φ", r"\Phi": "Φ", r"\Omega": "Ω", r"\Delta": "Δ",
    r"\leftarrow": "←", r"\rightarrow": "→", r"\infty": "∞", r"\nabla": "∇", r"\partial": "∂",
    r"\sum": "Σ", r"\prod": "Π", r"\pm": "±", r"\cdot": "·", r"\times": "×", r"\sim": "~",
    r"\neq": "≠", r"\ne": "≠", r"\leq": "≤", r"\le": "≤", r"\geq": "≥", r"\ge": "≥",
    r"\in": "∈", r"\odot": "⊙", r"\approx": "≈",
    r"\lfloor": "⌊", r"\rfloor": "⌋",
}  # fmt: skip
_RAISED = dict(zip("0123456789+-=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿ", strict=True))
_LOWERED = dict(zip("0123456789+-=()jnpx", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ⱼₙₚₓ", strict=True))


@lru_cache(1024)
def readable(latex: str) -> str:
    """Return a formula in plain characters: for screen readers, and while it is typeset."""
    text = re.sub(
        r"\\(?:left|right\.?|displaystyle|mathcal|mathbb|operatorname)(?![A-Za-z])", "", latex
    )
    text = re.sub(r"\\(?:begin|end)\{[a-z]+\}", "", text)
    text = text.replace(r"\{", "｛").replace(r"\}", "｝")
    text = re.sub(r"\s*\\\\\s*", "; ", text).replace("&", " if ")
    text = text.replace("｛ ", "｛")
    group = r"\{((?:[^{}]|\{[^{}]*\})*)\}"
    before = ""
    # From the innermost braces outwards.
    while before != text:
        before = text
        text = re.sub(rf"\\frac\s*{group}\s*{group}", _fraction, text)
        text = re.sub(rf"\\sqrt\s*{group}", lambda m: "√" + _bracketed(m[1]), text)
        text = re.sub(rf"\\(?:text|mathrm)\s*{group}", r"\1", text)
        text = re.sub(r"\\hat\s*\{?(\\?[A-Za-z]+?)\}?(?![A-Za-z])", "\\1\u0302", text)
    text = re.sub(r"\\quad|\\qquad|\\[,;: ]|\\!|~", " ", text)
    for name, sign in _WORDS.items():
        spaced = f" {sign} " if sign in "←→≠≤≥∈≈~" else sign
        space = "" if sign in "αβγδεηθλμνπρσφ" else r"\s*"
        text = re.sub(rf"{re.escape(name)}(?![A-Za-z]){space}", spaced, text)
    text = re.sub(r"\\([A-Za-z]+)", r"\1", text)
    for sign, table in (("^", _RAISED), ("_", _LOWERED)):
        text = re.sub(
            rf"\{sign}(?:\{{([^{{}}]*)\}}|(.))",
            lambda m, sign=sign, table=table: _moved(m[1] or m[2], sign, table),  # type: ignore[misc]
            text,
        )
    text = text.replace("{", "").replace("}", "")
    text = text.replace("｛", "{").replace("｝", "}").replace("'", "′")
    return re.sub(r"\s+", " ", text).replace("( ", "(").replace(" )", ")").strip()


def _fraction(match: re.Match[str]) -> str:
    return f"{_bracketed(match[1])}/{_bracketed(match[2])}"


def _bracketed(part: str) -> str:
    return part if re.fullmatch(r"\\?\w+(?:_\w)?", part) else f"({part})"


def _moved(part: str, sign: str, table: dict[str, str]) -> str:
    """Return an exponent or index as raised or lowered characters where all of them exist."""
    if all(character in table for character in part):
        return "".join(table[character] for character in part)
    return f"{sign}{part}" if len(part) == 1 else f"{sign}({part})"
