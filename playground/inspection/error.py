"""From the outputs to the loss, and the first gradient back."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from playground.engine.losses import Loss
from playground.inspection import products
from playground.inspection.activations import softmax_jacobian
from playground.inspection.names import LOSS, LOSSES, PROBABILITY, Name, Y, derivative
from playground.inspection.operation import (
    Axis,
    Formula,
    Matrix,
    Phase,
    Product,
    Role,
    Shade,
)
from playground.inspection.recorder import Recorder, Slip
from playground.inspection.spelling import Lit, Spelling

Floats = NDArray[np.float64]

Q = Name("q", "q")
CLASS_WEIGHTS = Name("w", "w")


def record_loss(recorder: Recorder, key: str) -> str:
    """Write down the loss of the outputs, and prepare the way back.

    Parameters
    ----------
    key
        Of the outputs.

    Returns
    -------
    note
        Why the operations are fused although that was not asked for, or "".
    """
    situation = recorder.situation
    loss, targets = situation.architecture.head.loss, situation.targets
    fuses = loss.fuses(targets.shape[1])
    wanted = loss.wanted(targets)
    is_smoothed = not np.array_equal(wanted, targets)
    recorder.give("y", Q if is_smoothed else Y, wanted, Axis.SAMPLE)
    note = ""
    compared = key
    if fuses:
        probabilities = loss.probabilities(recorder.graph[key])
        if not (recorder.fused or _can_be_split(loss, probabilities, targets)):
            recorder.fused = True
            note = (
                f"A probability is so close to 0 or 1 that 1/p overflows: {fuses} and loss are "
                "shown as one operation, as the program computes them."
            )
        compared = _record_probabilities(recorder, key, loss, fuses)
    else:
        recorder.fused = True
    _record_values(recorder, key, compared, loss, fuses)
    _record_mean(recorder)
    recorder.on_the_way_back(lambda: _back(recorder, key, compared, loss, fuses))
    return note


def _can_be_split(loss: Loss, probabilities: Floats, targets: Floats) -> bool:
    gradient = loss.probability_gradient(probabilities, targets)
    values = loss.probability_values(probabilities, targets)
    return bool(np.isfinite(gradient).all() and np.isfinite(values).all())


def _record_probabilities(recorder: Recorder, key: str, loss: Loss, fuses: str) -> str:
    z, p = recorder.names[key], PROBABILITY
    layer = len(recorder.situation.architecture.layers) - 1

    def spell(result: Matrix, logits: Matrix) -> products.Spell:
        if fuses == "sigmoid":
            return products.element_wise(result, "1/(1 + e^(−{}))", logits)

        def of_cell(row: int, column: int) -> Spelling:
            exponents = " + ".join(["e^{}"] * logits.shape[1])
            names = [logits.cell_name(row, k) for k in range(logits.shape[1])]
            numbers = [float(value) for value in logits.values[row]]
            pattern = f"e^{{}} / ({exponents})" if len(names) <= 6 else ""
            rule = f"e^{names[column]} / Σₖ e^{products.symbolic(logits, row, 'k')}"
            return Spelling(
                result.cell_name(row, column),
                rule,
                float(result.values[row, column]),
                (Lit(0, row, None),),
                pattern=pattern,
                numbers=(numbers[column], *numbers) if pattern else (),
            )

        return of_cell

    recorder.compute(
        "p",
        p,
        f"Probabilities: {fuses} of the logits",
        Product.ELEMENTWISE,
        layer,
        Formula(
            rf"{p.latex} = \operatorname{{{fuses}}}\left({z.latex}\right)",
            f"{p.text} = {fuses}({z.text})",
        ),
        (key,),
        loss.probabilities,
        spell,
    )
    if recorder.fused:
        # The loss reads the logits themselves; p is shown, but nothing depends on it.
        recorder.forget_use(key)
    return "p"


def _record_values(recorder: Recorder, key: str, compared: str, loss: Loss, fuses: str) -> None:
    targets = recorder.situation.targets
    is_split = bool(fuses) and not recorder.fused
    situation = recorder.situation
    name = LOSSES if situation.has_mean else LOSS
    o, y = recorder.names[compared], recorder.names["y"]
    recorder.compute(
        "ℓ",
        name,
        f"Loss of each sample: {type(loss).title}",
        Product.ELEMENTWISE,
        None,
        Formula(
            _with_names(loss.formula, name, o),
            f"{name.text} = {type(loss).title}({o.text}, {y.text})",
        ),
        ("p" if is_split else key, "y"),
        lambda outputs, wanted: _column(
            loss.probability_values(outputs, targets) if is_split else loss.values(outputs, targets)
        ),
        lambda result, outputs, wanted: _spell_loss(result, outputs, wanted, loss),
        shown=(compared, "y"),
        phase=Phase.ERROR,
        columns=Axis.ONE,
        sides=lambda outputs, wanted: () if is_split else loss.sides_of_kinks(outputs, targets),
    )


def _column(values: Floats) -> Floats:
    return values.reshape(-1, 1)


def _with_names(latex: str, name: Name, outputs: Name) -> str:
    """Return the first equation of a loss's formula with the names that are used here."""
    first = latex.split(r",\quad")[0]
    if first.startswith("L ="):
        first = f"{name.latex} ={first[3:]}"
    return first.replace(r"\hat y", outputs.latex if "hat" in outputs.latex else r"\hat y")


def _with_count(rule: str, count: int) -> str:
    """Put the number of outputs into a rule; a factor 1/1 is left out."""
    if count == 1:
        rule = rule.replace("2/{K}·", "2·")
        if rule.startswith("1/{K}·(") and rule.endswith(")"):
            rule = rule.removeprefix("1/{K}·(").removesuffix(")")
        rule = rule.removeprefix("1/{K}·")
    return rule.replace("{K}", str(count))


def _spell_loss(result: Matrix, outputs: Matrix, wanted: Matrix, loss: Loss) -> products.Spell:
    count = outputs.shape[1]
    rule = _with_count(loss.value_rule, count)

    def spell(row: int, column: int) -> Spelling:
        lit = (Lit(0, row, None), Lit(1, row, None))
        value = float(result.values[row, column])
        cell = result.cell_name(row, column)
        if not rule:
            return Spelling(cell, "", value, lit)
        used = [
            k
            for k in range(count)
            if not (loss.fuses(count) == "softmax" and not wanted.values[row, k])
        ]
        patterns, numbers = [], []
        for unit in used:
            pattern, values = _filled(
                rule, float(outputs.values[row, unit]), float(wanted.values[row, unit])
            )
            patterns.append(pattern)
            numbers += values
        terms = f"Σₖ {rule}" if count > 1 else rule
        k: int | str = "k" if count > 1 else 0
        names = {
            "{o}": products.symbolic(outputs, row, k),
            "{y}": products.symbolic(wanted, row, k),
        }
        for mark, text in names.items():
            terms = terms.replace(mark, text)
        if len(patterns) > 6:
            return Spelling(cell, terms, value, lit)
        return Spelling(
            cell, terms, value, lit, pattern=" + ".join(patterns), numbers=tuple(numbers)
        )

    return spell


def _filled(rule: str, output: float, wanted: float) -> tuple[str, list[float]]:
    """Turn ``({o} − {y})²`` into ``({} − {})²`` and the numbers in the order of their marks."""
    numbers, pattern, rest = [], "", rule
    while "{" in rest:
        before, _, rest = rest.partition("{")
        mark, _, rest = rest.partition("}")
        pattern += before + "{}"
        numbers.append(output if mark == "o" else wanted)
    return pattern + rest, numbers


def _record_mean(recorder: Recorder) -> None:
    situation = recorder.situation
    weights, count = situation.weights, situation.divisor
    if weights is not None:
        recorder.give("w", CLASS_WEIGHTS, weights.reshape(-1, 1), Axis.SAMPLE, Axis.ONE)
    if not situation.has_mean:
        recorder.alias("L", "ℓ")
        return
    arguments = ("ℓ",) if weights is None else ("ℓ", "w")
    latex, text = (r"w_s \ell_s", "w ⊙ ℓ") if weights is not None else (r"\ell_s", "ℓ")
    note = "The mean, so that a step does not depend on how many samples a batch has."
    if weights is not None:
        note = "Each sample counts with the weight w of its class."
    if count != len(situation.inputs):
        note = f"n is {count}: the update averages over several batches. This is one's share."
    recorder.compute(
        "L",
        LOSS,
        "Loss of the batch: the mean over its samples",
        Product.STATISTIC,
        None,
        Formula(rf"L = \frac{{1}}{{n}} \sum_s {latex}", f"L = 1/{count} · Σₛ {text}"),
        arguments,
        lambda losses, weights=1.0: (losses * weights).sum(0, keepdims=True) / count,
        lambda result, *factors: products.mean_of_rows(result, count, *factors),
        phase=Phase.ERROR,
        rows=Axis.ONE,
        columns=Axis.ONE,
        note=note,
    )


def _back(recorder: Recorder, key: str, compared: str, loss: Loss, fuses: str) -> None:
    situation = recorder.situation
    outputs, targets = recorder.graph[key], situation.targets
    count = len(outputs)
    divisor = 1 if recorder.slips(Slip.NO_MEAN) else situation.divisor
    share = np.full((count, 1), 1 / divisor)
    if situation.weights is not None:
        share = share * situation.weights.reshape(-1, 1)
    if situation.has_mean:
        name = derivative(LOSS, LOSSES)
        is_weighted = "w" in recorder.graph
        upstream = recorder.gradient(
            "ℓ",
            "Gradient of the mean",
            Product.GIVEN,
            None,
            Formula(
                rf"{name.latex} = \frac{{{'w' if is_weighted else '1'}}}{{n}}",
                f"{name.text} = {'w' if is_weighted else '1'}/{divisor}",
            ),
            (recorder.matrix("w", Role.LOCAL),) if is_weighted else (),
            share,
            lambda result, *weights: products.given(result, f"1/{divisor}", *weights),
            note="Here 1/n comes in: each sample has one n-th of a say.",
        )
    else:
        name = derivative(LOSS, LOSS)
        upstream = Matrix(
            name.text, name.latex, share, Role.UPSTREAM, Shade.GRADIENT, columns=Axis.ONE
        )
    factor = _slip_factor(recorder)
    if not fuses or recorder.fused:
        factor *= loss.residual_factor(targets.shape[1])
        _loss_gradient(
            recorder, key, compared, upstream, loss, factor * loss.residual(outputs, targets), fuses
        )
        return
    probabilities = recorder.graph["p"]
    local = factor * loss.probability_gradient(probabilities, targets)
    _loss_gradient(recorder, "p", compared, upstream, loss, local, "")
    if fuses == "softmax":
        softmax_jacobian(
            recorder,
            len(recorder.situation.architecture.layers) - 1,
            key,
            recorder.graph["p"],
            PROBABILITY,
            recorder.upstream("p", None),
            "Softmax, backwards: the Jacobian of each sample",
            recorder.matrix("p", Role.KEPT),
        )
    else:
        _sigmoid_back(recorder, key)


def _slip_factor(recorder: Recorder) -> float:
    factors = {Slip.SIGN: -1.0, Slip.DOUBLED: 2.0, Slip.HALVED: 0.5}
    return factors.get(recorder.slip, 1.0) if recorder.slip else 1.0


def _loss_gradient(
    recorder: Recorder,
    of: str,
    compared: str,
    upstream: Matrix,
    loss: Loss,
    local: Floats,
    fuses: str,
) -> None:
    name = derivative(LOSS, recorder.names[of])
    inner = recorder.names["ℓ"]
    slope = derivative(inner, recorder.names[of])
    outputs, wanted = recorder.matrix(compared, Role.KEPT), recorder.matrix("y", Role.KEPT)
    count = local.shape[1]
    # Through the probabilities one at a time, the rule of the fused form does not hold.
    rule = "" if of == "p" else _with_count(loss.gradient_rule, count)
    text = rule.replace("{o}", outputs.symbol).replace("{y}", wanted.symbol) or slope.text
    latex = slope.latex
    if rule:
        # For whole matrices: without the index of an output.
        latex = loss.gradient_formula.replace("_k", "").replace("q", wanted.latex)
        latex = latex.replace(r"\hat y", outputs.latex)
    if of == "p":
        text, latex = _PROBABILITY_SLOPES.get(fuses or loss.fuses(count), ("", ""))
        text = text.replace("q", wanted.symbol) or slope.text
        latex = latex.replace("q", wanted.latex) or slope.latex
    shown = Name(text, latex) if text else slope
    local_matrix = recorder.local(shown, local)
    title = "Gradient of the loss by the outputs"
    note = ""
    if fuses:
        title = f"Gradient of {fuses} and loss together"
        note = f"The slopes of {fuses} and of the logarithm cancel: what remains is simple."
    formula = Formula(
        rf"{name.latex} = {upstream.latex} \odot {slope.latex}",
        f"{name.text} = {upstream.symbol} ⊙ ({text})",
    )
    if shown.latex != slope.latex:
        formula = Formula(
            rf"{name.latex} = {upstream.latex} \odot \left({shown.latex}\right)",
            f"{name.text} = {upstream.symbol} ⊙ ({text})",
        )
    recorder.gradient(
        of,
        title,
        Product.HADAMARD,
        len(recorder.situation.architecture.layers) - 1,
        formula,
        (upstream, local_matrix),
        upstream.values * local,
        lambda result, up, slope: _spell_gradient(result, up, slope, rule, outputs, wanted),
        kept=(outputs, wanted),
        note=note,
    )


_PROBABILITY_SLOPES = {
    "softmax": ("−q / p", r"-\frac{q}{p}"),
    "sigmoid": ("(p − q) / (p·(1 − p))", r"\frac{p - q}{p (1 - p)}"),
}


def _spell_gradient(
    result: Matrix, upstream: Matrix, local: Matrix, rule: str, outputs: Matrix, wanted: Matrix
) -> products.Spell:
    plain = products.hadamard(result, upstream, local)

    def spell(row: int, column: int) -> Spelling:
        if not rule:
            return plain(row, column)
        pattern, numbers = _filled(
            rule, float(outputs.values[row, column]), float(wanted.values[row, column])
        )
        names = rule.replace("{o}", outputs.cell_name(row, column))
        names = names.replace("{y}", wanted.cell_name(row, column))
        share = float(upstream.values[row, 0])
        return Spelling(
            result.cell_name(row, column),
            f"{upstream.cell_name(row, 0)}·({names})",
            float(result.values[row, column]),
            (Lit(0, row, 0), Lit(1, row, column)),
            pattern="{}·(" + pattern + ")",
            numbers=(share, *numbers),
        )

    return spell


def _sigmoid_back(recorder: Recorder, key: str) -> None:
    upstream = recorder.upstream("p", None)
    p, layer = recorder.graph["p"], len(recorder.situation.architecture.layers) - 1
    name = derivative(LOSS, recorder.names[key])
    slope = Name("p·(1 − p)", r"p \odot (1 - p)")
    values = p * (1 - p)
    recorder.gradient(
        key,
        "Sigmoid, backwards",
        Product.HADAMARD,
        layer,
        Formula(
            rf"{name.latex} = {upstream.latex} \odot {slope.latex}",
            f"{name.text} = {upstream.symbol} ⊙ {slope.text}",
        ),
        (upstream, recorder.local(slope, values)),
        upstream.values * values,
        products.hadamard,
        kept=(recorder.matrix("p", Role.KEPT),),
    )
