"""The text of an expression: cleaned, checked character by character, and parsed by Python."""

from __future__ import annotations

import ast
import builtins
import keyword
import re
import warnings
from dataclasses import dataclass, field

from playground.inspection.circuit.gates import FUNCTIONS

__all__ = ["ExpressionError", "Source", "can_be_variable", "quoted", "read_source", "tree_of"]

MAXIMUM_CHARACTERS = 500
MAXIMUM_BRACKETS = 60
MAXIMUM_NAME = 12

_READ_AS = {
    **dict(zip("×·⋅∙÷−–", "****/--", strict=True)),
    **{digit: str(number) for number, digit in enumerate("₀₁₂₃₄₅₆₇₈₉")},
    **{digit: f"**{number}" for number, digit in enumerate("⁰¹²³⁴⁵⁶⁷⁸⁹")},
    "^": "**",
    "[": "(",
    "]": ")",
    "\t": " ",
    "\u00a0": " ",
}
"""How signs of textbooks are read."""
_ALLOWED = re.compile(r"[A-Za-z0-9_α-ωΑ-Ω.+\-*/(), =]")
_NAME = re.compile(r"[A-Za-zα-ωΑ-Ω][A-Za-z0-9_α-ωΑ-Ω]*")
_PREFIX = re.compile(r"\s*([^=]*?)\s*=(.*)", re.DOTALL)
_UNFINISHED = "+-*/,"
_PYTHON = frozenset(dir(builtins)) | frozenset(keyword.kwlist)


class ExpressionError(ValueError):
    """A text that is not an expression. The message says where, what and what to do.

    Attributes
    ----------
    position
        Which character is to blame, counted from 0.
    problem, remedy
        What is wrong, and what to write instead.
    """

    def __init__(self, position: int, problem: str, remedy: str) -> None:
        self.position = position
        self.problem = problem
        self.remedy = remedy
        super().__init__(f"character {position + 1}: {problem}; {remedy}")


@dataclass(slots=True)
class Source:
    """The text as it was typed, as Python reads it, and which character became which."""

    typed: str
    read: str
    places: list[int]
    offsets: list[int] = field(default_factory=list)

    def place(self, byte_offset: int) -> int:
        """Return the typed character for an offset in bytes, as the syntax tree has them."""
        if not self.offsets:
            for index, character in enumerate(self.read):
                self.offsets += [index] * len(character.encode())
        if byte_offset >= len(self.offsets):
            return len(self.typed)
        return self.places[self.offsets[byte_offset]]

    def span(self, tree: ast.expr) -> tuple[int, int]:
        end = tree.end_col_offset or tree.col_offset + 1
        return self.place(tree.col_offset), self.place(end - 1) + 1


def read_source(text: str) -> tuple[Source, str]:
    """Return the expression, cleaned and checked by characters, and the name of the result."""
    if len(text) > MAXIMUM_CHARACTERS:
        raise ExpressionError(
            MAXIMUM_CHARACTERS,
            f"the expression has {len(text):,} characters",
            f"at most {MAXIMUM_CHARACTERS} can be drawn; shorten it",
        )
    result, start = "f", 0
    match = _PREFIX.fullmatch(text)
    if match:
        result, start = match.group(1), match.start(2)
        plain = "".join(_READ_AS.get(c, c) for c in result)
        if not _NAME.fullmatch(plain) or len(plain) > MAXIMUM_NAME or plain in FUNCTIONS:
            raise ExpressionError(
                0, "what stands before = is not a name", "write f = and then the expression"
            )
        result = plain
    read: list[str] = []
    places: list[int] = []
    for position in range(start, len(text)):
        character = _READ_AS.get(text[position], text[position])
        if len(character) == 1 and not _ALLOWED.fullmatch(character):
            raise ExpressionError(
                position,
                f"{quoted(text[position])} has no meaning here",
                "use numbers, names, + − * / ^ and round brackets",
            )
        if character == "=":
            raise ExpressionError(position, "there is a second =", "one = at most, after the name")
        read.append(character)
        places += [position] * len(character)
    joined = "".join(read)
    blank = len(joined) - len(joined.lstrip(" "))
    source = Source(text, joined[blank:].rstrip(" "), places[blank:])
    if not source.read:
        raise ExpressionError(
            min(start, len(text)), "there is no expression", "type one, such as (x + y) * z"
        )
    _check_brackets(source)
    return source, result


def _check_brackets(source: Source) -> None:
    opened: list[int] = []
    for index, character in enumerate(source.read):
        place = source.places[index]
        if character == "(":
            opened.append(place)
            if len(opened) > MAXIMUM_BRACKETS:
                raise ExpressionError(
                    place,
                    f"more than {MAXIMUM_BRACKETS} brackets are open",
                    "split the expression into smaller ones",
                )
        elif character == ")":
            if not opened:
                raise ExpressionError(
                    place, "this bracket was never opened", "remove it or add a ( before"
                )
            opened.pop()
    if opened:
        raise ExpressionError(opened[-1], "this bracket is never closed", "add a ) after it")


def tree_of(source: Source) -> ast.expr:
    try:
        with warnings.catch_warnings():
            # What Python warns about (1if x) is refused here anyway.
            warnings.simplefilter("ignore")
            return ast.parse(source.read, mode="eval").body
    except SyntaxError as error:
        offset = max((error.offset or 1) - 1, 0)
        offset = min(offset, len(source.read) - 1)
        if source.read[-1] in _UNFINISHED:
            offset = len(source.read) - 1
        raise ExpressionError(source.places[offset], *_explained(source.read, offset)) from error
    except (ValueError, RecursionError, MemoryError) as error:
        raise ExpressionError(
            source.places[0], "this is too deep to be read", "use fewer signs and brackets"
        ) from error


def _explained(read: str, offset: int) -> tuple[str, str]:
    """Return what is wrong with a text that Python cannot parse, and what to write."""
    glued = re.search(r"(?<![A-Za-z0-9_.])(\d+\.?\d*)\s*([A-Za-zα-ωΑ-Ω(])", read)
    if glued:
        return (
            f"there is no sign between {glued[1]} and {glued[2]}",
            f"write {glued[1]} * {glued[2]} for the product",
        )
    if read[-1] in _UNFINISHED:
        return f"nothing follows the {read[-1]} at the end", "complete or remove it"
    word = re.match(_NAME, read[offset:])
    if word and word[0] in _PYTHON:
        return f"{word[0]} is a word of Python, not a variable", "choose another name, such as x"
    return (
        f"{quoted(read[offset])} is not expected here",
        "write signs between values, such as x * y + 1",
    )


def can_be_variable(name: str) -> bool:
    """Return whether a name means nothing to Python and is written as expected."""
    return name not in _PYTHON and _NAME.fullmatch(name) is not None


def quoted(text: str) -> str:
    """Return a piece of the text, shortened, with what cannot be printed spelled out."""
    shown = "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text)
    return f"“{shown[:20]}…”" if len(shown) > 21 else f"“{shown}”"
