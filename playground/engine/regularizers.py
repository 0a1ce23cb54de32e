"""Regularization: a penalty λΩ(w) added to the cost, each with its gradient and fast form.

Biases are never penalised. To add one, write a class and add it to :data:`AnyRegularizer`.
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

import msgspec
import numpy as np
from numpy.typing import NDArray

from playground.engine.arithmetic import Line, Setting
from playground.engine.operations import Array, Operation, call
from playground.schema.parameter import Option, real

Reals = NDArray[Any]

_STRENGTHS = (0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)


def _strength(label: str, help: str) -> msgspec.Meta:
    """Annotate the factor of a penalty: from 0 on, in steps of factors, changed while training."""
    return real(label, ge=0, le=1e6, logarithmic=True, live=True, suggestions=_STRENGTHS, help=help)


class Regularizer(Option, frozen=True):
    """A penalty on the size of the weights."""

    kinked: ClassVar[bool] = False
    """Whether the penalty has no derivative where a weight is 0 (there 0 is used)."""
    rule: ClassVar[str] = ""
    """The penalty as plain text."""
    gradient_formula: ClassVar[str] = "0"
    """The derivative by one weight in LaTeX."""

    def penalty(self, weights: Reals) -> float:
        """Return λΩ of weights of any shape (without biases)."""
        raise NotImplementedError

    def gradient(self, weights: Reals) -> Reals:
        """Return the gradient of the penalty, same shape."""
        raise NotImplementedError

    def explain(self, weight: float) -> Line:
        """Return the arithmetic of :meth:`gradient` for one weight."""
        return Line("∂Ω/∂w", "0", {}, 0.0)

    def strengths(self) -> tuple[float, ...]:
        """Return the factors that may change while a tape runs, in the order of ``scales``."""
        return ()

    def record(
        self, parameters: Array, gradient: Array, scales: tuple[Array, ...], scratch: Array
    ) -> list[Operation]:
        """Return operations that add the penalty's gradient to ``gradient``.

        Parameters
        ----------
        parameters, gradient, scratch : (p,)
            Flat vectors over the whole network, biases included.
        scales : arrays (p,)
            One per strength: the strength where a weight stands, 0 where a bias stands.
        """
        raise NotImplementedError


class NoRegularization(Regularizer, frozen=True, tag="none"):
    """No penalty: the weights may grow as they like."""

    title: ClassVar[str] = "None"

    def penalty(self, weights: Reals) -> float:
        return 0.0

    def gradient(self, weights: Reals) -> Reals:
        return np.zeros_like(weights)

    def record(
        self, parameters: Array, gradient: Array, scales: tuple[Array, ...], scratch: Array
    ) -> list[Operation]:
        return []


class L1(Regularizer, frozen=True, tag="l1"):
    """Pulls every weight towards zero by the same amount: many end near zero (sparse)."""

    title: ClassVar[str] = "L1"
    kinked: ClassVar[bool] = True
    formula: ClassVar[str] = r"\lambda \sum |w|"
    rule: ClassVar[str] = "λ·Σ|w|"
    gradient_formula: ClassVar[str] = r"\lambda \operatorname{sign}(w)"

    strength: Annotated[
        float,
        _strength("Strength", "The factor λ of the penalty."),
    ] = 0.001

    def penalty(self, weights: Reals) -> float:
        return float(self.strength * np.abs(weights).sum())

    def gradient(self, weights: Reals) -> Reals:
        return np.asarray(self.strength * np.sign(weights))

    def explain(self, weight: float) -> Line:
        numbers: dict[str, float | Setting] = {"λ": Setting(self.strength), "w": weight}
        return Line("∂Ω/∂w", "{λ}·sign({w})", numbers, self.strength * float(np.sign(weight)))

    def strengths(self) -> tuple[float, ...]:
        return (self.strength,)

    def record(
        self, parameters: Array, gradient: Array, scales: tuple[Array, ...], scratch: Array
    ) -> list[Operation]:
        return [
            call(np.sign, parameters, scratch),
            call(np.multiply, scratch, scales[0], scratch),
            call(np.add, gradient, scratch, gradient),
        ]


class L2(Regularizer, frozen=True, tag="l2"):
    """Pulls every weight to 0 in proportion to its size: weight decay with SGD, but not with Adam.

    Adam and its kin scale the pull with the gradient; the weight decay of AdamW stands apart, see
    :class:`~playground.engine.optimizers.AdamW`. The penalty is λ/2 Σw², so that its gradient is
    λw, as in the ``weight_decay`` of PyTorch's optimizers other than AdamW.
    """

    title: ClassVar[str] = "L2"
    formula: ClassVar[str] = r"\frac{\lambda}{2} \sum w^2"
    rule: ClassVar[str] = "λ/2·Σw²"
    gradient_formula: ClassVar[str] = r"\lambda w"

    strength: Annotated[
        float,
        _strength(
            "Strength",
            "The factor λ of the penalty. Adam divides its pull by the usual size of the gradient; "
            "for a pull of its own choose AdamW and its weight decay.",
        ),
    ] = 0.001

    def penalty(self, weights: Reals) -> float:
        return float(0.5 * self.strength * np.square(weights).sum())

    def gradient(self, weights: Reals) -> Reals:
        return np.asarray(self.strength * weights)

    def explain(self, weight: float) -> Line:
        numbers: dict[str, float | Setting] = {"λ": Setting(self.strength), "w": weight}
        return Line("∂Ω/∂w", "{λ}·{w}", numbers, self.strength * weight)

    def strengths(self) -> tuple[float, ...]:
        return (self.strength,)

    def record(
        self, parameters: Array, gradient: Array, scales: tuple[Array, ...], scratch: Array
    ) -> list[Operation]:
        return [
            call(np.multiply, parameters, scales[0], scratch),
            call(np.add, gradient, scratch, gradient),
        ]


class ElasticNet(Regularizer, frozen=True, tag="elastic_net"):
    """L1 and L2 together: sparse, and no weight grows large.

    Zou & Hastie (2005), with a factor of its own for each part.
    """

    title: ClassVar[str] = "L1 + L2"
    kinked: ClassVar[bool] = True
    formula: ClassVar[str] = r"\lambda_1 \sum |w| + \frac{\lambda_2}{2} \sum w^2"
    rule: ClassVar[str] = "λ₁·Σ|w| + λ₂/2·Σw²"
    gradient_formula: ClassVar[str] = r"\lambda_1 \operatorname{sign}(w) + \lambda_2 w"

    l1: Annotated[
        float,
        _strength("L1 strength", "The factor λ₁ of the sum of sizes."),
    ] = 0.001
    l2: Annotated[
        float,
        _strength("L2 strength", "The factor λ₂ of half the sum of squares."),
    ] = 0.001

    def penalty(self, weights: Reals) -> float:
        return L1(self.l1).penalty(weights) + L2(self.l2).penalty(weights)

    def gradient(self, weights: Reals) -> Reals:
        return L1(self.l1).gradient(weights) + L2(self.l2).gradient(weights)

    def explain(self, weight: float) -> Line:
        numbers: dict[str, float | Setting] = {
            "λ₁": Setting(self.l1),
            "λ₂": Setting(self.l2),
            "w": weight,
        }
        value = self.l1 * float(np.sign(weight)) + self.l2 * weight
        return Line("∂Ω/∂w", "{λ₁}·sign({w}) + {λ₂}·{w}", numbers, value)

    def strengths(self) -> tuple[float, ...]:
        return (self.l1, self.l2)

    def record(
        self, parameters: Array, gradient: Array, scales: tuple[Array, ...], scratch: Array
    ) -> list[Operation]:
        first, second = scales
        return [
            *L1(self.l1).record(parameters, gradient, (first,), scratch),
            *L2(self.l2).record(parameters, gradient, (second,), scratch),
        ]


AnyRegularizer = NoRegularization | L1 | L2 | ElasticNet
"""Every regularizer, in menu order."""
