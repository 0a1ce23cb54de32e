"""Random values for any struct, made from its own declaration."""

from __future__ import annotations

from functools import cache
from typing import Any

import msgspec
from hypothesis import strategies as st

from playground.schema.describe import Field, FieldKind, fields_of, tag_of
from playground.schema.parameter import Option

Trees = st.SearchStrategy[Any]

# Any JSON, much of it nonsense for whatever reads it.
JUNK: Trees = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=True, allow_infinity=True)
    | st.text(max_size=5)
    | st.sampled_from(["relu", "adam", "x1", "kind", "dense", "float32"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["kind", "units", "layers", "data", "seed", "x"]), inner, max_size=3
        )
    ),
    max_leaves=6,
)


@cache
def trees_of(struct: type[msgspec.Struct]) -> Trees:
    """Return plain trees that decode to a struct, every field within its bounds."""
    entries = {field.name: values_of(field) for field in fields_of(struct)}
    if issubclass(struct, Option):
        entries["kind"] = st.just(tag_of(struct))
    required = {name: entries.pop(name) for name in ("kind",) if name in entries}
    return st.fixed_dictionaries(required, optional=entries)


def values_of(field: Field) -> Trees:
    """Return plain values that a field accepts."""
    values = _values_of(field)
    return st.none() | values if field.optional else values


def _values_of(field: Field) -> Trees:
    match field.kind:
        case FieldKind.REAL:
            return _reals(field)
        case FieldKind.WHOLE:
            low = int(field.ge) if field.ge is not None else None
            high = int(field.le) if field.le is not None else None
            return st.integers(low, high)
        case FieldKind.FLAG:
            return st.booleans()
        case FieldKind.TEXT:
            return st.text(max_size=20)
        case FieldKind.CHOICE:
            return st.sampled_from(field.choices)
        case FieldKind.CHOICES:
            return st.lists(st.sampled_from(field.choices), unique=True, min_size=1)
        case FieldKind.REALS:
            return st.lists(st.floats(0, 1e6), min_size=1, max_size=4)
        case FieldKind.OPTIONS:
            return st.lists(st.one_of([trees_of(option) for option in field.options]), max_size=3)
        case FieldKind.OPTION | FieldKind.GROUP:
            return st.one_of([trees_of(option) for option in field.options])


def _reals(field: Field) -> Trees:
    low = field.ge if field.ge is not None else field.gt
    high = field.le if field.le is not None else field.lt
    return st.floats(
        low,
        high,
        allow_nan=False,
        allow_infinity=False,
        exclude_min=field.gt is not None,
        exclude_max=field.lt is not None,
    )
