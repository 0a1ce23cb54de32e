"""Every gate there is: the registry that the parser, the print and the tests read."""

from __future__ import annotations

from playground.inspection.circuit import arithmetic, functions, leaves, powers
from playground.inspection.circuit.gate import Gate

__all__ = ["BINARY", "FUNCTIONS", "GATES"]

BINARY: tuple[type[Gate], ...] = (
    arithmetic.Add,
    arithmetic.Subtract,
    arithmetic.Multiply,
    arithmetic.Divide,
    powers.Power,
)
"""Gates between two values, in the order of + − × ÷ and power."""

FUNCTIONS: dict[str, type[Gate]] = {
    "exp": functions.Exp,
    "log": functions.Log,
    "ln": functions.Log,
    "sqrt": functions.Sqrt,
    "sin": functions.Sin,
    "cos": functions.Cos,
    "tanh": functions.Tanh,
    "sigmoid": functions.Sigmoid,
    "σ": functions.Sigmoid,
    "relu": functions.Relu,
    "abs": functions.Abs,
    "max": functions.Max,
    "min": functions.Min,
}
"""Gates that are written as functions, by what one types."""

GATES: tuple[type[Gate], ...] = (
    leaves.Variable,
    leaves.Number,
    leaves.Copy,
    *BINARY,
    arithmetic.AddNumber,
    arithmetic.NumberMinus,
    arithmetic.Negate,
    arithmetic.Scale,
    arithmetic.DivideByNumber,
    arithmetic.NumberOver,
    powers.PowerNumber,
    powers.ExponentialTo,
    *dict.fromkeys(FUNCTIONS.values()),
)
"""Every gate, inputs first."""
