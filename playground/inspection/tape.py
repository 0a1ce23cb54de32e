"""One training step, operation by operation: forward, error, backward, update.

The operations are carried out here, one after another, in float64: a gradient is what its operands
make of it. Contract tests hold the last word on each parameter to what training computes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from playground.inspection import products
from playground.inspection.error import record_loss
from playground.inspection.graph import Graph
from playground.inspection.layers import record_layer
from playground.inspection.names import NOISE, X, noisy
from playground.inspection.operation import Axis, Formula, Matrix, Phase, Product, Tape
from playground.inspection.penalty import record_cost, record_penalties
from playground.inspection.places import Place
from playground.inspection.products import given
from playground.inspection.recorder import Recorder
from playground.inspection.running import record_running
from playground.inspection.situation import Situation
from playground.inspection.slips import Slip
from playground.inspection.update import Update, record_update

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Recording:
    """A step as it was carried out.

    Attributes
    ----------
    situation
        What it started from.
    tape
        Its operations, with rows as samples.
    graph
        The values of the forward pass, for numerical checks.
    places
        Where each parameter lies in the flat vector, by key.
    gradients
        The gradient of the loss by every value and parameter, by key.
    update
        Gradient, clipped gradient and parameters after the step.
    is_fused
        Whether softmax (or sigmoid) and loss are one operation backwards.
    note
        Why something is not as it was asked for, or "".
    """

    situation: Situation
    tape: Tape
    graph: Graph
    places: dict[str, Place]
    gradients: dict[str, Matrix]
    update: Update
    is_fused: bool
    note: str = ""

    @property
    def cost(self) -> float:
        """What training minimises: mean loss plus penalty."""
        return float(self.graph["C" if "C" in self.graph else "L"].item())


def record(
    situation: Situation,
    *,
    fused: bool = True,
    slip: Slip | None = None,
    slip_layer: int | None = None,
) -> Recording:
    """Carry out a step, and write down every operation.

    Parameters
    ----------
    fused
        Whether the gradient goes from the loss straight to the logits, p - y, or through the
        probabilities one operation at a time. Without meaning where the loss fuses nothing.
    slip
        A mistake to make on purpose.
    slip_layer
        The only layer in which to make it; ``None``: wherever it can be made.
    """
    slipped = None
    if slip is Slip.UPDATED_WEIGHTS:
        after = record(situation, fused=fused)
        slipped = {key: after.update.after[place.indices] for key, place in after.places.items()}
    recorder = Recorder(situation, fused, slip, slipped, slip_layer)
    with np.errstate(all="ignore"):
        key = record_inputs(recorder)
        for layer in range(len(situation.architecture.layers)):
            key = record_layer(recorder, layer, key)
        note = record_loss(recorder, key)
        record_cost(recorder)
        recorder.run_back()
        update = record_update(recorder, record_penalties(recorder))
        record_running(recorder)
    return Recording(
        situation,
        Tape(tuple(recorder.operations), situation.layer_names),
        recorder.graph,
        recorder.places,
        recorder.gradients,
        update,
        recorder.fused,
        note,
    )


def record_inputs(recorder: Recorder) -> str:
    """Write down the inputs, as an operation that does nothing, and the noise on them.

    Returns
    -------
    key
        Of what the network is given.
    """
    situation = recorder.situation
    recorder.give("x", X, situation.inputs, Axis.SAMPLE, Axis.INPUT)
    count, width = situation.inputs.shape
    samples = "a sample" if count == 1 else f"{count} samples"
    recorder.compute(
        "x",
        X,
        "Inputs",
        Product.GIVEN,
        None,
        Formula("x", "x"),
        (),
        lambda: situation.inputs,
        given,
        phase=Phase.FORWARD,
        columns=Axis.INPUT,
        note=f"What the network is given of {samples}: {width} numbers each.",
    )
    if situation.input_noise is None:
        return "x"
    recorder.give("ε", NOISE, situation.input_noise, Axis.SAMPLE, Axis.INPUT)
    recorder.compute(
        "x̃",
        noisy(X),
        "Noise on the inputs",
        Product.SUM,
        None,
        Formula(rf"\tilde{{x}} = x + {NOISE.latex}", f"{noisy(X).text} = x + {NOISE.text}"),
        ("x", "ε"),
        np.add,
        products.total,
        columns=Axis.INPUT,
        note="Drawn anew for every batch, and only while training.",
    )
    recorder.outputs = ["x̃"]
    return "x̃"
