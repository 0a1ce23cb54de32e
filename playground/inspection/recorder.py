"""Writes down operations as they are carried out: values forwards, gradients backwards."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from playground.engine.network import LayerShape, Parameters
from playground.inspection import products
from playground.inspection.graph import Graph
from playground.inspection.names import LOSS, Name, derivative, noisy
from playground.inspection.operation import (
    Axis,
    Formula,
    Matrix,
    Operation,
    Phase,
    Product,
    Role,
    Shade,
)
from playground.inspection.places import Place
from playground.inspection.situation import Situation
from playground.inspection.slips import Slip

Floats = NDArray[np.float64]
Sides = Callable[..., tuple[Floats, ...]]


class Recorder:
    """What is written down of one step.

    Parameters
    ----------
    situation
        The step.
    fused
        Whether a loss goes straight to the logits (p - y), or one operation at a time.
    slip
        A mistake to make on purpose, to recognise it in somebody's answer.
    slipped_weights
        Weights to use backwards for :attr:`Slip.UPDATED_WEIGHTS`, by key.
    slip_layer
        The only layer in which to make it; ``None``: wherever it can be made.

    Attributes
    ----------
    graph
        The values of the forward pass.
    operations
        In order.
    outputs
        Keys of the inputs and of what each layer says.
    indices
        The place of every parameter in the flat vector, in the layout of the parameters.
    """

    def __init__(
        self,
        situation: Situation,
        fused: bool,
        slip: Slip | None = None,
        slipped_weights: dict[str, Floats] | None = None,
        slip_layer: int | None = None,
    ) -> None:
        self.situation = situation
        self.fused = fused
        self.slip = slip
        self._slip_layer = slip_layer
        self._slipped_weights = slipped_weights or {}
        self.graph = Graph()
        self.operations: list[Operation] = []
        self.names: dict[str, Name] = {}
        self._axes: dict[str, tuple[Axis, Axis]] = {}
        self.places: dict[str, Place] = {}
        self._clean: dict[str, Matrix] = {}
        self._uses: Counter[str] = Counter()
        self._arrivals: dict[str, list[Matrix]] = {}
        self._pulls: list[Callable[[], None]] = []
        self.outputs = ["x"]
        self.gradients: dict[str, Matrix] = {}
        count = len(situation.parameters.vector)
        self.indices = Parameters(situation.architecture.layers, np.arange(count))

    def give(
        self, key: str, name: Name, values: Floats, rows: Axis, columns: Axis = Axis.UNIT
    ) -> None:
        """Take a value that is there before the step, such as the targets."""
        self.graph.given(key, np.asarray(values, np.float64))
        self.names[key] = name
        self._axes[key] = (rows, columns)

    def parameter(
        self,
        key: str,
        name: Name,
        words: str,
        layer: int,
        indices: NDArray[Any],
        rows: Axis = Axis.ONE,
        *,
        is_penalised: bool = False,
    ) -> None:
        """Take a parameter: what training changes.

        Parameters
        ----------
        indices : (r, c) or (c,)
            The place of each cell in the flat vector of all parameters.
        """
        indices = np.atleast_2d(indices)
        self.places[key] = Place(layer, words, indices, is_penalised)
        noise = self.situation.weight_noise
        values = self.situation.parameters.vector[indices]
        self._clean[key] = Matrix(
            name.text, name.latex, values, Role.PARAMETER, Shade.VALUE, rows, Axis.UNIT
        )
        if noise is not None and noise[indices].any():
            self.give(key, noisy(name), values + noise[indices], rows)
        else:
            self.give(key, name, values, rows)

    def clean(self, key: str) -> Matrix:
        """Return a parameter as it is without noise: what penalties and updates work on."""
        return self._clean[key]

    def needs_gradient(self, key: str) -> bool:
        """Return whether anybody asks for the gradient of a value: not of what went in."""
        return key != self.outputs[0]

    def matrix(self, key: str, role: Role | None = None, *, is_transposed: bool = False) -> Matrix:
        """Return a value of the forward pass as an operand."""
        if role is None:
            role = Role.PARAMETER if key in self.places else Role.INPUT
        name, (rows, columns) = self.names[key], self._axes[key]
        values = self.graph[key]
        if is_transposed and key in self._slipped_weights:
            if self.slips(Slip.UPDATED_WEIGHTS, self.places[key].layer):
                values = self._slipped_weights[key]
        if is_transposed:
            values, rows, columns = values.T, columns, rows
        made = "" if key in self.places else key
        return Matrix(
            name.text,
            name.latex,
            values,
            role,
            Shade.VALUE,
            rows,
            columns,
            is_transposed,
            key=made,
        )

    def compute(
        self,
        key: str,
        name: Name,
        title: str,
        product: Product,
        layer: int | None,
        formula: Formula,
        arguments: tuple[str, ...],
        function: Callable[..., Any],
        spell: Callable[..., products.Spell],
        *,
        shown: tuple[str, ...] | None = None,
        phase: Phase = Phase.FORWARD,
        rows: Axis = Axis.SAMPLE,
        columns: Axis = Axis.UNIT,
        sides: Sides | None = None,
        note: str = "",
        is_counted: bool = True,
    ) -> Floats:
        """Work out a value of the forward pass and write down how.

        Parameters
        ----------
        arguments
            Keys of what it is worked out from.
        shown
            Keys of the operands, where others than the arguments tell more.
        spell
            Makes the calculation of a cell from the result and the operands.
        is_counted
            Whether a gradient of its own comes back on this way, to be added to others.
        """
        values = self.graph.add(key, arguments, function, sides)
        self.names[key] = name
        self._axes[key] = (rows, columns)
        if is_counted:
            self._uses.update(arguments)
        result = self.matrix(key, Role.RESULT)
        operands = tuple(self.matrix(argument) for argument in shown or arguments)
        self._append(
            key, title, name.text, phase, product, layer, formula, operands, result,
            spell(result, *operands), note=note,
        )  # fmt: skip
        return values

    def on_the_way_back(self, pull: Callable[[], None]) -> None:
        """Remember what to do in the backward pass, last first."""
        self._pulls.append(pull)

    def run_back(self) -> None:
        """Run everything remembered, last first."""
        while self._pulls:
            self._pulls.pop()()

    def upstream(self, key: str, layer: int | None) -> Matrix:
        """Return the gradient that arrives at a value; where several do, their sum."""
        arrivals = self._arrivals[key]
        if len(arrivals) > 1:
            name = derivative(LOSS, self.names[key])
            rows, columns = self._axes[key]
            values = np.sum([matrix.values for matrix in arrivals], axis=0)
            parts = [matrix.symbol for matrix in arrivals]
            formula = Formula(
                f"{name.latex} = {' + '.join(matrix.latex for matrix in arrivals)}",
                f"{name.text} = {' + '.join(parts)}",
            )
            words = "; the gradients that come back along each way are added."
            summed = self.gradient(
                key,
                f"Gradients meet at {self.names[key].text}",
                Product.SUM,
                layer,
                formula,
                tuple(arrivals),
                values,
                products.total,
                rows=rows,
                columns=columns,
                note=f"{self.names[key].text} is used {len(arrivals)} times{words}",
                is_final=True,
            )
            self._arrivals[key] = [summed]
        return self._arrivals[key][0]

    def gradient(
        self,
        of: str,
        title: str,
        product: Product,
        layer: int | None,
        formula: Formula | Callable[[Name], Formula],
        operands: tuple[Matrix, ...],
        values: Floats,
        spell: Callable[..., products.Spell],
        *,
        rows: Axis | None = None,
        columns: Axis | None = None,
        kept: tuple[Matrix, ...] = (),
        note: str = "",
        is_final: bool = False,
        by: int | None = None,
    ) -> Matrix:
        """Write down the gradient of the loss by a value; return it as upstream for what follows.

        Parameters
        ----------
        of
            Key of the value. If it is used several times, this is one of several gradients, which
            :meth:`upstream` adds up.
        formula
            Made from the name of the gradient, where that may have to tell several apart.
        by
            Index of the layer from which it comes, to tell several apart.
        is_final
            Whether it is the sum already.
        """
        is_partial = self._uses[of] > 1 and not is_final
        name, key = derivative(LOSS, self.names[of]), f"∂L/∂{of}"
        if is_partial:
            number = "" if by is None else str(by + 1)
            name = name.with_mark(f"|{number}", rf"_{{({number})}}")
            key = f"{key}|{number}"
        made = formula(name) if callable(formula) else formula
        own_rows, own_columns = self._axes[of]
        result = Matrix(
            name.text,
            name.latex,
            np.asarray(values, np.float64),
            Role.DOWNSTREAM,
            Shade.GRADIENT,
            rows or own_rows,
            columns or own_columns,
            key=key,
        )
        self._append(
            key, title, name.text, Phase.BACKWARD, product, layer, made, operands, result,
            spell(result, *operands), kept=kept, note=note, numerator="L",
            denominator="" if is_partial else of,
        )  # fmt: skip
        upstream = Matrix(
            name.text, name.latex, result.values, Role.UPSTREAM, Shade.GRADIENT,
            result.rows, result.columns, key=key,
        )  # fmt: skip
        if not is_final:
            self._arrivals.setdefault(of, []).append(upstream)
        if not is_partial:
            self.gradients[of] = upstream
        return upstream

    def local(self, name: Name, values: Floats, stack: Floats | None = None) -> Matrix:
        """Return a local derivative as an operand."""
        return Matrix(name.text, name.latex, values, Role.LOCAL, Shade.VALUE, stack=stack)

    def forget_use(self, key: str) -> None:
        """Count a use less: of a value that is shown but that nothing depends on."""
        self._uses[key] -= 1

    def where(self, layer: int) -> str:
        """Return a layer as a sentence names it: ``layer 1``, ``the output layer``."""
        names = self.situation.layer_names
        return names[layer] if layer < len(names) - 1 else "the output layer"

    def shape(self, layer: int) -> LayerShape:
        """Return a layer with its sizes."""
        return self.situation.architecture.layers[layer]

    def is_last(self, layer: int) -> bool:
        """Return whether it is the output layer."""
        return layer == len(self.situation.architecture.layers) - 1

    @property
    def fuses(self) -> bool:
        """Whether the loss applies softmax or sigmoid to the logits by itself."""
        head = self.situation.architecture.head
        return bool(head.loss.fuses(head.output_count))

    def axes(self, key: str) -> tuple[Axis, Axis]:
        """Return what rows and columns of a value are."""
        return self._axes[key]

    def alias(self, key: str, of: str) -> None:
        """Give a value of the forward pass a second key."""
        self.graph.add(key, (of,), lambda value: value)
        self.names[key], self._axes[key] = self.names[of], self._axes[of]

    def slips(self, slip: Slip, layer: int | None = None) -> bool:
        """Return whether that mistake is to be made, in that layer."""
        return self.slip is slip and (layer is None or self._slip_layer in (None, layer))

    def append(self, operation: Operation) -> None:
        """Write down an operation that was made elsewhere."""
        self.operations.append(operation)

    def _append(
        self,
        key: str,
        title: str,
        symbol: str,
        phase: Phase,
        product: Product,
        layer: int | None,
        formula: Formula,
        operands: tuple[Matrix, ...],
        result: Matrix,
        spell: products.Spell,
        **more: Any,
    ) -> None:
        names = self.situation.layer_names
        self.operations.append(
            Operation(
                key=key,
                name=title,
                symbol=symbol,
                phase=phase,
                product=product,
                layer=layer,
                layer_name="" if layer is None else names[layer],
                formula=formula,
                operands=operands,
                result=result,
                spell=spell,
                **more,
            )
        )
