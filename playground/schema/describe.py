"""Read what a class declares about its fields. The only reader of the annotations.

Forms, ``--set``, ``describe``, help texts and the contract tests all go through here, so that
an option is declared once.
"""

from __future__ import annotations

import functools
import types
import typing
from dataclasses import dataclass
from enum import Enum
from typing import Any, Literal

import msgspec

from playground.schema.parameter import Option, Presentation


class FieldKind(Enum):
    """What sort of editor a field needs."""

    REAL = "real"
    WHOLE = "whole"
    FLAG = "flag"
    TEXT = "text"
    CHOICE = "choice"
    """One of some literal values."""
    CHOICES = "choices"
    """Several of some literal values, in order."""
    REALS = "reals"
    """Any number of real numbers, in order."""
    OPTION = "option"
    """One of several classes (a tagged union)."""
    OPTIONS = "options"
    """A sequence of options."""
    GROUP = "group"
    """A nested struct with fields of its own."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a struct, as declared.

    Attributes
    ----------
    name
        Attribute name, as in files and in ``--set``.
    kind
        What sort of value it holds.
    default
        Default value, or ``msgspec.NODEFAULT`` where the field is required.
    shown
        Label, help, unit and so on.
    ge, gt, le, lt
        Bounds of a number, or ``None``.
    choices
        The literal values of a CHOICE or CHOICES field.
    options
        The classes of an OPTION, OPTIONS or GROUP field, in menu order.
    optional
        Whether ``None`` is allowed.
    """

    name: str
    kind: FieldKind
    default: Any
    shown: Presentation
    ge: float | None = None
    gt: float | None = None
    le: float | None = None
    lt: float | None = None
    choices: tuple[Any, ...] = ()
    options: tuple[type[msgspec.Struct], ...] = ()
    optional: bool = False

    @property
    def bounds(self) -> str:
        """The allowed range in words, such as ``0 <= value < 1``, or "" if unbounded."""
        low = f"{_number(self.ge)} <= " if self.ge is not None else ""
        low = f"{_number(self.gt)} < " if self.gt is not None else low
        high = f" <= {_number(self.le)}" if self.le is not None else ""
        high = f" < {_number(self.lt)}" if self.lt is not None else high
        return f"{low}value{high}" if low or high else ""


def _number(value: float) -> str:
    return str(value) if isinstance(value, int) else f"{value:g}"


def tag_of(option: type[msgspec.Struct] | msgspec.Struct) -> str:
    """Return the name of an option in files, such as ``leaky_relu``."""
    return str(option.__struct_config__.tag)


def summary_of(option: type[Any]) -> str:
    """Return the first sentence of the docstring: what an option does."""
    return " ".join((option.__doc__ or "").strip().split("\n\n")[0].split())


def title_of(option: type[Any]) -> str:
    """Return the name of an option in menus."""
    return getattr(option, "title", "") or tag_of(option).replace("_", " ").capitalize()


@functools.cache
def fields_of(struct: type[msgspec.Struct]) -> tuple[Field, ...]:
    """Return the fields of a struct in order of declaration."""
    hints = typing.get_type_hints(struct, include_extras=True)
    declared = msgspec.structs.fields(struct)
    return tuple(_field(entry, hints[entry.name]) for entry in declared)


def field_of(struct: type[msgspec.Struct], name: str) -> Field:
    """Return one field by name.

    Raises
    ------
    KeyError
        If the struct has no such field.
    """
    for field in fields_of(struct):
        if field.name == name:
            return field
    raise KeyError(name)


def settled(value: Any) -> Any:
    """Return a struct with every live field at its default: what an edit cannot change live."""
    if isinstance(value, tuple):
        return tuple(settled(item) for item in value)
    if not isinstance(value, msgspec.Struct):
        return value
    changes = {
        field.name: field.default if field.shown.live else settled(getattr(value, field.name))
        for field in fields_of(type(value))
    }
    return msgspec.structs.replace(value, **changes)


def _field(entry: Any, hint: Any) -> Field:
    default = entry.default
    if entry.default_factory is not msgspec.NODEFAULT:
        default = entry.default_factory()
    meta: msgspec.Meta | None = None
    if typing.get_origin(hint) is typing.Annotated:
        hint, *annotations = typing.get_args(hint)
        meta = next((a for a in annotations if isinstance(a, msgspec.Meta)), None)
    shown = (meta.extra or {}).get("shown") if meta is not None else None
    if shown is None:
        shown = Presentation(entry.name.replace("_", " ").capitalize())
    members, optional = _members(hint)
    kind, choices, options = _classify(members)
    return Field(
        name=entry.name,
        kind=kind,
        default=default,
        shown=shown,
        ge=meta.ge if meta else None,
        gt=meta.gt if meta else None,
        le=meta.le if meta else None,
        lt=meta.lt if meta else None,
        choices=choices,
        options=options,
        optional=optional,
    )


def _members(hint: Any) -> tuple[tuple[Any, ...], bool]:
    """Return the alternatives of a hint without None, and whether None was among them."""
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        members = typing.get_args(hint)
        return tuple(m for m in members if m is not type(None)), type(None) in members
    return (hint,), False


def _plain(hint: Any) -> Any:
    """Return a hint without annotations: bounds of the members of a list are msgspec's alone."""
    return typing.get_args(hint)[0] if typing.get_origin(hint) is typing.Annotated else hint


def _classify(
    members: tuple[Any, ...],
) -> tuple[FieldKind, tuple[Any, ...], tuple[type[msgspec.Struct], ...]]:
    first = members[0]
    if typing.get_origin(first) is Literal:
        return FieldKind.CHOICE, typing.get_args(first), ()
    if typing.get_origin(first) is tuple:
        inner, _ = _members(_plain(typing.get_args(first)[0]))
        kind, choices, options = _classify(inner)
        if kind is FieldKind.CHOICE:
            return FieldKind.CHOICES, choices, ()
        if kind is FieldKind.REAL:
            return FieldKind.REALS, (), ()
        return FieldKind.OPTIONS, (), options
    if isinstance(first, type) and issubclass(first, Option):
        return FieldKind.OPTION, (), members
    if isinstance(first, type) and issubclass(first, msgspec.Struct):
        return FieldKind.GROUP, (), members
    plain = {bool: FieldKind.FLAG, int: FieldKind.WHOLE, float: FieldKind.REAL, str: FieldKind.TEXT}
    return plain[first], (), ()
