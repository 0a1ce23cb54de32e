"""The complementary error function: NumPy has none, and the normal distribution needs it.

For x ≥ 0, erfc(x) = e^(-x²) N(x) / D(x), one quotient of polynomials of degree 8 and 9: the form
of Cody (1969), "Rational Chebyshev approximations for the error function", with coefficients
computed in 50 digits so that one quotient serves every x. It agrees with e^(x²) erfc(x) to 2e-17
relative for 0 ≤ x ≤ 6.5, beyond which erfc is below 1e-19. All coefficients are positive, so that
nothing cancels.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from playground.engine.operations import Array, Operation, call, constant

Reals = NDArray[Any]

NUMERATOR = (
    0.000134278180440352794,
    0.00244772603281508234,
    0.0213152694152347764,
    0.11476168544787987,
    0.416236987291404312,
    1.04193458418953692,
    1.76784960216592863,
    1.88356359477213035,
    1.0,
)
DENOMINATOR = (
    0.000238001874853841669,
    0.00433848162969065081,
    0.0378993264526144098,
    0.205579142339955511,
    0.756530526465041314,
    1.94633194531771834,
    3.48359472582481342,
    4.1664630671412782,
    3.01194276186764768,
    1.0,
)
"""Coefficients, highest power first."""

FAR = 30.0
"""Beyond this erfc is 0 in any precision; clipping there keeps the powers finite."""


def erfc(x: Reals) -> Reals:
    """Return 1 - erf(x), same shape: the chance that |N(0, ½)| exceeds x, for x ≥ 0.

    The absolute error is below 5e-16; above 0 the relative one is below 1e-14 up to x = 6.
    """
    size = np.minimum(np.abs(x), FAR)
    upper = np.exp(-(size**2)) * _polynomial(NUMERATOR, size) / _polynomial(DENOMINATOR, size)
    return np.asarray(np.where(x < 0, 2 - upper, upper))


def record_erfc(x: Array, out: Array) -> list[Operation]:
    """Return operations that write erfc(x) to ``out`` for 0 ≤ x ≤ ``FAR``. x stays as it is."""
    quotient = np.empty_like(x)
    return [
        *_record_polynomial(NUMERATOR, x, quotient),
        *_record_polynomial(DENOMINATOR, x, out),
        call(np.divide, quotient, out, quotient),
        call(np.multiply, x, x, out),
        call(np.negative, out, out),
        call(np.exp, out, out),
        call(np.multiply, out, quotient, out),
    ]


def _polynomial(coefficients: tuple[float, ...], x: Reals) -> Reals:
    total = np.full_like(x, coefficients[0])
    for coefficient in coefficients[1:]:
        total = total * x + coefficient
    return total


def _record_polynomial(coefficients: tuple[float, ...], x: Array, out: Array) -> list[Operation]:
    first, second, *rest = (constant(coefficient, x) for coefficient in coefficients)
    operations: list[Operation] = [call(np.multiply, x, first, out), call(np.add, out, second, out)]
    for coefficient in rest:
        operations += [call(np.multiply, out, x, out), call(np.add, out, coefficient, out)]
    return operations
