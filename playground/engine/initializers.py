"""Initial weights: each distribution with its source in one class.

To add one, write a class and add it to :data:`AnyInitializer`. Randomness is passed in.
"""

from __future__ import annotations

import math
from typing import Annotated, ClassVar

import numpy as np
from numpy.typing import NDArray

from playground.schema.parameter import Option, real

Floats = NDArray[np.float64]


class Initializer(Option, frozen=True):
    """A distribution from which the weights of a layer are drawn."""

    def sample(self, rng: np.random.Generator, inputs: int, outputs: int) -> Floats:
        """Return weights of shape (inputs, outputs), float64."""
        raise NotImplementedError


class Zeros(Initializer, frozen=True, tag="zeros"):
    """All weights 0: every unit of a layer stays the same for ever. Try it, to see why not."""

    title: ClassVar[str] = "Zeros"
    formula: ClassVar[str] = r"w = 0"

    def sample(self, rng: np.random.Generator, inputs: int, outputs: int) -> Floats:
        return np.zeros((inputs, outputs))


class Constant(Initializer, frozen=True, tag="constant"):
    """All weights the same value: the units of a layer never become different."""

    title: ClassVar[str] = "Constant"
    formula: ClassVar[str] = r"w = c"

    value: Annotated[
        float, real("Value", ge=-1e6, le=1e6, step=0.1, help="The value c of every weight.")
    ] = 0.1

    def sample(self, rng: np.random.Generator, inputs: int, outputs: int) -> Floats:
        return np.full((inputs, outputs), self.value)


class Normal(Initializer, frozen=True, tag="normal"):
    """Normally distributed around zero, with a standard deviation that you choose."""

    title: ClassVar[str] = "Normal"
    formula: ClassVar[str] = r"w \sim \mathcal{N}(0, \sigma^2)"

    deviation: Annotated[
        float,
        real("Deviation", ge=0, le=1e6, step=0.1, help="The standard deviation σ."),
    ] = 0.1

    def sample(self, rng: np.random.Generator, inputs: int, outputs: int) -> Floats:
        return self.deviation * rng.standard_normal((inputs, outputs))


class Uniform(Initializer, frozen=True, tag="uniform"):
    """Uniformly distributed between two equal bounds."""

    title: ClassVar[str] = "Uniform"
    formula: ClassVar[str] = r"w \sim \mathcal{U}(-r, r)"

    limit: Annotated[
        float, real("Limit", ge=0, le=1e6, step=0.1, help="Half the width r of the interval.")
    ] = 0.5

    def sample(self, rng: np.random.Generator, inputs: int, outputs: int) -> Floats:
        return rng.uniform(-self.limit, self.limit, (inputs, outputs))


class XavierUniform(Initializer, frozen=True, tag="xavier_uniform"):
    """Keeps the variance of values and gradients steady through tanh and sigmoid layers.

    Glorot & Bengio (2010), equation 16.
    """

    title: ClassVar[str] = "Xavier uniform"
    formula: ClassVar[str] = r"w \sim \mathcal{U}\left(\pm\sqrt{\frac{6}{n_{in} + n_{out}}}\right)"

    def sample(self, rng: np.random.Generator, inputs: int, outputs: int) -> Floats:
        limit = math.sqrt(6 / (inputs + outputs))
        return rng.uniform(-limit, limit, (inputs, outputs))


class XavierNormal(Initializer, frozen=True, tag="xavier_normal"):
    """Xavier's variance with a normal distribution, for tanh and sigmoid layers.

    Glorot & Bengio (2010), equation 12.
    """

    title: ClassVar[str] = "Xavier normal"
    formula: ClassVar[str] = r"w \sim \mathcal{N}\left(0, \frac{2}{n_{in} + n_{out}}\right)"

    def sample(self, rng: np.random.Generator, inputs: int, outputs: int) -> Floats:
        return math.sqrt(2 / (inputs + outputs)) * rng.standard_normal((inputs, outputs))


class HeUniform(Initializer, frozen=True, tag="he_uniform"):
    """Keeps the variance steady through ReLU layers, which silence half of it.

    He et al. (2015), https://arxiv.org/abs/1502.01852, as a uniform distribution.
    """

    title: ClassVar[str] = "He uniform"
    formula: ClassVar[str] = r"w \sim \mathcal{U}\left(\pm\sqrt{\frac{6}{n_{in}}}\right)"

    def sample(self, rng: np.random.Generator, inputs: int, outputs: int) -> Floats:
        limit = math.sqrt(6 / inputs)
        return rng.uniform(-limit, limit, (inputs, outputs))


class HeNormal(Initializer, frozen=True, tag="he_normal"):
    """Keeps the variance steady through ReLU layers, which silence half of it.

    He et al. (2015), https://arxiv.org/abs/1502.01852, equation 10.
    """

    title: ClassVar[str] = "He normal"
    formula: ClassVar[str] = r"w \sim \mathcal{N}\left(0, \frac{2}{n_{in}}\right)"

    def sample(self, rng: np.random.Generator, inputs: int, outputs: int) -> Floats:
        return math.sqrt(2 / inputs) * rng.standard_normal((inputs, outputs))


class LeCun(Initializer, frozen=True, tag="lecun_normal"):
    """Keeps the variance of the values steady from layer to layer.

    LeCun, Bottou, Orr & Müller (1998), "Efficient BackProp", section 4.6.
    """

    title: ClassVar[str] = "LeCun"
    formula: ClassVar[str] = r"w \sim \mathcal{N}\left(0, \frac{1}{n_{in}}\right)"

    def sample(self, rng: np.random.Generator, inputs: int, outputs: int) -> Floats:
        return math.sqrt(1 / inputs) * rng.standard_normal((inputs, outputs))


AnyInitializer = (
    XavierUniform
    | XavierNormal
    | HeUniform
    | HeNormal
    | LeCun
    | Uniform
    | Normal
    | Constant
    | Zeros
)
"""Every initializer, in menu order."""
