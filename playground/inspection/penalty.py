"""The penalty of regularization, its gradient, and gradients gathered over batches."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from playground.engine.arithmetic import Line
from playground.engine.regularizers import NoRegularization, Regularizer
from playground.inspection import products
from playground.inspection.names import COST, PENALTY, Name, derivative
from playground.inspection.operation import (
    Formula,
    Matrix,
    Operation,
    Phase,
    Product,
    Role,
    Shade,
)
from playground.inspection.places import Place
from playground.inspection.recorder import Recorder
from playground.inspection.slips import Slip
from playground.inspection.spelling import Factor, Lit, Spelling, Term

Floats = NDArray[np.float64]


def penalty_of(recorder: Recorder, key: str) -> Regularizer | None:
    """Return the penalty on a parameter, ``None`` if there is none."""
    place = recorder.places[key]
    shape = recorder.shape(place.layer)
    regularizer = shape.regularizer(recorder.situation.regularizer)
    if isinstance(regularizer, NoRegularization) or not place.is_penalised or shape.layer.frozen:
        return None
    return regularizer


def record_cost(recorder: Recorder) -> None:
    """Write down the penalty, and the cost that training minimises, if there is a penalty."""
    if not recorder.situation.closes:
        return
    penalised = {key: penalty_of(recorder, key) for key in recorder.places}
    active = {key: regularizer for key, regularizer in penalised.items() if regularizer}
    if not active:
        return
    regularizers = tuple(active.values())
    keys = tuple(active)
    if recorder.situation.weight_noise is not None:
        # The penalty counts the weights as they are without noise.
        for key in active:
            clean = recorder.clean(key)
            name = Name(clean.symbol, clean.latex)
            recorder.give(f"clean.{key}", name, clean.values, clean.rows)
        keys = tuple(f"clean.{key}" for key in active)
    names = [recorder.names[key] for key in keys]
    formula = type(regularizers[0]).formula
    recorder.compute(
        "Ω",
        PENALTY,
        f"Penalty on the weights: {type(regularizers[0]).title}",
        Product.ELEMENTWISE,
        None,
        Formula(
            rf"\Omega = {formula}",
            f"Ω = {type(regularizers[0]).rule} over {', '.join(name.text for name in names)}",
        ),
        keys,
        lambda *weights: np.array(
            [[sum(r.penalty(w) for r, w in zip(regularizers, weights, strict=True))]]
        ),
        lambda result, *weights: _spell_penalty(result, regularizers, *weights),
        phase=Phase.ERROR,
        rows=recorder.axes("L")[0],
        columns=recorder.axes("L")[1],
        sides=lambda *weights: tuple(
            np.sign(w) for r, w in zip(regularizers, weights, strict=True) if r.kinked
        ),
        note="Biases are not penalised.",
    )
    for key in keys:
        # The gradient of the penalty is not one of those that meet in the gradient of the loss.
        recorder.forget_use(key)
    recorder.compute(
        "C",
        COST,
        "Cost: loss and penalty",
        Product.SUM,
        None,
        Formula(r"C = L + \Omega", "C = L + Ω"),
        ("L", "Ω"),
        lambda loss, penalty: loss + penalty,
        products.total,
        phase=Phase.ERROR,
        rows=recorder.axes("L")[0],
        columns=recorder.axes("L")[1],
    )


def _spell_penalty(
    result: Matrix, regularizers: tuple[Regularizer, ...], *weights: Matrix
) -> products.Spell:
    """The penalty of each matrix, added up."""
    parts = [r.penalty(m.values) for r, m in zip(regularizers, weights, strict=True)]
    rules = dict.fromkeys(
        f"{type(r).rule} over {m.name}" for r, m in zip(regularizers, weights, strict=True)
    )

    def spell(row: int, column: int) -> Spelling:
        return Spelling(
            result.cell_name(row, column),
            " + ".join(rules),
            float(result.values[row, column]),
            tuple(Lit(place) for place in range(len(weights))),
            tuple(Term((Factor(m.name, part),)) for m, part in zip(weights, parts, strict=True)),
        )

    return spell


def record_penalties(recorder: Recorder) -> dict[str, Matrix]:
    """Write down the gradient of the penalty; return the gradient of the cost by parameter."""
    final: dict[str, Matrix] = {}
    gathered = _record_gathering(recorder)
    situation = recorder.situation
    is_checkable = situation.gathered is None and situation.weight_noise is None
    for key, place in recorder.places.items():
        loss_gradient = gathered[key]
        regularizer = penalty_of(recorder, key)
        if regularizer is None or not recorder.situation.closes:
            final[key] = loss_gradient
            continue
        weights = recorder.clean(key)
        name, by_loss = derivative(PENALTY, recorder.names[key]), loss_gradient
        values = regularizer.gradient(weights.values)
        if recorder.slips(Slip.NO_REGULARIZATION):
            values = np.zeros_like(values)
        rule = regularizer.explain(0.0).formula.replace("w", weights.symbol)
        latex = type(regularizer).gradient_formula.replace("w", weights.latex)
        penalty = gradient_matrix(name, f"∂Ω/∂{key}", values, weights, Role.DOWNSTREAM)
        where = recorder.where(place.layer)
        recorder.append(
            Operation(
                key=f"∂Ω/∂{key}",
                name=f"Gradient of the penalty by the {place.words} of {where}",
                symbol=name.text,
                phase=Phase.BACKWARD,
                product=Product.ELEMENTWISE,
                layer=place.layer,
                layer_name=recorder.situation.layer_names[place.layer],
                formula=Formula(f"{name.latex} = {latex}", f"{name.text} = {rule}"),
                operands=(weights,),
                result=penalty,
                spell=spell_line(penalty, (weights,), _by_weight(regularizer, weights)),
                numerator="Ω",
                denominator=key if situation.weight_noise is None else "",
            )
        )
        cost = derivative(COST, recorder.names[key])
        total = by_loss.values + values
        upstream = gradient_matrix(name, f"∂Ω/∂{key}", values, weights, Role.UPSTREAM)
        _record_sum(
            recorder,
            place,
            f"Gradient of the cost by the {place.words} of {where}",
            gradient_matrix(cost, f"∂C/∂{key}", total, weights, Role.DOWNSTREAM),
            (by_loss, upstream),
            "The cost is loss plus penalty, and so is its gradient.",
            numerator="C",
            # What earlier batches brought is no part of this cost: nothing to check then.
            denominator=key if is_checkable else "",
        )
        final[key] = gradient_matrix(cost, f"∂C/∂{key}", total, weights, Role.UPSTREAM)
    return final


def _record_gathering(recorder: Recorder) -> dict[str, Matrix]:
    """Write down how the gradient is added to that of earlier batches of the same update."""
    before, gradients = recorder.situation.gathered, dict[str, Matrix]()
    for key, place in recorder.places.items():
        new = recorder.gradients[key]
        if before is None:
            gradients[key] = new
            continue
        inner = recorder.names[key]
        name = Name(f"Σ ∂L/∂{inner.text}", rf"\sum {new.latex}")
        old = gradient_matrix(
            Name(f"{name.text} so far", rf"{name.latex}_{{old}}"),
            "",
            before[place.indices],
            new,
            Role.MEMORY,
        )
        values = old.values + new.values
        where = recorder.where(place.layer)
        _record_sum(
            recorder,
            place,
            f"Gather the gradient of the {place.words} of {where} over batches",
            gradient_matrix(name, f"gather.{key}", values, new, Role.RESULT),
            (old, new),
            "The update waits for several batches, and takes the sum of their gradients.",
        )
        gradients[key] = gradient_matrix(name, f"gather.{key}", values, new, Role.UPSTREAM)
    return gradients


def _record_sum(
    recorder: Recorder,
    place: Place,
    title: str,
    result: Matrix,
    parts: tuple[Matrix, Matrix],
    note: str,
    numerator: str = "",
    denominator: str = "",
) -> None:
    """Write down that two gradients of a parameter are added."""
    recorder.append(
        Operation(
            key=result.key,
            name=title,
            symbol=result.symbol,
            phase=Phase.BACKWARD,
            product=Product.SUM,
            layer=place.layer,
            layer_name=recorder.situation.layer_names[place.layer],
            formula=Formula(
                f"{result.latex} = {parts[0].latex} + {parts[1].latex}",
                f"{result.symbol} = {parts[0].symbol} + {parts[1].symbol}",
            ),
            operands=parts,
            result=result,
            spell=products.total(result, *parts),
            numerator=numerator,
            denominator=denominator,
            note=note,
        )
    )


def gradient_matrix(name: Name, key: str, values: Floats, like: Matrix, role: Role) -> Matrix:
    return Matrix(
        name.text, name.latex, values, role, Shade.GRADIENT, like.rows, like.columns, key=key
    )


def spell_line(
    result: Matrix, operands: tuple[Matrix, ...], line: Callable[[int, int], Line]
) -> products.Spell:
    def spell(row: int, column: int) -> Spelling:
        made = line(row, column)
        rule = made.formula
        if "θ′" not in rule:
            rule = rule.replace("θ", operands[0].cell_name(row, column))
        return Spelling(
            result.cell_name(row, column),
            rule,
            float(result.values[row, column]),
            tuple(Lit(place, row, column) for place in range(len(operands))),
            line=made,
        )

    return spell


def _by_weight(regularizer: Regularizer, weights: Matrix) -> Callable[[int, int], Line]:
    return lambda row, column: regularizer.explain(float(weights.values[row, column]))
