"""How values and gradients are called, in plain characters and typeset."""

from __future__ import annotations

from dataclasses import dataclass

_SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True, slots=True)
class Name:
    """A name as text and as LaTeX."""

    text: str
    latex: str

    def of_layer(self, layer: int) -> Name:
        """Return the name with the number of a layer, counted from 1, as superscript."""
        number = str(layer + 1)
        return Name(self.text + number.translate(_SUPERSCRIPTS), f"{self.latex}^{{{number}}}")

    def with_mark(self, mark: str, latex: str) -> Name:
        """Return the name with something behind it."""
        return Name(self.text + mark, self.latex + latex)


X = Name("x", "x")
Y = Name("y", "y")
NOISE = Name("ε", r"\epsilon")
PREDICTION = Name("ŷ", r"\hat{y}")
PROBABILITY = Name("p", "p")
LOSSES = Name("ℓ", r"\ell")
LOSS = Name("L", "L")
PENALTY = Name("Ω", r"\Omega")
COST = Name("C", "C")
WEIGHTS = Name("W", "W")
BIASES = Name("b", "b")
PRE_ACTIVATION = Name("z", "z")
ACTIVATION = Name("a", "a")


def derivative(numerator: Name, denominator: Name) -> Name:
    """Return the name of a gradient: ``∂L/∂W²``."""
    return Name(
        f"∂{numerator.text}/∂{denominator.text}",
        rf"\frac{{\partial {numerator.latex}}}{{\partial {denominator.latex}}}",
    )


def function_name(title: str) -> Name:
    """Return how a function is called in formulas: ``tanh`` for Tanh, ``ReLU`` for ReLU."""
    title = title.partition(" (")[0]
    text = title.replace(" ", "").replace("-", "")
    if title.istitle() or title[1:].islower():
        text = title.split()[0].lower() if " " not in title else text[0].lower() + text[1:]
    return Name(text, rf"\operatorname{{{text}}}")


def noisy(name: Name) -> Name:
    """Return the name of a value with noise on it."""
    latex = rf"\tilde{{{name.latex[0]}}}{name.latex[1:]}"
    return Name(f"{name.text[0]}\N{COMBINING TILDE}{name.text[1:]}", latex)


def transposed(latex: str) -> str:
    """Return LaTeX for the transpose."""
    simple = "frac" not in latex and "^" not in latex
    return f"{latex}^{{T}}" if simple else rf"\left({latex}\right)^{{T}}"
