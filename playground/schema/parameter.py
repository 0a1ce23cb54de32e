"""Annotations with which an option declares its fields: bounds, label, unit, help.

Bounds are enforced by msgspec whenever a value is decoded; label, unit, help and step are read
by :mod:`playground.schema.describe`, from which forms, ``--set``, help texts and tests follow.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import msgspec


@dataclass(frozen=True, slots=True)
class Presentation:
    """How a field is shown to a person.

    Attributes
    ----------
    label
        Short name, in sentence case.
    help
        One or two sentences for a tooltip.
    unit
        Unit shown behind the value, or "".
    step
        Size of one step in a form, in the field's unit (``None``: the form chooses).
    logarithmic
        Whether a slider should move in factors rather than in sums.
    suggestions
        Values worth offering in a menu. Any value within the bounds remains allowed.
    soft_range
        (low, high) within which a slider moves, where the bounds are wider or absent.
    live
        Whether an edit applies to a running training without a restart.
    group
        Heading that a form shows above this field, for it and those that follow.
    """

    label: str
    help: str = ""
    unit: str = ""
    step: float | None = None
    logarithmic: bool = False
    suggestions: tuple[Any, ...] = ()
    soft_range: tuple[float, float] | None = None
    live: bool = False
    group: str = ""


def real(
    label: str,
    *,
    ge: float | None = None,
    gt: float | None = None,
    le: float | None = None,
    lt: float | None = None,
    **presentation: Any,
) -> msgspec.Meta:
    """Annotate a float field. ``Annotated[float, real("Momentum", ge=0, lt=1)]``."""
    # As a mapping: the stubs of Meta know only pairs of bounds that make sense together.
    bounds: dict[str, Any] = {"ge": ge, "gt": gt, "le": le, "lt": lt}
    meta: msgspec.Meta = msgspec.Meta(
        **bounds, extra={"shown": Presentation(label, **presentation)}
    )
    return meta


def whole(
    label: str, *, ge: int | None = None, le: int | None = None, **presentation: Any
) -> msgspec.Meta:
    """Annotate an int field. ``Annotated[int, whole("Units", ge=1, le=1024)]``."""
    return msgspec.Meta(ge=ge, le=le, extra={"shown": Presentation(label, **presentation)})


def shown(label: str, **presentation: Any) -> msgspec.Meta:
    """Annotate a field of any other type: a choice, a flag, a text, a nested option."""
    return msgspec.Meta(extra={"shown": Presentation(label, **presentation)})


class Option(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind"):
    """Base of everything a person can choose.

    A subclass gives a ``tag`` (its name in files; never changes), a docstring whose first line
    is the one-sentence summary, and the class variables below. Its fields are its
    hyperparameters, its methods are the maths.
    """

    title: ClassVar[str] = ""
    """Name in menus."""

    formula: ClassVar[str] = ""
    """The definition in LaTeX, or "" where there is none."""
