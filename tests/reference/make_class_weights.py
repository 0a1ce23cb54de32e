"""Write class_weights.json: what PyTorch makes of class weights, in float64.

Run it by hand, where PyTorch is installed: ``python tests/reference/make_class_weights.py``. The
tests need only the file that it writes. Nothing of this project is imported: the values must not
depend on it.

``values`` and ``cost`` come from ``CrossEntropyLoss(weight=…)`` with ``reduction="none"`` and
``"sum"``, the latter divided by n; ``gradient`` is that of this cost by the logits.
``pytorch_mean`` is what ``reduction="mean"`` gives, which divides by the sum of the weights.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import torch

SAMPLES, CLASSES = 6, 4


def main() -> None:
    """Compute every case and write the file beside this script."""
    rng = np.random.default_rng(77)
    cases: list[dict[str, Any]] = []
    for labels, weights in (
        ([0, 1, 2, 3, 1, 2], [1.0, 2.0, 0.5, 4.0]),
        ([0, 0, 0, 2, 0, 0], [0.25, 9.0, 3.0, 0.0]),  # two classes are missing
        ([3, 3, 0, 3, 1, 3], [1.0, 1.0, 1.0, 0.0]),  # one class counts nothing
    ):
        logits = rng.normal(0, 2, (SAMPLES, CLASSES))
        said = torch.tensor(logits, dtype=torch.float64, requires_grad=True)
        truth = torch.tensor(labels)
        losses = {
            reduction: torch.nn.CrossEntropyLoss(
                weight=torch.tensor(weights, dtype=torch.float64), reduction=reduction
            )(said, truth)
            for reduction in ("none", "sum", "mean")
        }
        cost = losses["sum"] / SAMPLES
        (gradient,) = torch.autograd.grad(cost, said, retain_graph=True)
        cases.append(
            {
                "labels": labels,
                "weights": weights,
                "logits": logits.tolist(),
                "values": losses["none"].tolist(),
                "cost": cost.item(),
                "gradient": gradient.tolist(),
                "pytorch_mean": losses["mean"].item(),
            }
        )
    content = {"source": f"PyTorch {torch.__version__.split('+')[0]}", "cases": cases}
    path = Path(__file__).with_name("class_weights.json")
    path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
