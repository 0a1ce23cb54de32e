"""Mistakes that are often made by hand, to be made on purpose and recognised in an answer."""

from __future__ import annotations

from enum import Enum


class Slip(Enum):
    """A mistake that is often made by hand. The value says what went wrong."""

    SIGN = "the sign is turned round"
    NO_DERIVATIVE = "the factor f′ of the activation is missing"
    DERIVATIVE_OF_OUTPUT = "f′ is taken at a instead of z"
    NO_MEAN = "the factor 1/n of the mean is missing"
    DOUBLED = "twice too large: a factor ½ is missing"
    HALVED = "half as large as it should be: a factor 2 is missing"
    TRANSPOSED = "a matrix is transposed that should not be, or the other way round"
    UPDATED_WEIGHTS = "the weights after the update were used; all gradients need those before it"
    NO_REGULARIZATION = "the gradient of the regularization is missing"
