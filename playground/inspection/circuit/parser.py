"""Read a scalar expression into a circuit. Nothing is evaluated but the gates themselves.

The text is checked character by character and by length before Python's own parser sees it; of
the syntax tree that comes back, only what is named here is accepted.
"""

from __future__ import annotations

import ast
import math
from collections import Counter
from dataclasses import dataclass

from playground.inspection.circuit import arithmetic, powers
from playground.inspection.circuit.gate import Gate, Undefined, constant_text
from playground.inspection.circuit.gates import BINARY, FUNCTIONS
from playground.inspection.circuit.graph import Circuit, Node
from playground.inspection.circuit.leaves import Copy, Number, Variable
from playground.inspection.circuit.source import (
    MAXIMUM_CHARACTERS,
    MAXIMUM_NAME,
    ExpressionError,
    Source,
    can_be_variable,
    quoted,
    read_source,
    tree_of,
)

__all__ = ["MAXIMUM_CHARACTERS", "ExpressionError", "parse"]

MAXIMUM_DEPTH = 60
MAXIMUM_GATES = 120
MAXIMUM_VARIABLES = 24

_OPERATORS = dict(zip((ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow), BINARY, strict=True))
_CONSTANTS = {"pi": math.pi, "π": math.pi}
_REJECTED = {
    ast.Attribute: "a dot between names has no meaning; use plain names such as x",
    ast.Compare: "comparisons have no slope; use max, min or relu",
    ast.IfExp: "there are no conditions; use max, min or relu",
    ast.BoolOp: "there is no and, or; use max, min or relu",
    ast.Tuple: "a comma stands only between the values of max and min",
    ast.FloorDiv: "// has no slope; write / for division",
}


@dataclass(slots=True)
class _Expression:
    """A gate with what goes into it, before copies are made."""

    gate: Gate
    parts: tuple[_Expression, ...] = ()
    span: tuple[int, int] = (0, 0)

    @property
    def number(self) -> float | None:
        return self.gate.number if isinstance(self.gate, Number) else None


def parse(text: str) -> Circuit:
    """Return the circuit of an expression.

    Parameters
    ----------
    text
        Such as ``f = (x + y) * z``; what stands before ``=`` is the name of the result, ``f``
        where there is none. ``^`` and ``**`` are powers; × · ÷ − ² are understood.

    Raises
    ------
    ExpressionError
        If it is anything else than numbers, variables, + − × ÷, powers and the functions
        in :data:`~playground.inspection.circuit.gates.FUNCTIONS`, or too long or too deep.
    """
    source, result = read_source(text)
    tree = tree_of(source)
    reader = _Reader(source)
    expression = reader.read(tree, 0)
    circuit = _circuit(text, result, expression)
    if result in circuit.variables:
        raise ExpressionError(
            0, f"{result} cannot be part of itself", "give the result another name, such as L"
        )
    return circuit


class _Reader:
    """Turns a syntax tree into gates; numbers among numbers are worked out at once."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._gates = 0

    def read(self, tree: ast.expr, depth: int) -> _Expression:
        """Return the expression of a subtree."""
        span = self._source.span(tree)
        self._gates += 1
        if depth > MAXIMUM_DEPTH or self._gates > MAXIMUM_GATES:
            raise ExpressionError(
                span[0],
                f"the expression needs more than {MAXIMUM_GATES} gates or {MAXIMUM_DEPTH} levels",
                "split it into smaller ones",
            )
        match tree:
            case ast.Constant(value=value):
                return self._number(value, span)
            case ast.Name(id=name):
                return self._name(name, span)
            case ast.UnaryOp(op=ast.UAdd(), operand=operand):
                return self.read(operand, depth + 1)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                part = self.read(operand, depth + 1)
                return self._joined(arithmetic.Negate(), (part,), span)
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
                parts = (self.read(left, depth + 1), self.read(right, depth + 1))
                return self._binary(_OPERATORS[type(op)], parts, span)
            case ast.Call():
                return self._call(tree, depth, span)
        raise self._rejected(tree, span)

    def _number(self, value: object, span: tuple[int, int]) -> _Expression:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ExpressionError(
                span[0], "this is not a real number", "use numbers such as 2 and 0.5"
            )
        try:
            number = float(value)
        except OverflowError:
            number = math.inf
        return _Expression(Number(self._finite(number, span)), span=span)

    def _name(self, name: str, span: tuple[int, int]) -> _Expression:
        if name in _CONSTANTS:
            return _Expression(Number(_CONSTANTS[name]), span=span)
        if name in FUNCTIONS:
            raise ExpressionError(
                span[0], f"{name} is a function", f"write {name}(…) with its value in brackets"
            )
        if not can_be_variable(name):
            raise ExpressionError(
                span[0],
                f"{quoted(name)} cannot be the name of a variable",
                "choose another, such as x",
            )
        if len(name) > MAXIMUM_NAME:
            raise ExpressionError(
                span[0],
                f"the name {quoted(name)} has {len(name)} characters",
                f"use at most {MAXIMUM_NAME}",
            )
        return _Expression(Variable(name), span=span)

    def _call(self, tree: ast.Call, depth: int, span: tuple[int, int]) -> _Expression:
        name = tree.func.id if isinstance(tree.func, ast.Name) else ""
        if not name:
            start = self._source.span(tree.func)[0]
            raise ExpressionError(
                start, "there is no sign before the bracket", "write * for a product"
            )
        if name not in FUNCTIONS:
            known = ", ".join(FUNCTIONS)
            raise ExpressionError(
                span[0],
                f"{quoted(name)} is not a function here",
                f"there are {known}; write {name[:MAXIMUM_NAME]} * (…) for a product",
            )
        if tree.keywords or any(isinstance(part, ast.Starred) for part in tree.args):
            raise ExpressionError(span[0], f"{name} takes plain values only", f"write {name}(x)")
        kind = FUNCTIONS[name]
        parts = tuple(self.read(part, depth + 1) for part in tree.args)
        if kind.arity == 1 and len(parts) != 1:
            raise ExpressionError(
                span[0], f"{name} takes one value, not {len(parts)}", f"write {name}(x)"
            )
        if kind.arity == 2 and len(parts) < 2:
            raise ExpressionError(
                span[0], f"{name} takes two values or more", f"write {name}(a, b)"
            )
        if kind.arity == 1:
            return self._joined(kind(), parts, span)
        total = parts[0]
        for part in parts[1:]:
            total = self._joined(kind(), (total, part), span)
        return total

    def _binary(
        self, kind: type[Gate], parts: tuple[_Expression, _Expression], span: tuple[int, int]
    ) -> _Expression:
        """Put a number that stands beside a value into the gate."""
        left, right = (part.number for part in parts)
        if (left is None) == (right is None):
            return self._joined(kind(), parts, span)
        gate: Gate
        if right is not None:
            with_right: dict[type[Gate], Gate] = {
                arithmetic.Add: arithmetic.AddNumber(right),
                arithmetic.Subtract: arithmetic.AddNumber(-right),
                arithmetic.Multiply: arithmetic.Scale(right),
                arithmetic.Divide: arithmetic.DivideByNumber(right),
                powers.Power: powers.PowerNumber(right),
            }
            gate, part = with_right[kind], parts[0]
        else:
            assert left is not None  # one of the two is
            with_left: dict[type[Gate], Gate] = {
                arithmetic.Add: arithmetic.AddNumber(left),
                arithmetic.Subtract: arithmetic.NumberMinus(left),
                arithmetic.Multiply: arithmetic.Scale(left),
                arithmetic.Divide: arithmetic.NumberOver(left),
                powers.Power: powers.ExponentialTo(left),
            }
            gate, part = with_left[kind], parts[1]
        return self._joined(gate, (part,), span)

    def _joined(
        self, gate: Gate, parts: tuple[_Expression, ...], span: tuple[int, int]
    ) -> _Expression:
        """Return the gate with its inputs; or, of numbers alone, the number that they make."""
        numbers = [part.number for part in parts]
        known = [number for number in numbers if number is not None]
        if len(known) < len(numbers):
            return _Expression(gate, parts, span)
        try:
            number = gate.value(*known)
        except Undefined as error:
            problem, _, remedy = str(error).partition("; ")
            raise ExpressionError(span[0], problem, remedy) from error
        except OverflowError:
            number = math.inf
        return _Expression(Number(self._finite(number, span)), span=span)

    def _finite(self, number: float, span: tuple[int, int]) -> float:
        if not math.isfinite(number):
            raise ExpressionError(
                span[0],
                f"{quoted(self._source.typed[slice(*span)])} is larger than any number here "
                "(1.8e308)",
                "use smaller numbers",
            )
        return number

    def _rejected(self, tree: ast.expr, span: tuple[int, int]) -> ExpressionError:
        kind = type(tree.op) if isinstance(tree, ast.BinOp) else type(tree)
        reason = _REJECTED.get(kind, "use numbers, names, + − * / ^ and functions")
        piece = quoted(self._source.typed[slice(*span)])
        return ExpressionError(span[0], f"{piece} is not a part of formulas here", reason)


def _circuit(text: str, result: str, expression: _Expression) -> Circuit:
    """Number the gates, inputs and their copies first."""
    uses: Counter[str] = Counter()
    spans: dict[str, tuple[int, int]] = {}
    _count(expression, uses, spans)
    if len(uses) > MAXIMUM_VARIABLES:
        last = list(uses)[MAXIMUM_VARIABLES]
        raise ExpressionError(
            spans[last][0],
            f"there are {len(uses)} variables",
            f"use at most {MAXIMUM_VARIABLES}",
        )
    nodes: list[Node] = []
    places: dict[str, int] = {}

    def add(gate: Gate, name: str, sources: tuple[int, ...], span: tuple[int, int]) -> int:
        nodes.append(Node(len(nodes), gate, name, sources, span))
        return len(nodes) - 1

    for name in uses:
        places[name] = add(Variable(name), name, (), spans[name])
    for name, count in uses.items():
        if count > 1:
            places[name] = add(Copy(), name, (places[name],), (0, 0))
    count = 0

    def place(part: _Expression) -> int:
        nonlocal count
        if isinstance(part.gate, Variable):
            return places[part.gate.name]
        sources = tuple(place(one) for one in part.parts)
        if part is expression:
            name = result
        elif isinstance(part.gate, Number):
            name = constant_text(part.gate.number)
        else:
            count += 1
            name = "q" + "".join("₀₁₂₃₄₅₆₇₈₉"[int(digit)] for digit in str(count))
        return add(part.gate, name, sources, part.span)

    place(expression)
    return Circuit(text, result, tuple(nodes))


def _count(part: _Expression, uses: Counter[str], spans: dict[str, tuple[int, int]]) -> None:
    if isinstance(part.gate, Variable):
        uses[part.gate.name] += 1
        spans.setdefault(part.gate.name, part.span)
    for one in part.parts:
        _count(one, uses, spans)
