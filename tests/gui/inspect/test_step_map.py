"""The small graph of the network: what is known where, what is lit, and where it skips."""

from __future__ import annotations

import numpy as np
import pytest

from playground.experiment.presets import load_experiment
from playground.gui.inspect.step.map_state import map_state
from playground.inspection.operation import Notation, Tape
from playground.inspection.walk import Walk


@pytest.fixture(scope="module")
def tape() -> Tape:
    return Walk(load_experiment("mazur"), sample=0).tape


def test_that_values_appear_forwards_and_gradients_backwards(tape: Tape) -> None:
    at = tape.index("a.0")
    state = map_state(tape, at, at, 0, (0, 1))
    inputs, hidden, output = state.columns
    np.testing.assert_array_equal(inputs.values, [0.05, 0.10])
    np.testing.assert_allclose(hidden.values, [0.59327, 0.596884], rtol=1e-5)
    assert output.values is None
    assert (inputs.is_lit, hidden.is_lit, output.is_lit) == (False, True, False)
    assert state.focus == (1, 1)
    at = tape.index("∂L/∂z.1")
    hidden, output = map_state(tape, at, at, 0, (0, 0)).columns[1:]
    assert (hidden.is_gradient, output.is_gradient) == (False, True)
    np.testing.assert_allclose(output.values, [0.138498562, -0.038098237], rtol=1e-6)


def test_that_weights_become_their_gradients_once_those_are_known(tape: Tape) -> None:
    before = tape.index("∂L/∂z.1")
    after = tape.index("∂L/∂W.1")
    assert not map_state(tape, before, before, 0, (0, 0)).links[1].is_gradient
    links = map_state(tape, after, after, 0, (0, 0)).links[1]
    assert links.is_gradient
    assert links.is_lit
    assert links.weights.shape == (2, 2)


def test_that_what_is_hidden_is_not_drawn(tape: Tape) -> None:
    at = tape.index("a.1")
    shown = map_state(tape, at, at, 0, (0, 0)).columns[2].values
    hidden = map_state(tape, at, at - 1, 0, (0, 0)).columns[2].values
    assert shown is not None
    assert hidden is not None
    assert not np.allclose(shown, hidden)


def test_that_columns_show_the_same_numbers(tape: Tape) -> None:
    at = tape.index("∂L/∂W.0")
    rows = map_state(tape, at, at, 0, (0, 1))
    columns = map_state(tape.shown(Notation.COLUMNS), at, at, 0, (1, 0))
    for first, second in zip(rows.columns, columns.columns, strict=True):
        np.testing.assert_array_equal(first.values, second.values)
    for one, other in zip(rows.links, columns.links, strict=True):
        np.testing.assert_array_equal(one.weights, other.weights)
    assert rows.focus == columns.focus
