"""Input scaling: brings all inputs of a network to a like size before it sees them.

The scale is fitted on the training samples alone and then used for everything else, as it would
be for data that nobody has seen yet. To add a way, write a class and add it to
:data:`AnyScaling`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, TypeAlias

import numpy as np
from numpy.typing import NDArray

from playground.schema.parameter import Option

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class FittedScaling:
    """A scale that was fitted: x′ = (x - offset) / divisor, input by input.

    Attributes
    ----------
    offset, divisor : (d,) float64
        Finite; the divisor is positive.
    is_identity
        Whether it leaves every value as it is.
    """

    offset: Floats
    divisor: Floats
    is_identity: bool = False

    def scaled(self, inputs: Floats) -> Floats:
        """Return inputs (n, d) on the new scale; the same array, if nothing changes."""
        if self.is_identity:
            return inputs
        # In place: the inputs of MNIST are half a gigabyte.
        result = inputs - self.offset
        result /= self.divisor
        return result

    def unscaled(self, inputs: Floats) -> Floats:
        """Return scaled inputs (n, d) as they were: the inverse, x = x′ · divisor + offset."""
        return inputs if self.is_identity else inputs * self.divisor + self.offset


class Scaling(Option, frozen=True):
    """A way to scale the inputs."""

    def fitted(self, inputs: Floats) -> FittedScaling:
        """Return the scale that fits.

        Parameters
        ----------
        inputs : (n, d) float64
            The training samples, n at least 1.

        Returns
        -------
        FittedScaling
            Finite for any finite inputs: an input that is the same in all samples is only shifted.
        """
        raise NotImplementedError


class NoScaling(Scaling, frozen=True, tag="none"):
    """Inputs stay as they are."""

    title: ClassVar[str] = "None"

    def fitted(self, inputs: Floats) -> FittedScaling:
        """Return a scale that changes nothing."""
        width = inputs.shape[1]
        return FittedScaling(np.zeros(width), np.ones(width), is_identity=True)


class Standardise(Scaling, frozen=True, tag="standardise"):
    """Each input gets mean 0 and standard deviation 1 over the training samples.

    σ is that of the samples themselves (divided by n, not n - 1). An input that is constant over
    them becomes 0 there, and is elsewhere only shifted.
    LeCun, Bottou, Orr & Müller (1998), "Efficient BackProp", section 4.3.
    """

    title: ClassVar[str] = "Standardise"
    formula: ClassVar[str] = r"x' = \frac{x - \mu}{\sigma}"

    def fitted(self, inputs: Floats) -> FittedScaling:
        """Measure mean and standard deviation."""
        low, high = inputs.min(0), inputs.max(0)
        # The rounded mean of equal numbers may differ from them: then σ would be tiny, not 0.
        varies = high > low
        deviation = inputs.std(0)
        return FittedScaling(
            np.where(varies, inputs.mean(0), low),
            np.where(varies & (deviation > 0), deviation, 1.0),
        )


class MinMax(Scaling, frozen=True, tag="min_max"):
    """Each input ranges from 0 to 1 over the training samples.

    Other samples may lie a little outside. An input that is constant over the training samples
    becomes 0 there, and is elsewhere only shifted.
    """

    title: ClassVar[str] = "Min–max"
    formula: ClassVar[str] = r"x' = \frac{x - \min}{\max - \min}"

    def fitted(self, inputs: Floats) -> FittedScaling:
        """Look for the smallest and the largest value."""
        low, high = inputs.min(0), inputs.max(0)
        return FittedScaling(low, np.where(high > low, high - low, 1.0))


AnyScaling: TypeAlias = NoScaling | Standardise | MinMax
"""Every way to scale, in the order of the menu."""
