"""Write what PyTorch learns with every kind of layer to ``layers.json``, in float64.

    python tests/reference/make_layers.py

Needs ``torch``; the tests only read what it wrote. Each network is trained for 50 steps of
momentum on batches of changing size; kept are the outputs before (as when training), the gradient
of the first step, all parameters and running statistics afterwards, and the outputs then (as when
merely asked). Dropout multiplies by given masks, for no two programs draw alike. Maxout is
``amax`` over pieces, softmax ``torch.softmax``, a skip connection a sum.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

STEPS, RATE, MOMENTUM = 50, 0.05, 0.9
BATCHES = (slice(0, 5), slice(5, 12), slice(12, 14))
"""Rows of the samples that the steps take in turn."""

DENSE = {"kind": "dense", "units": 4, "activation": {"kind": "tanh"}}
CASES: dict[str, list[dict[str, Any]]] = {
    "batch norm": [DENSE, {"kind": "batch_norm"}, {**DENSE, "units": 3}],
    "batch norm of other settings": [
        {**DENSE, "activation": {"kind": "identity"}},
        {
            "kind": "batch_norm",
            "activation": {"kind": "tanh"},
            "momentum": 0.3,
            "epsilon": 0.01,
        },
    ],
    "layer norm": [DENSE, {"kind": "layer_norm"}, {**DENSE, "units": 3}],
    "learned slope": [{**DENSE, "activation": {"kind": "prelu"}}, {**DENSE, "units": 3}],
    "maxout": [{**DENSE, "activation": {"kind": "maxout", "pieces": 3}}],
    "softmax inside": [{**DENSE, "activation": {"kind": "softmax"}}, {**DENSE, "units": 3}],
    "dropout": [DENSE, {"kind": "dropout", "rate": 0.4}, {**DENSE, "units": 3}],
    "identity skip": [DENSE, DENSE, {"kind": "skip", "reach": 1}],
    "projected skip": [
        DENSE,
        {**DENSE, "units": 3},
        {"kind": "skip", "reach": 2, "activation": {"kind": "tanh"}},
    ],
    "frozen": [{**DENSE, "frozen": True}, {**DENSE, "units": 3}],
    "everything": [
        DENSE,
        {"kind": "batch_norm"},
        {"kind": "dropout", "rate": 0.2},
        {**DENSE, "activation": {"kind": "prelu"}},
        {"kind": "layer_norm"},
        {"kind": "skip", "reach": 3},
        {"kind": "skip", "reach": 6, "shortcut": "projected"},
    ],
}


class Stage(nn.Module):
    """One layer; ``forward`` gets the values of the whole network so far and a mask."""

    def __init__(self, spec: dict[str, Any], widths: list[int], rng: np.random.Generator) -> None:
        super().__init__()
        self.spec, self.kind = spec, spec["kind"]
        inputs = widths[-1]
        self.activation = spec.get("activation", {"kind": "identity"})
        pieces = self.activation.get("pieces", 1)
        self.core: nn.Module = nn.Identity()
        if self.kind == "dense":
            self.core = nn.Linear(inputs, spec["units"] * pieces)
        elif self.kind == "batch_norm":
            options = {"momentum": spec.get("momentum", 0.1), "eps": spec.get("epsilon", 1e-5)}
            self.core = nn.BatchNorm1d(inputs, **options)
        elif self.kind == "layer_norm":
            self.core = nn.LayerNorm(inputs)
        elif self.kind == "skip":
            source = widths[-1 - spec["reach"]]
            if spec.get("shortcut") == "projected" or source != inputs:
                self.core = nn.Linear(source, inputs, bias=False)
        self.width = spec["units"] if self.kind == "dense" else inputs
        self.slope: nn.PReLU | None = None
        if self.activation["kind"] == "prelu":
            self.slope = nn.PReLU(self.width)
        for parameter in self.parameters():
            values = rng.standard_normal(tuple(parameter.shape)) * 0.5
            if self.kind in ("batch_norm", "layer_norm"):
                values += 1
            parameter.data = torch.tensor(values)
            parameter.requires_grad = not spec.get("frozen", False)

    def forward(self, values: list[torch.Tensor], mask: torch.Tensor | None) -> torch.Tensor:
        below = values[-1]
        if self.kind == "dropout":
            z = below * mask if self.training and mask is not None else below
        elif self.kind == "skip":
            z = below + self.core(values[-1 - self.spec["reach"]])
        else:
            z = self.core(below)
        match self.activation["kind"]:
            case "tanh":
                return torch.tanh(z)
            case "softmax":
                return torch.softmax(z, 1)
            case "maxout":
                return z.reshape(len(z), self.activation["pieces"], -1).amax(1)
            case "prelu" if self.slope is not None:
                return self.slope(z)
            case _:
                return z

    def learned(self) -> list[list[float]]:
        """Return rows as the engine lays them out: weights, then bias or scale, shift; slopes."""
        rows: list[list[float]] = []
        if isinstance(self.core, nn.Linear):
            rows += self.core.weight.detach().T.tolist()
            if self.core.bias is not None:
                rows.append(self.core.bias.detach().tolist())
        elif isinstance(self.core, nn.BatchNorm1d | nn.LayerNorm):
            rows += [self.core.weight.detach().tolist(), self.core.bias.detach().tolist()]
        if self.slope is not None:
            rows.append(self.slope.weight.detach().tolist())
        return rows

    def gradients(self) -> list[list[float]]:
        """Return the gradients in the same layout; 0 where there is none."""
        kept = [(p, p.data) for p in self.parameters()]
        for parameter, _ in kept:
            gradient = parameter.grad
            parameter.data = torch.zeros_like(parameter) if gradient is None else gradient.clone()
        rows = self.learned()
        for parameter, data in kept:
            parameter.data = data
        return rows


def run(layers: list[dict[str, Any]], seed: int) -> dict[str, Any]:
    """Train one network and return what is to be kept."""
    rng = np.random.default_rng(seed)
    inputs, labels = rng.standard_normal((14, 2)), rng.integers(0, 3, 14)
    output = {"kind": "dense", "units": 3, "activation": {"kind": "identity"}}
    widths, stages = [2], []
    for spec in [*layers, output]:
        stages.append(Stage(spec, widths, rng))
        widths.append(stages[-1].width)
    x, y = torch.tensor(inputs), torch.tensor(labels)

    def outputs(rows: slice, masks: dict[int, Any]) -> torch.Tensor:
        values = [x[rows]]
        for index, stage in enumerate(stages):
            mask = masks.get(index)
            values.append(stage(values, None if mask is None else torch.tensor(mask)))
        return values[-1]

    def train(is_training: bool) -> None:
        for stage in stages:
            stage.train(is_training)

    drawn: list[dict[int, Any]] = []
    for step in range(STEPS):
        rows = BATCHES[step % len(BATCHES)]
        count = rows.stop - rows.start
        masks = {}
        for index, stage in enumerate(stages):
            if stage.kind == "dropout":
                keep = 1 - stage.spec["rate"]
                kept = rng.random((count, widths[index])) < keep
                masks[index] = (kept / keep).tolist()
        drawn.append(masks)
    start = [stage.learned() for stage in stages]
    trained = [p for stage in stages for p in stage.parameters() if p.requires_grad]
    optimizer = torch.optim.SGD(trained, RATE, momentum=MOMENTUM)
    first: dict[str, Any] = {}
    train(is_training=True)
    for step in range(STEPS):
        rows = BATCHES[step % len(BATCHES)]
        optimizer.zero_grad()
        made = outputs(rows, drawn[step])
        nn.functional.cross_entropy(made, y[rows]).backward()
        if step == 0:
            first = {
                "outputs": made.detach().tolist(),
                "gradients": [stage.gradients() for stage in stages],
            }
        optimizer.step()
    train(is_training=False)
    with torch.no_grad():
        asked = outputs(slice(0, 14), {}).tolist()
    return {
        "layers": layers,
        "inputs": inputs.tolist(),
        "labels": labels.tolist(),
        "masks": [{str(k): v for k, v in masks.items()} for masks in drawn],
        "start": start,
        "first": first,
        "end": [stage.learned() for stage in stages],
        "running": [
            [stage.core.running_mean.tolist(), stage.core.running_var.tolist()]
            if isinstance(stage.core, nn.BatchNorm1d)
            else []
            for stage in stages
        ],
        "asked": asked,
    }


def main() -> None:
    """Write the table."""
    torch.set_default_dtype(torch.float64)
    table = {
        "torch": torch.__version__.split("+")[0],
        "rate": RATE,
        "momentum": MOMENTUM,
        "batches": [[part.start, part.stop] for part in BATCHES],
        "cases": {name: run(layers, seed) for seed, (name, layers) in enumerate(CASES.items())},
    }
    path = Path(__file__).with_name("layers.json")
    path.write_text(json.dumps(table) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
