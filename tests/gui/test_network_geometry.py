"""Where units and links stand on the canvas, and which card goes on showing which layer."""

from __future__ import annotations

import numpy as np
import pytest

from playground.gui.train.network.geometry import (
    CARD_WIDTH,
    ColumnKind,
    ColumnPlan,
    lay_out,
    least_width,
)
from playground.gui.train.network.links import LINK_LIMIT, STRENGTHS, LinkBand
from playground.gui.train.network.matching import matched

# --- geometry ---


@pytest.mark.parametrize("size", [(688, 300), (860, 430), (1600, 900)])
@pytest.mark.parametrize("units", [1, 2, 8, 16, 17, 64, 128, 1024])
def test_that_every_unit_shown_is_on_the_canvas_and_apart_from_its_neighbours(
    units: int, size: tuple[int, int]
) -> None:
    layout = lay_out([ColumnPlan(2), ColumnPlan(units), ColumnPlan(1)], *size)
    column = layout.columns[1]
    assert column.tops.min() >= 0
    assert column.tops.max() + column.size <= size[1]
    assert column.shown + column.hidden == units
    cells = {(x, y) for x, y in zip(column.lefts.tolist(), column.tops.tolist(), strict=True)}
    assert len(cells) == column.shown
    steps = np.diff(np.unique(column.lefts)), np.diff(np.unique(column.tops))
    assert all((step >= column.size).all() for step in steps)


def test_that_a_column_becomes_a_grid_when_its_units_would_be_too_small() -> None:
    narrow, wide = (
        lay_out([ColumnPlan(2), ColumnPlan(n), ColumnPlan(1)], 800, 340).columns[1]
        for n in (12, 40)
    )
    assert narrow.kind is ColumnKind.SINGLE
    assert wide.kind is ColumnKind.GRID
    assert wide.hidden == 0


def test_that_cards_of_a_deep_network_never_overlap() -> None:
    plans = [ColumnPlan(4)] * 12
    layout = lay_out(plans, 700, 300)
    assert layout.width == least_width(plans)
    assert np.diff([c.center for c in layout.columns]).min() >= CARD_WIDTH


def test_that_all_pixels_of_an_image_are_one_picture() -> None:
    column = lay_out([ColumnPlan(784, True), ColumnPlan(10)], 700, 300).columns[0]
    assert column.kind is ColumnKind.PICTURE
    assert column.shown == 1
    assert column.unit_at(column.center, float(column.levels[0])) == 0


def test_that_scrolling_past_the_end_shows_the_last_full_page() -> None:
    plans = [ColumnPlan(2), ColumnPlan(1024, first=100_000), ColumnPlan(1)]
    column = lay_out(plans, 700, 300).columns[1]
    assert column.first + column.shown == 1024
    assert column.shown > column.columns


# --- links ---


def band_of(inputs: int, outputs: int) -> LinkBand:
    layout = lay_out([ColumnPlan(inputs), ColumnPlan(outputs)], 700, 400)
    return LinkBand(*layout.columns)


def test_that_only_the_strongest_links_of_wide_layers_are_drawn() -> None:
    band = band_of(60, 50)
    matrix = np.random.default_rng(0).normal(size=(61, 50))
    assert band.choose(matrix)
    drawn = set(zip(band.rows.tolist(), band.columns.tolist(), strict=True))
    order = np.argsort(-np.abs(matrix[:-1]).ravel())[:LINK_LIMIT]
    assert drawn == {(int(k // 50), int(k % 50)) for k in order}
    assert not band.choose(matrix)


def test_that_strength_follows_sign_and_size() -> None:
    band = band_of(2, 2)
    matrix = np.array([[1.0, -0.5], [0.0, -1.0], [9.0, 9.0]])
    strengths = band.graded(band.values(matrix))
    assert strengths.tolist() == [STRENGTHS, -STRENGTHS // 2, 1, -STRENGTHS]


def test_that_values_that_are_not_finite_are_drawn_as_the_weakest() -> None:
    band = band_of(2, 2)
    matrix = np.array([[np.nan, 2.0], [np.inf, -1e-310], [0, 0]])
    assert band.graded(band.values(matrix)).tolist() == [1, STRENGTHS, 1, -1]


def test_that_the_pointer_finds_the_link_below_it() -> None:
    band = band_of(4, 3)
    band.strengths = band.graded(band.values(np.ones((5, 3))))
    for place in range(len(band.rows)):
        x, y = band.segments[place, 3, :2]
        found = band.nearest(float(x), float(y))
        assert found is not None
        assert abs(band.segments[found, 3, 1] - y) < 3
    assert band.nearest(band.left + 30, -50) is None


# --- matching ---


@pytest.mark.parametrize(
    "before, after, sources",
    [
        ("abc", "abc", [0, 1, 2]),
        ("abc", "axbc", [0, None, 1, 2]),
        ("abc", "ac", [0, 2]),
        ("abc", "acb", [0, 2, 1]),
        ("abc", "axc", [0, 1, 2]),
        ("", "ab", [None, None]),
        ("aa", "aaa", [0, 1, None]),
        ("abcd", "dabc", [3, 0, 1, 2]),
    ],
)
def test_that_layers_are_recognized_after_an_edit(
    before: str, after: str, sources: list[int | None]
) -> None:
    assert matched(before, after) == sources
