"""What stays when another dataset is chosen."""

from __future__ import annotations

from typing import Any

from playground.data.dataset import Dataset
from playground.schema.describe import Field, FieldKind, fields_of

__all__ = ["carried_over"]


def carried_over(old: Dataset, new: type[Dataset], recent: Dataset | None = None) -> Dataset:
    """Return a dataset of another class with the fields that a person would expect to keep.

    A field that means the same in both classes (name, label, unit) keeps a value that was chosen,
    if it fits. A value that is merely the default of the old class gives way to the default of
    the new one, but the seed and the features always stay. Fields that only the new class has
    come from when it was last in use.

    Parameters
    ----------
    old
        The data in use.
    new
        The class chosen.
    recent
        The data of that class when it was last in use, or ``None``.
    """
    before = {field.name: field for field in fields_of(type(old))}
    values: dict[str, Any] = {}
    for field in fields_of(new):
        same = before.get(field.name)
        if same is None or not _means_the_same(same, field):
            if recent is not None:
                values[field.name] = getattr(recent, field.name)
            continue
        value = getattr(old, field.name)
        was_chosen = value != same.default or field.name in ("seed", "features")
        if was_chosen and _fits(field, value):
            values[field.name] = value
    return new(**values)


def _means_the_same(first: Field, second: Field) -> bool:
    return (first.kind, first.shown.label, first.shown.unit) == (
        second.kind,
        second.shown.label,
        second.shown.unit,
    )


def _fits(field: Field, value: Any) -> bool:
    if field.kind not in (FieldKind.REAL, FieldKind.WHOLE):
        return True
    return (field.ge is None or value >= field.ge) and (field.le is None or value <= field.le)
