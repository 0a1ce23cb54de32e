"""Losses as lines of PyTorch: the loss of each sample, (n,), of outputs and targets (n, k).

A contract test holds the table complete.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playground.engine.losses import (
    BinaryCrossEntropy,
    Focal,
    HalfSquared,
    Hinge,
    Huber,
    KLDivergence,
    LogCosh,
    Loss,
    MeanAbsolute,
    MeanSquared,
    SoftmaxCrossEntropy,
    SquaredHinge,
)
from playground.exporting.scripts.text import literal

__all__ = ["LOSSES"]

LossLines = Callable[[Any, int], str]
"""Body of a function of ``outputs`` and ``targets``, given the loss and the number of outputs."""


def _plain(body: str) -> LossLines:
    return lambda loss, count: body


def _focal(loss: Focal, count: int) -> str:
    odds = "odds = (2 * targets - 1) * outputs\n"
    if count > 1:
        odds = (
            "# Log-odds of the true class: its output less what the others make together.\n"
            'others = outputs.masked_fill(targets == 1, -float("inf")).logsumexp(1)\n'
            "odds = ((outputs * targets).sum(1) - others)[:, None]\n"
        )
    power = literal(loss.gamma)
    return odds + f"return (torch.sigmoid(-odds) ** {power} * -F.logsigmoid(odds)).sum(1)"


def _margin(punished: str) -> LossLines:
    def lines(loss: Any, count: int) -> str:
        if count == 1:
            return f"return F.relu(1 - targets * outputs){punished}.sum(1)"
        return (
            "# By how much each wrong class is too close to the true one.\n"
            "true = (targets + 1) / 2\n"
            "shortfalls = outputs - (true * outputs).sum(1, keepdim=True) + 1 - true\n"
            f"return F.relu(shortfalls){punished}.sum(1)"
        )

    return lines


def _cross_entropy(loss: SoftmaxCrossEntropy, count: int) -> str:
    smoothing = literal(loss.label_smoothing)
    settings = f', reduction="none", label_smoothing={smoothing}'
    return f"return F.cross_entropy(outputs, targets{settings})"


def _kl_divergence(loss: KLDivergence, count: int) -> str:
    share = literal(loss.smoothing)
    return (
        f"wanted = (1 - {share}) * targets + {share} / {count}\n"
        'return F.kl_div(F.log_softmax(outputs, 1), wanted, reduction="none").sum(1)'
    )


LOSSES: dict[type[Loss], LossLines] = {
    HalfSquared: _plain("return 0.5 * (outputs - targets).square().sum(1)"),
    MeanSquared: _plain("return (outputs - targets).square().mean(1)"),
    MeanAbsolute: _plain("return (outputs - targets).abs().mean(1)"),
    Huber: lambda loss, count: (
        'losses = F.huber_loss(outputs, targets, reduction="none", '
        f"delta={literal(loss.delta)})\nreturn losses.mean(1)"
    ),
    LogCosh: _plain(
        "# cosh itself overflows: ln cosh e = |e| + ln((1 + e^(-2|e|)) / 2)\n"
        "distance = (outputs - targets).abs()\n"
        "return (distance + torch.log1p(torch.expm1(-2 * distance) / 2)).mean(1)"
    ),
    BinaryCrossEntropy: _plain(
        'losses = F.binary_cross_entropy_with_logits(outputs, targets, reduction="none")\n'
        "return losses.mean(1)"
    ),
    SoftmaxCrossEntropy: _cross_entropy,
    Focal: _focal,
    KLDivergence: _kl_divergence,
    Hinge: _margin(""),
    SquaredHinge: _margin(".square()"),
}
"""How each loss is written."""
