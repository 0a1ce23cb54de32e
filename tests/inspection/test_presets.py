"""The hand-checked networks, as a teacher opens them, to nine digits."""

from __future__ import annotations

import pytest

from playground.experiment.presets import load_experiment
from playground.inspection.check import check_all
from playground.inspection.situation import situation_of
from playground.inspection.tape import Recording, record
from playground.training.trainer import Trainer


def _recorded(preset: str) -> tuple[Trainer, Recording]:
    trainer = Trainer(load_experiment(preset))
    return trainer, record(situation_of(trainer))


def _value(recording: Recording, key: str, row: int = 0, column: int = 0) -> float:
    return float(recording.tape.operation(key).result.values[row, column])


def test_that_one_neuron_is_as_on_paper() -> None:
    trainer, recording = _recorded("one-neuron")
    assert _value(recording, "z.0") == 7
    assert _value(recording, "L" if "L" in recording.tape else "ℓ") == 4
    assert _value(recording, "∂L/∂W.0") == -8
    assert _value(recording, "∂L/∂b.0") == -4
    assert _value(recording, "update.W.0") == pytest.approx(3.4, abs=1e-12)
    assert _value(recording, "update.b.0") == pytest.approx(1.2, abs=1e-12)
    trainer.advance(1)
    assert record(situation_of(trainer)).cost == pytest.approx(1, abs=1e-12)


def test_that_mazurs_network_is_his() -> None:
    trainer, recording = _recorded("mazur")
    assert recording.cost == pytest.approx(0.298371109, abs=5e-10)
    assert _value(recording, "∂L/∂W.1") == pytest.approx(0.0821670406, abs=5e-11)
    # He multiplies rounded factors, which moves the last two of his digits.
    assert _value(recording, "∂L/∂W.0") == pytest.approx(0.000438567727, abs=1e-11)
    assert _value(recording, "update.W.1") == pytest.approx(0.358916480, abs=5e-10)
    assert _value(recording, "update.W.0") == pytest.approx(0.149780716, abs=5e-10)
    trainer.advance(1)
    assert trainer.parameters.weights(1)[0, 0] == pytest.approx(0.358916480, abs=5e-10)


@pytest.mark.parametrize("preset", ["one-neuron", "mazur", "xor", "and"])
def test_that_every_gradient_of_a_preset_is_happy(preset: str) -> None:
    words = {step.verdict.words for step in check_all(_recorded(preset)[1])}
    assert words == {"happy"}
