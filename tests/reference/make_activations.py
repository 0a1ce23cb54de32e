"""Write what PyTorch's activations and their derivatives are to ``activations.json``, in float64.

    python tests/reference/make_activations.py

Needs ``torch``; the tests only read what it wrote. Nothing of this project is imported: the
values must not depend on it. Where PyTorch has no such activation (sine, gaussian), the formula is
written in its elementary operations, and the derivative is what its autograd makes of that. Three
take another way than PyTorch's function of that name:

- softplus: PyTorch returns z itself above a threshold of 20, where ln(1 + e^z) still differs by
  2e-9; the threshold here is 40;
- hard sigmoid: the derivative of ``hardsigmoid`` is 1/6 rounded to float32, even in float64; that
  of ``relu6(z + 3) / 6``, which it stands for, is exact;
- step: PyTorch's ``heaviside`` has no gradient. The straight-through one is written as what is
  added to z without being differentiated.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F

Tensor = torch.Tensor


def _step(z: Tensor) -> Tensor:
    fired = torch.heaviside(z, torch.zeros((), dtype=z.dtype))
    # In this order: z + (fired - z) would lose the answer beside a large z.
    return fired.detach() + (z - z.detach())


CASES: tuple[tuple[dict[str, Any], Callable[[Tensor], Tensor]], ...] = (
    ({"kind": "tanh"}, torch.tanh),
    ({"kind": "relu"}, F.relu),
    ({"kind": "leaky_relu"}, F.leaky_relu),
    ({"kind": "leaky_relu", "negative_slope": 0.3}, lambda z: F.leaky_relu(z, 0.3)),
    ({"kind": "leaky_relu", "negative_slope": 0.0}, lambda z: F.leaky_relu(z, 0.0)),
    ({"kind": "elu"}, F.elu),
    ({"kind": "elu", "alpha": 0.2}, lambda z: F.elu(z, 0.2)),
    ({"kind": "elu", "alpha": 3.0}, lambda z: F.elu(z, 3.0)),
    ({"kind": "selu"}, F.selu),
    ({"kind": "silu"}, F.silu),
    ({"kind": "gelu"}, lambda z: F.gelu(z, approximate="tanh")),
    ({"kind": "gelu", "form": "exact"}, F.gelu),
    ({"kind": "mish"}, F.mish),
    ({"kind": "softplus"}, lambda z: F.softplus(z, threshold=40)),
    ({"kind": "sigmoid"}, torch.sigmoid),
    ({"kind": "hard_sigmoid"}, lambda z: F.relu6(z + 3) / 6),
    ({"kind": "hard_tanh"}, F.hardtanh),
    ({"kind": "softsign"}, F.softsign),
    ({"kind": "sine"}, torch.sin),
    ({"kind": "gaussian"}, lambda z: torch.exp(-z * z)),
    ({"kind": "step"}, _step),
    ({"kind": "identity"}, lambda z: z * 1),
)
"""Ours with its settings, and PyTorch's."""


def grid() -> list[float]:
    """Return inputs: a regular grid with 0 and every kink on it, and extremes."""
    far = [10.0, 15.0, 20.5, 30.0, 50.0, 100.0, 750.0, 1e4, 1e30]
    near = [1e-300, 1e-30, 1e-8, 1e-3, 0.123456789, 2.718281828]
    inside = np.linspace(-7, 7, 29).tolist()
    return sorted({*inside, *near, *(-z for z in near), *far, *(-z for z in far)})


def main() -> None:
    """Write the file beside this one."""
    points = grid()
    rows = []
    for activation, function in CASES:
        z = torch.tensor(points, dtype=torch.float64, requires_grad=True)
        values = function(z)
        (slopes,) = torch.autograd.grad(values.sum(), z)
        assert torch.isfinite(values).all(), activation
        assert torch.isfinite(slopes).all(), activation
        case = {"activation": activation, "value": values.tolist(), "slope": slopes.tolist()}
        rows.append(json.dumps(case))
    version = torch.__version__.split("+")[0]
    body = ",\n".join(rows)
    path = Path(__file__).with_name("activations.json")
    text = f'{{"pytorch": "{version}", "z": {json.dumps(points)}, "cases": [\n{body}\n]}}\n'
    path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
