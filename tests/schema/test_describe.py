"""What the one reader of declarations makes of a class."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
import pytest

from playground.schema.describe import (
    FieldKind,
    field_of,
    fields_of,
    summary_of,
    tag_of,
    title_of,
)
from playground.schema.parameter import Option, real, shown, whole


class Small(Option, frozen=True, tag="rather_small"):
    """Takes little room,
    as its name says.

    More about it.
    """


class Large(Option, frozen=True, tag="large"):
    """Takes much."""

    title = "XXL"


class Box(msgspec.Struct, frozen=True):
    """Everything a form can meet."""

    weight: Annotated[float, real("Weight", gt=0, le=5, unit="kg", step=0.5, live=True)] = 1.0
    count: Annotated[int, whole("Count", ge=1, suggestions=(1, 2))] = 1
    fragile: Annotated[bool, shown("Fragile", help="Handle with care.")] = False
    label_text: str = ""
    color: Annotated[Literal["red", "blue"], shown("Color")] = "red"
    stamps: Annotated[tuple[Literal["a", "b"], ...], shown("Stamps")] = ()
    size: Annotated[Small | Large, shown("Size")] = Small()
    spare: Annotated[Small | Large | None, shown("Spare size")] = None
    parts: Annotated[tuple[Small | Large, ...], shown("Parts")] = (Small(),)


class Crate(msgspec.Struct, frozen=True):
    """A box of boxes."""

    box: Box = Box()
    owner: str | None = None


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("weight", FieldKind.REAL),
        ("count", FieldKind.WHOLE),
        ("fragile", FieldKind.FLAG),
        ("label_text", FieldKind.TEXT),
        ("color", FieldKind.CHOICE),
        ("stamps", FieldKind.CHOICES),
        ("size", FieldKind.OPTION),
        ("spare", FieldKind.OPTION),
        ("parts", FieldKind.OPTIONS),
    ],
)
def test_that_the_kind_of_editor_follows_from_the_type(name: str, kind: FieldKind) -> None:
    assert field_of(Box, name).kind is kind


def test_that_a_nested_struct_is_a_group() -> None:
    field = field_of(Crate, "box")
    assert field.kind is FieldKind.GROUP
    assert field.options == (Box,)
    assert field_of(Crate, "owner").optional


def test_that_bounds_and_presentation_are_read() -> None:
    field = field_of(Box, "weight")
    assert (field.gt, field.le, field.ge, field.lt) == (0, 5, None, None)
    assert field.bounds == "0 < value <= 5"
    assert (field.shown.label, field.shown.unit, field.shown.step) == ("Weight", "kg", 0.5)
    assert field.shown.live
    assert field.default == 1.0
    assert field_of(Box, "count").bounds == "1 <= value"
    assert field_of(Box, "fragile").bounds == ""


def test_that_choices_and_options_keep_their_order() -> None:
    assert field_of(Box, "color").choices == ("red", "blue")
    assert field_of(Box, "stamps").choices == ("a", "b")
    assert field_of(Box, "size").options == (Small, Large)
    assert field_of(Box, "parts").options == (Small, Large)
    assert field_of(Box, "spare").optional
    assert not field_of(Box, "size").optional


def test_that_a_field_without_a_label_is_named_after_itself() -> None:
    assert field_of(Box, "label_text").shown.label == "Label text"


def test_that_fields_come_in_order_of_declaration() -> None:
    assert [field.name for field in fields_of(Box)][:3] == ["weight", "count", "fragile"]


def test_that_a_field_that_is_not_there_is_named() -> None:
    with pytest.raises(KeyError, match="height"):
        field_of(Box, "height")


def test_that_title_and_summary_come_from_the_class() -> None:
    assert title_of(Large) == "XXL"
    assert title_of(Small) == "Rather small"
    assert tag_of(Small) == tag_of(Small()) == "rather_small"
    assert summary_of(Large) == "Takes much."
    assert summary_of(Small) == "Takes little room, as its name says."
