"""Initial weights: each distribution with its source in one class.

To add one, write a class and add it to :data:`AnyInitializer`. Randomness is passed in.
"""

from __future__ import annotations

import math
from typing import Annotated, ClassVar

import msgspec
import numpy as np
from numpy.typing import NDArray

from playground.schema.parameter import Option, real, shown

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


class TruncatedNormal(Initializer, frozen=True, tag="truncated_normal"):
    """Normally distributed, but drawn again where a weight is beyond two deviations.

    No unit starts with an extreme weight. σ is the deviation before the tails are cut off, as in
    Keras; that of the weights is 0.88 σ. PyTorch's ``trunc_normal_`` is the same with ``a=-2*std``
    and ``b=2*std``; its own bounds are not relative to ``std``.
    """

    title: ClassVar[str] = "Truncated normal"
    formula: ClassVar[str] = r"w \sim \mathcal{N}(0, \sigma^2),\quad |w| \le 2 \sigma"

    deviation: Annotated[
        float,
        real("Deviation", ge=0, le=1e6, step=0.1, help="The σ before the tails are cut off."),
    ] = 0.1

    def sample(self, rng: np.random.Generator, inputs: int, outputs: int) -> Floats:
        weights = rng.standard_normal((inputs, outputs))
        while (beyond := np.abs(weights) > 2).any():
            weights[beyond] = rng.standard_normal(np.count_nonzero(beyond))
        return self.deviation * weights


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

    title: ClassVar[str] = "LeCun normal"
    formula: ClassVar[str] = r"w \sim \mathcal{N}\left(0, \frac{1}{n_{in}}\right)"

    def sample(self, rng: np.random.Generator, inputs: int, outputs: int) -> Floats:
        return math.sqrt(1 / inputs) * rng.standard_normal((inputs, outputs))


class LeCunUniform(Initializer, frozen=True, tag="lecun_uniform"):
    """Keeps the variance of the values steady from layer to layer.

    LeCun, Bottou, Orr & Müller (1998), "Efficient BackProp", section 4.6, as a uniform
    distribution.
    """

    title: ClassVar[str] = "LeCun uniform"
    formula: ClassVar[str] = r"w \sim \mathcal{U}\left(\pm\sqrt{\frac{3}{n_{in}}}\right)"

    def sample(self, rng: np.random.Generator, inputs: int, outputs: int) -> Floats:
        limit = math.sqrt(3 / inputs)
        return rng.uniform(-limit, limit, (inputs, outputs))


class Orthogonal(Initializer, frozen=True, tag="orthogonal"):
    """Columns at right angles, all of the same length: signals are turned, not stretched.

    In a layer that is wider than its input it is the rows. Saxe, McClelland & Ganguli (2013),
    https://arxiv.org/abs/1312.6120. Drawn evenly from all such matrices: the Q of the QR
    decomposition of normal numbers, with signs fixed so that the diagonal of R is positive
    (Mezzadri 2006, https://arxiv.org/abs/math-ph/0609050).
    """

    title: ClassVar[str] = "Orthogonal"
    formula: ClassVar[str] = r"W = g\,Q,\quad Q^T Q = I"

    gain: Annotated[
        float,
        real(
            "Gain",
            gt=0,
            le=1e6,
            step=0.1,
            help="The factor g: 1 for linear layers, √2 for ReLU, about 5/3 for tanh.",
        ),
    ] = 1.0

    def sample(self, rng: np.random.Generator, inputs: int, outputs: int) -> Floats:
        tall = rng.standard_normal((max(inputs, outputs), min(inputs, outputs)))
        q, r = np.linalg.qr(tall)
        q *= np.copysign(self.gain, np.diagonal(r))
        return np.ascontiguousarray(q if inputs >= outputs else q.T)


class IdentityMatrix(Initializer, frozen=True, tag="identity"):
    """Every unit starts by handing on the input of its own number, and nothing else.

    Units beyond the number of inputs start with weights 0. Le, Jaitly & Hinton (2015),
    https://arxiv.org/abs/1504.00941, start recurrent networks of rectifiers so.
    """

    title: ClassVar[str] = "Identity"
    formula: ClassVar[str] = r"w_{ij} = [i = j]"

    def sample(self, rng: np.random.Generator, inputs: int, outputs: int) -> Floats:
        return np.eye(inputs, outputs)


class Given(Initializer, frozen=True, tag="given"):
    """The weights that you type, so that a network begins as it does on paper.

    They are read input by input: first all weights that lead away from the first input. If there
    are too few, they are repeated from the start; too many are left over.
    """

    title: ClassVar[str] = "Given"
    formula: ClassVar[str] = r"W = (w_{11}, w_{12}, \ldots)"

    values: Annotated[
        tuple[Annotated[float, msgspec.Meta(ge=-1e6, le=1e6)], ...],
        shown(
            "Weights",
            help="Numbers such as 0.15, 0.25: from the first input to each unit, then from the "
            "second, and so on.",
        ),
        msgspec.Meta(min_length=1, max_length=10_000),
    ] = (0.1,)

    def sample(self, rng: np.random.Generator, inputs: int, outputs: int) -> Floats:
        return np.resize(np.array(self.values, float), (inputs, outputs))


AnyInitializer = (
    XavierUniform
    | XavierNormal
    | HeUniform
    | HeNormal
    | LeCunUniform
    | LeCun
    | Orthogonal
    | Uniform
    | Normal
    | TruncatedNormal
    | IdentityMatrix
    | Constant
    | Given
    | Zeros
)
"""Every initializer, in menu order."""
