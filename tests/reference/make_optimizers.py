"""Write what PyTorch's optimizers do in 50 steps to ``optimizers.json``, in float64.

    python tests/reference/make_optimizers.py

Needs ``torch``; the tests only read what it wrote. Every optimizer gets the same fixed sequence
of gradients, so that no loss and no network takes part: ordinary ones, small and large ones, one
that is mostly 0, one that hardly changes, one that flips its sign. L-BFGS, which measures how the
gradient changes along its steps, gets the gradient of a valley at each place instead.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import torch

STEPS = 50
STORED = (1, 2, 3, 5, 8, 13, 21, 34, 50)
"""Steps after which the parameters are written down."""

CASES: tuple[tuple[str, dict[str, Any], float, Any, dict[str, Any]], ...] = (
    ("sgd", {}, 0.1, torch.optim.SGD, {}),
    ("momentum", {}, 0.01, torch.optim.SGD, {"momentum": 0.9}),
    ("momentum", {"momentum": 0.5}, 0.1, torch.optim.SGD, {"momentum": 0.5}),
    ("nesterov", {}, 0.01, torch.optim.SGD, {"momentum": 0.9, "nesterov": True}),
    ("nesterov", {"momentum": 0.5}, 0.1, torch.optim.SGD, {"momentum": 0.5, "nesterov": True}),
    ("adagrad", {}, 0.1, torch.optim.Adagrad, {}),
    (
        "adagrad",
        {"epsilon": 0.01, "initial_squares": 0.1},
        0.5,
        torch.optim.Adagrad,
        {"eps": 0.01, "initial_accumulator_value": 0.1},
    ),
    ("adadelta", {}, 1.0, torch.optim.Adadelta, {}),
    (
        "adadelta",
        {"decay": 0.95, "epsilon": 0.001},
        0.3,
        torch.optim.Adadelta,
        {"rho": 0.95, "eps": 0.001},
    ),
    ("rmsprop", {}, 0.01, torch.optim.RMSprop, {}),
    (
        "rmsprop",
        {"decay": 0.9, "epsilon": 0.001},
        0.01,
        torch.optim.RMSprop,
        {"alpha": 0.9, "eps": 0.001},
    ),
    ("rmsprop", {"centered": True}, 0.01, torch.optim.RMSprop, {"centered": True}),
    ("rmsprop", {"momentum": 0.8}, 0.01, torch.optim.RMSprop, {"momentum": 0.8}),
    (
        "rmsprop",
        {"decay": 0.9, "epsilon": 0.01, "centered": True, "momentum": 0.5},
        0.02,
        torch.optim.RMSprop,
        {"alpha": 0.9, "eps": 0.01, "centered": True, "momentum": 0.5},
    ),
    ("adam", {}, 0.001, torch.optim.Adam, {}),
    (
        "adam",
        {"beta1": 0.5, "beta2": 0.9, "epsilon": 0.001},
        0.1,
        torch.optim.Adam,
        {"betas": (0.5, 0.9), "eps": 0.001},
    ),
    ("adam", {"beta1": 0.0}, 0.01, torch.optim.Adam, {"betas": (0.0, 0.999)}),
    ("amsgrad", {}, 0.001, torch.optim.Adam, {"amsgrad": True}),
    (
        "amsgrad",
        {"beta1": 0.8, "beta2": 0.7, "epsilon": 0.001},
        0.1,
        torch.optim.Adam,
        {"betas": (0.8, 0.7), "eps": 0.001, "amsgrad": True},
    ),
    ("nadam", {}, 0.002, torch.optim.NAdam, {}),
    (
        "nadam",
        {"beta1": 0.7, "beta2": 0.9, "epsilon": 0.001, "momentum_decay": 0.1},
        0.05,
        torch.optim.NAdam,
        {"betas": (0.7, 0.9), "eps": 0.001, "momentum_decay": 0.1},
    ),
    ("radam", {}, 0.001, torch.optim.RAdam, {}),
    (
        "radam",
        {"beta1": 0.7, "beta2": 0.95, "epsilon": 0.001},
        0.05,
        torch.optim.RAdam,
        {"betas": (0.7, 0.95), "eps": 0.001},
    ),
    ("radam", {"beta2": 0.5}, 0.01, torch.optim.RAdam, {"betas": (0.9, 0.5)}),
    ("adamw", {}, 0.001, torch.optim.AdamW, {}),
    (
        "adamw",
        {"beta1": 0.8, "beta2": 0.95, "epsilon": 0.001, "weight_decay": 0.5},
        0.05,
        torch.optim.AdamW,
        {"betas": (0.8, 0.95), "eps": 0.001, "weight_decay": 0.5},
    ),
)
"""Tag and settings of ours, learning rate, class and settings of PyTorch's."""

LBFGS_CASES: tuple[tuple[dict[str, Any], float], ...] = (
    ({}, 1.0),
    ({"history": 3}, 1.0),
    ({"history": 1}, 0.5),
    ({}, 0.3),
)
"""History and learning rate."""


def gradients() -> list[list[float]]:
    """Return gradients (50, 10)."""
    rng = np.random.default_rng(7)
    sizes = [1.0, 0.3, 1e-3, 50.0, 1.0, 1.0, 1.0, 0.01, 5.0, 1.0]
    values = rng.standard_normal((STEPS, len(sizes))) * sizes
    values[:, 4] *= rng.random(STEPS) < 0.2
    values[:, 5] = 0.8 + 0.02 * values[:, 5]
    values[:, 6] = np.where(np.arange(STEPS) % 2, -1.0, 1.0) + 0.1 * values[:, 6]
    return [[float(f"{value:.6g}") for value in row] for row in values]


def trajectory(
    start: list[float], rows: list[list[float]], rate: float, kind: Any, settings: dict[str, Any]
) -> list[list[float]]:
    """Return the parameters after the stored steps."""
    parameters = torch.tensor(start, requires_grad=True)
    optimizer = kind([parameters], lr=rate, **settings)
    stored = []
    for step, row in enumerate(rows, start=1):
        parameters.grad = torch.tensor(row)
        optimizer.step()
        if step in STORED:
            stored.append(parameters.detach().tolist())
    return stored


def valley_trajectory(start: list[float], rate: float, history: int) -> list[list[float]]:
    """Return the parameters after the stored steps of L-BFGS down a curved valley.

    The valley is Σ 0.5 i (xᵢ - 0.1 i)² + 0.25 Σ (xᵢ - xᵢ₊₁²)², i from 1: steep, bent and coupled.
    """
    place = torch.tensor(start, requires_grad=True)
    numbers = torch.arange(1, len(start) + 1)
    optimizer = torch.optim.LBFGS([place], lr=rate, max_iter=1, history_size=history)

    def closure() -> torch.Tensor:
        optimizer.zero_grad()
        bowl = 0.5 * (numbers * (place - 0.1 * numbers) ** 2).sum()
        value = bowl + 0.25 * ((place[:-1] - place[1:] ** 2) ** 2).sum()
        value.backward()
        return value

    stored = []
    for step in range(1, STEPS + 1):
        optimizer.step(closure)
        if step in STORED:
            stored.append(place.detach().tolist())
    return stored


def _on_one_line(numbers: re.Match[str]) -> str:
    return f"[{', '.join(part.strip() for part in numbers[1].split(','))}]"


def main() -> None:
    """Write the file beside this one."""
    # Counters and NAdam's product are kept in the default dtype.
    torch.set_default_dtype(torch.float64)
    start = [1.0, -0.5, 0.25, 2.0, -1.5, 0.1, -0.2, 0.0, 3.0, -1.0]
    rows = gradients()
    cases = [
        {
            "kind": tag,
            "settings": ours,
            "learning_rate": rate,
            "parameters": trajectory(start, rows, rate, kind, theirs),
        }
        for tag, ours, rate, kind, theirs in CASES
    ]
    valleys = [
        {
            "settings": ours,
            "learning_rate": rate,
            "parameters": valley_trajectory(start, rate, ours.get("history", 10)),
        }
        for ours, rate in LBFGS_CASES
    ]
    table = {
        "source": f"PyTorch {torch.__version__.split('+')[0]}",
        "start": start,
        "stored_steps": STORED,
        "gradients": rows,
        "cases": cases,
        "valleys": valleys,
    }
    # One row of numbers per line.
    text = re.sub(r"\[\s+([^][{}]+?)\s+\]", _on_one_line, json.dumps(table, indent=1))
    Path(__file__).with_name("optimizers.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
