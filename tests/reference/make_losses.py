"""Write losses.json: what PyTorch says losses and their gradients are, in float64.

Run it by hand, where PyTorch is installed: ``python tests/reference/make_losses.py``. The tests
need only the file that it writes. Nothing of this project is imported: the values must not
depend on it.

``values`` has one number per sample, ``gradient`` is that of their mean. PyTorch's own reduction
is switched off or undone, where its scale differs from the project's:

- half_squared: half the sum over the outputs, PyTorch's MSE takes the mean;
- hinge and squared_hinge with several classes: PyTorch divides by the number of classes, after
  Weston & Watkins there is no such factor;
- kl_divergence: the sum over the classes, PyTorch's ``mean`` divides by their number too.

Where PyTorch has no such loss (log-cosh, focal, hinge with one output), the textbook's formula is
written in its elementary operations, and the gradient is what its autograd makes of that.
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
Formula = Callable[[Tensor, Tensor], Tensor]

SAMPLES, CLASSES = 6, 4


def main() -> None:
    """Compute every case and write the file beside this script."""
    rng = np.random.default_rng(2024)
    wide = rng.normal(0, 2, (SAMPLES, CLASSES))
    narrow = rng.normal(0, 2, (SAMPLES, 1))
    labels = np.array([0, 1, 2, 3, 1, 2])
    classes = np.eye(CLASSES)[labels]
    answers = np.array([[0.0], [1.0], [1.0], [0.0], [1.0], [0.0]])
    reals = rng.normal(0, 2, (SAMPLES, CLASSES))
    reals[0, 0] = wide[0, 0]  # no error at all
    reals[1, 1] = wide[1, 1] + 1  # where Huber's loss changes its form
    on_margin = wide.copy()
    on_margin[0] = [2.0, 1.0, 0.5, 3.0]  # the second class exactly a margin away from the first
    far = np.array([[1e4, -1e4, 0, 3], [-1e4, 1e4, 5, 1e4], [0, 0, 1e4, 0]])
    far_classes = np.eye(CLASSES)[[1, 1, 2]]
    far_narrow = np.array([[1e4], [-1e4], [40.0], [-40.0]])
    far_answers = np.array([[0.0], [0.0], [1.0], [1.0]])

    cases: list[dict[str, Any]] = []

    def add(kind: str, formula: Formula, outputs: Any, targets: Any, **settings: float) -> None:
        said = torch.tensor(outputs, dtype=torch.float64, requires_grad=True)
        values = formula(said, torch.tensor(targets, dtype=torch.float64))
        (gradient,) = torch.autograd.grad(values.mean(), said)
        cases.append(
            {
                "loss": {"kind": kind, **settings},
                "outputs": np.asarray(outputs).tolist(),
                "targets": np.asarray(targets).tolist(),
                "values": values.detach().tolist(),
                "gradient": gradient.tolist(),
            }
        )

    add("half_squared", lambda z, y: F.mse_loss(z, y, reduction="none").sum(1) / 2, wide, reals)
    add("mean_squared", lambda z, y: F.mse_loss(z, y, reduction="none").mean(1), wide, reals)
    add("mean_absolute", lambda z, y: F.l1_loss(z, y, reduction="none").mean(1), wide, reals)
    for delta in (1.0, 0.3, 5.0):
        add("huber", huber(delta), wide, reals, delta=delta)
    add("log_cosh", lambda z, y: torch.log(torch.cosh(z - y)).mean(1), wide, reals)

    for outputs, targets in (
        (narrow, answers),
        (wide, classes),
        (far_narrow, far_answers),
        (far, far_classes),
    ):
        add("binary_cross_entropy", binary_cross_entropy, outputs, targets)
    for outputs, targets in ((wide, classes), (far, far_classes)):
        for smoothing in (0.0, 0.1, 0.7):
            add(
                "softmax_cross_entropy",
                cross_entropy(smoothing),
                outputs,
                targets,
                label_smoothing=smoothing,
            )
            add("kl_divergence", divergence(smoothing), outputs, targets, smoothing=smoothing)
    for gamma in (0.0, 0.5, 2.0, 5.0):
        add("focal", focal_of_two(gamma), narrow, answers, gamma=gamma)
        add("focal", focal_of_many(gamma), wide, classes, gamma=gamma)

    for kind, power in (("hinge", 1), ("squared_hinge", 2)):
        add(kind, hinge_of_two(power), narrow, 2 * answers - 1)
        for outputs in (wide, on_margin):
            add(kind, hinge_of_many(power), outputs, 2 * classes - 1)
        add(kind, hinge_of_many(power), far, 2 * far_classes - 1)

    path = Path(__file__).with_name("losses.json")
    lines = ",\n".join(json.dumps(case) for case in cases)
    version = torch.__version__.split("+")[0]
    path.write_text(f'{{"pytorch": "{version}", "cases": [\n{lines}\n]}}\n')
    print(f"{len(cases)} cases written to {path}")


def huber(delta: float) -> Formula:
    return lambda z, y: F.huber_loss(z, y, delta=delta, reduction="none").mean(1)


def binary_cross_entropy(z: Tensor, y: Tensor) -> Tensor:
    return F.binary_cross_entropy_with_logits(z, y, reduction="none").mean(1)


def cross_entropy(smoothing: float) -> Formula:
    return lambda z, y: F.cross_entropy(z, y.argmax(1), label_smoothing=smoothing, reduction="none")


def divergence(smoothing: float) -> Formula:
    def formula(z: Tensor, y: Tensor) -> Tensor:
        wanted = (1 - smoothing) * y + smoothing / y.shape[1]
        return F.kl_div(F.log_softmax(z, 1), wanted, reduction="none").sum(1)

    return formula


def focal_of_two(gamma: float) -> Formula:
    def formula(z: Tensor, y: Tensor) -> Tensor:
        right = torch.where(y == 1, torch.sigmoid(z), 1 - torch.sigmoid(z))
        return (-((1 - right) ** gamma) * torch.log(right))[:, 0]

    return formula


def focal_of_many(gamma: float) -> Formula:
    def formula(z: Tensor, y: Tensor) -> Tensor:
        right = (torch.softmax(z, 1) * y).sum(1)
        return -((1 - right) ** gamma) * torch.log(right)

    return formula


def hinge_of_two(power: int) -> Formula:
    return lambda z, y: (torch.clamp(1 - y * z, min=0) ** power)[:, 0]


def hinge_of_many(power: int) -> Formula:
    return lambda z, y: F.multi_margin_loss(z, y.argmax(1), p=power, reduction="none") * z.shape[1]


if __name__ == "__main__":
    main()
