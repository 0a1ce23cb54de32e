"""The end of a step: the penalty's gradient, clipping, and the optimizer's update."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from playground.engine.arithmetic import Line
from playground.engine.clipping import NoClipping
from playground.engine.constraints import NoConstraint
from playground.engine.optimizers import spans_of
from playground.engine.optimizers.weight import Weight
from playground.inspection.names import Name
from playground.inspection.operation import (
    Formula,
    Matrix,
    Operation,
    Phase,
    Product,
    Role,
    Shade,
)
from playground.inspection.penalty import gradient_matrix, spell_line
from playground.inspection.recorder import Recorder
from playground.inspection.situation import Situation

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Update:
    """What an update did.

    Attributes
    ----------
    situation
        The step.
    gradient : (p,)
        Of the cost, the penalty's part included.
    clipped : (p,)
        What the optimizer was given.
    unconstrained : (p,)
        The parameters after the optimizer's step.
    after : (p,)
        The parameters at the end, put back into what the constraint allows.
    memory
        What the optimizer remembers after, vectors (p,) by name.
    """

    situation: Situation
    gradient: Floats
    clipped: Floats
    unconstrained: Floats
    after: Floats
    memory: dict[str, Floats]

    def lines(self, index: int) -> tuple[Line, ...]:
        """Return the optimizer's arithmetic for the parameter at a place in the flat vector."""
        situation = self.situation
        weight = Weight(
            situation.parameters.vector,
            self.clipped,
            situation.memory,
            span_of(situation, index),
            index,
            situation.steps,
            situation.learning_rate,
        )
        if self.is_frozen(index):
            theta = weight.theta
            return (Line("θ_new", "{θ}", {"θ": theta}, theta, "the layer is frozen"),)
        with np.errstate(all="ignore"):
            return situation.optimizer.explain(weight)

    def is_frozen(self, index: int) -> bool:
        """Return whether the parameter at a place in the flat vector is left as it is."""
        layers, spans = self.situation.architecture.layers, self.situation.parameters.spans
        return any(
            shape.layer.frozen
            for shape, span in zip(layers, spans, strict=True)
            if span.start <= index < span.stop
        )

    @property
    def expected_change(self) -> float:
        """What the gradient promises: -η‖g‖² for plain descent, g·Δ for any other step."""
        return float(self.gradient @ (self.after - self.situation.parameters.vector))


def span_of(situation: Situation, index: int) -> slice:
    """Return where what an optimizer takes for the layer of a parameter lies in the vector."""
    spans = spans_of(situation.parameters.blocks)
    return next(span for span in spans if span.start <= index < span.stop)


def record_update(recorder: Recorder, gradients: dict[str, Matrix]) -> Update:
    """Write down clipping and the optimizer's update of every parameter."""
    situation = recorder.situation
    vector = situation.parameters.vector
    gradient = np.zeros_like(vector)
    for key, place in recorder.places.items():
        if not recorder.shape(place.layer).layer.frozen:
            gradient[place.indices] = gradients[key].values
    if not situation.closes:
        same, memory = vector.copy(), dict(situation.memory)
        return Update(situation, gradient, gradient, same, same, memory)
    clipped = np.asarray(situation.clipping.clipped(gradient))
    if not isinstance(situation.clipping, NoClipping):
        gradients = _record_clipping(recorder, gradients, gradient, clipped)
    spans = spans_of(situation.parameters.blocks)
    after, memory = situation.optimizer.update_layers(
        vector, clipped, situation.memory, situation.steps, situation.learning_rate, spans
    )
    after = np.array(after)
    for place in recorder.places.values():
        if recorder.shape(place.layer).layer.frozen:
            after[place.indices] = vector[place.indices]
    constrained = after.copy()
    for place in recorder.places.values():
        if place.is_penalised and not recorder.shape(place.layer).layer.frozen:
            constrained[place.indices] = situation.constraint.projected(after[place.indices])
    update = Update(situation, gradient, clipped, after, constrained, memory)
    for key in recorder.places:
        _record_parameter(recorder, key, gradients[key], update)
    if not isinstance(situation.constraint, NoConstraint):
        for key, place in recorder.places.items():
            if place.is_penalised:
                _record_constraint(recorder, key, update)
    return update


def _record_clipping(
    recorder: Recorder, gradients: dict[str, Matrix], gradient: Floats, clipped: Floats
) -> dict[str, Matrix]:
    clipping, after = recorder.situation.clipping, dict(gradients)
    changed = not np.array_equal(gradient, clipped)
    note = "The gradient exceeds the bound." if changed else "The gradient is within the bound."
    for key, place in recorder.places.items():
        before, name = (
            gradients[key],
            Name(f"g({recorder.names[key].text})", f"g_{{{recorder.names[key].latex}}}"),
        )
        values = clipped[place.indices]
        result = gradient_matrix(name, f"clip.{key}", values, before, Role.RESULT)
        where = recorder.where(place.layer)
        recorder.append(
            Operation(
                key=f"clip.{key}",
                name=f"Clip the gradient of the {place.words} of {where}",
                symbol=name.text,
                phase=Phase.UPDATE,
                product=Product.SCALED,
                layer=place.layer,
                layer_name=recorder.situation.layer_names[place.layer],
                formula=Formula(type(clipping).formula, f"{name.text} = clip({before.symbol})"),
                operands=(before,),
                result=result,
                spell=spell_line(
                    result,
                    (before,),
                    _by_component(recorder.situation, before, gradient),
                ),
                note=note,
            )
        )
        after[key] = gradient_matrix(name, f"clip.{key}", values, before, Role.UPSTREAM)
    return after


def _record_constraint(recorder: Recorder, key: str, update: Update) -> None:
    situation, place = recorder.situation, recorder.places[key]
    before = recorder.operations[
        next(i for i, op in enumerate(recorder.operations) if op.key == f"update.{key}")
    ].result
    before = dataclasses.replace(before, role=Role.INPUT)
    constraint = type(situation.constraint)
    name = recorder.clean(key)
    values = update.after[place.indices]
    result = dataclasses.replace(
        before,
        symbol=f"{name.symbol}_end",
        latex=rf"{name.latex}_{{end}}",
        values=values,
        role=Role.RESULT,
        key=f"constraint.{key}",
    )
    changed = not np.array_equal(values, before.values)
    recorder.append(
        Operation(
            key=f"constraint.{key}",
            name=f"{constraint.title} of the {place.words} of {recorder.where(place.layer)}",
            symbol=f"{name.symbol} ⊂",
            phase=Phase.UPDATE,
            product=Product.SCALED,
            layer=place.layer,
            layer_name=situation.layer_names[place.layer],
            formula=Formula(constraint.formula, f"{result.symbol} = bounded({before.symbol})"),
            operands=(before,),
            result=result,
            spell=spell_line(
                result,
                (before,),
                lambda row, column: situation.constraint.explain(
                    float(before.values[row, column]), before.values[:, column]
                ),
            ),
            note="Some weights exceed the bound." if changed else "All are within the bound.",
        )
    )


def _record_parameter(recorder: Recorder, key: str, gradient: Matrix, update: Update) -> None:
    situation, place = recorder.situation, recorder.places[key]
    weights, where = recorder.clean(key), recorder.where(place.layer)
    values = update.unconstrained[place.indices]
    result = Matrix(
        f"{weights.symbol}_new", rf"{weights.latex}_{{new}}", values, Role.RESULT, Shade.VALUE,
        weights.rows, weights.columns, key=f"update.{key}",
    )  # fmt: skip
    memory = tuple(
        Matrix(
            f"{name}{moment}", rf"\text{{{name}{moment}}}", vectors[name][place.indices],
            Role.MEMORY, Shade.GRADIENT, weights.rows, weights.columns,
        )
        for moment, vectors in ((" before", situation.memory), (" after", update.memory))
        for name in situation.optimizer.slot_names[:MEMORY_SHOWN]
        if name in vectors
    )  # fmt: skip

    def line(row: int, column: int) -> Line:
        return update.lines(int(place.indices[row, column]))[-1]

    optimizer = type(situation.optimizer)
    note = f"η = {situation.learning_rate:g}"
    if recorder.shape(place.layer).layer.frozen:
        note = "The layer is frozen: training leaves it as it is."
    recorder.append(
        Operation(
            key=f"update.{key}",
            name=f"Update of the {place.words} of {where}: {optimizer.title}",
            symbol=f"{weights.symbol} ←",
            phase=Phase.UPDATE,
            product=Product.RULE,
            layer=place.layer,
            layer_name=recorder.situation.layer_names[place.layer],
            formula=Formula(
                optimizer.formula.replace(r"\theta", f"{{{weights.latex}}}")
                if optimizer.formula.count(r"\theta") == 2
                else optimizer.formula,
                f"{weights.symbol} ← {weights.symbol} + Δ",
            ),
            operands=(weights, gradient),
            result=result,
            spell=spell_line(result, (weights, gradient), line),
            kept=memory,
            note=note,
        )
    )


MEMORY_SHOWN = 4
"""L-BFGS remembers more vectors than anybody wants to see."""


def _by_component(
    situation: Situation, before: Matrix, gradient: Floats
) -> Callable[[int, int], Line]:
    return lambda row, column: situation.clipping.explain(
        float(before.values[row, column]), gradient
    )
