"""Write schedules.json: the learning rates of PyTorch's schedules, and its clipped gradients.

Run it by hand, where PyTorch is installed: ``python tests/reference/make_schedules.py``. The
tests need only the file that it writes. Nothing of this project is imported: the values must not
depend on it.

PyTorch counts steps, the project epochs. So an epoch has some steps here, and lengths in epochs
are multiplied by them:

- ``exponential``: the share per epoch becomes one per step;
- ``one_cycle``: the last of N steps is the end of PyTorch's cycle, so that the cycle is N - 1
  steps long, and its rising part ends a step early: both are undone;
- a warm-up over W steps is PyTorch's ``LinearLR`` from 1/W to 1 on the first W steps.

ReduceLROnPlateau is shown one loss per epoch, from a fixed sequence: falling, flat, jumping, not
a number.
"""

from __future__ import annotations

import json
import re
import warnings
from pathlib import Path
from typing import Any

import torch
from torch.optim import lr_scheduler

RATE = 0.3
STEPS_PER_EPOCH = 8


def settings() -> list[dict[str, Any]]:
    """Return the fields of the project's schedules."""
    return [
        {"kind": "constant"},
        {"kind": "constant", "warmup_epochs": 1.5},
        {"kind": "step", "drop": 0.5, "every": 2.0},
        {"kind": "step", "drop": 0.1, "every": 1.25, "warmup_epochs": 2.0},
        {"kind": "exponential", "decay": 0.8},
        {"kind": "exponential", "decay": 0.5, "warmup_epochs": 1.0},
        {"kind": "polynomial", "epochs": 4.0, "power": 1.0},
        {"kind": "polynomial", "epochs": 5.0, "power": 2.5},
        {"kind": "polynomial", "epochs": 4.0, "power": 0.9, "warmup_epochs": 0.5},
        {"kind": "cosine", "epochs": 7.5, "final_share": 0.0},
        {"kind": "cosine", "epochs": 7.5, "final_share": 0.2},
        {"kind": "cosine", "epochs": 6.0, "final_share": 0.1, "warmup_epochs": 1.5},
        {"kind": "cosine", "epochs": 2.0, "final_share": 0.0, "restarts": True, "growth": 1},
        {"kind": "cosine", "epochs": 1.0, "final_share": 0.1, "restarts": True, "growth": 2},
        {"kind": "cosine", "epochs": 0.5, "final_share": 0.0, "restarts": True, "growth": 3},
        {
            "kind": "one_cycle",
            "epochs": 7.375,
            "rising_share": 0.3,
            "initial_share": 0.04,
            "final_share": 4e-6,
        },
        {
            "kind": "one_cycle",
            "epochs": 7.375,
            "rising_share": 0.5,
            "initial_share": 0.1,
            "final_share": 0.01,
        },
    ]


def schedule_of(fields: dict[str, Any], optimizer: Any) -> Any:
    """Return PyTorch's schedule for the same fields, without the warm-up."""

    def steps(epochs: float) -> int:
        assert (epochs * STEPS_PER_EPOCH).is_integer()
        return int(epochs * STEPS_PER_EPOCH)

    lowest = RATE * fields.get("final_share", 0.0)
    match fields["kind"]:
        case "constant":
            return lr_scheduler.ConstantLR(optimizer, factor=1.0)
        case "step":
            return lr_scheduler.StepLR(optimizer, steps(fields["every"]), fields["drop"])
        case "exponential":
            share = fields["decay"] ** (1 / STEPS_PER_EPOCH)
            return lr_scheduler.ExponentialLR(optimizer, share)
        case "polynomial":
            return lr_scheduler.PolynomialLR(optimizer, steps(fields["epochs"]), fields["power"])
        case "cosine" if fields.get("restarts"):
            return lr_scheduler.CosineAnnealingWarmRestarts(
                optimizer, steps(fields["epochs"]), fields["growth"], lowest
            )
        case "cosine":
            return lr_scheduler.CosineAnnealingLR(optimizer, steps(fields["epochs"]), lowest)
        case "one_cycle":
            count = steps(fields["epochs"]) + 1
            return lr_scheduler.OneCycleLR(
                optimizer,
                max_lr=RATE,
                total_steps=count,
                pct_start=(fields["rising_share"] * (count - 1) + 1) / count,
                cycle_momentum=False,
                div_factor=1 / fields["initial_share"],
                final_div_factor=fields["initial_share"] / fields["final_share"],
            )
        case kind:
            raise ValueError(kind)


def rates(fields: dict[str, Any], count: int) -> list[float]:
    """Return the learning rates of the first steps."""
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=RATE)
    schedule = schedule_of(fields, optimizer)
    warmup = int(fields.get("warmup_epochs", 0) * STEPS_PER_EPOCH)
    if warmup:
        rising = lr_scheduler.LinearLR(optimizer, 1 / warmup, 1.0, warmup - 1)
        schedule = lr_scheduler.SequentialLR(optimizer, [rising, schedule], [warmup])
    made = []
    for _ in range(count):
        made.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        schedule.step()
    return made


PLATEAUS: tuple[dict[str, Any], ...] = (
    {"patience": 2},
    {"drop": 0.1, "patience": 0, "threshold": 0.05},
    {"drop": 0.7, "patience": 1, "threshold": 0.0, "cooldown": 3},
    {"drop": 0.3, "patience": 1, "cooldown": 1, "final_share": 0.05},
)


def losses() -> list[float | None]:
    """Return losses of 40 epochs; ``None`` stands for NaN."""
    falling = [1.0, 0.7, 0.69, 0.5, 0.5, 0.49999, 0.6, 0.45, 0.44, 0.43, 0.43, 0.43, 0.43, 0.429]
    rough = [0.9, 0.5, 0.42, 0.41, 0.8, 0.41, 0.409, 0.4, 0.39, 0.5, 0.5, 0.5, 0.2, 0.3, 0.21, 0.2]
    return [*falling, None, *rough, None, None, 0.1, 0.1, 0.1, 0.1, 0.1, 0.05, 0.06]


def plateau_rates(fields: dict[str, Any]) -> list[float]:
    """Return the learning rate after each of the losses."""
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=RATE)
    schedule = lr_scheduler.ReduceLROnPlateau(
        optimizer,
        factor=fields.get("drop", 0.5),
        patience=fields["patience"],
        threshold=fields.get("threshold", 0.0001),
        cooldown=fields.get("cooldown", 0),
        min_lr=RATE * fields.get("final_share", 0.0),
    )
    made = []
    for loss in losses():
        schedule.step(float("nan") if loss is None else loss)
        made.append(optimizer.param_groups[0]["lr"])
    return made


def clipped(rows: list[list[float]], limit: float, by_norm: bool) -> list[list[float]]:
    """Return gradients of two parameters, clipped together."""
    result = []
    for row in rows:
        parameters = [torch.zeros(2), torch.zeros(len(row) - 2)]
        parameters[0].grad, parameters[1].grad = torch.tensor(row).split([2, len(row) - 2])
        if by_norm:
            torch.nn.utils.clip_grad_norm_(parameters, limit)
        else:
            torch.nn.utils.clip_grad_value_(parameters, limit)
        result.append([value for p in parameters for value in p.grad.tolist()])
    return result


def _on_one_line(numbers: re.Match[str]) -> str:
    return f"[{', '.join(part.strip() for part in numbers[1].split(','))}]"


def main() -> None:
    """Write the file beside this one."""
    torch.set_default_dtype(torch.float64)
    # SequentialLR passes a number that PyTorch itself no longer wants.
    warnings.filterwarnings("ignore", message="The epoch parameter", category=UserWarning)
    gradients = [
        [0.3, -0.4, 0.0, 0.0, 0.0],
        [1e-8, -2e-8, 3e-9, 0.0, 1e-8],
        [3.0, -4.0, 12.0, 0.5, -0.25],
        [0.0, 0.0, 0.0, 0.0, 0.0],
        [1e6, -1e-6, 1.0, -5e5, 2.0],
    ]
    table = {
        "source": f"PyTorch {torch.__version__.split('+')[0]}",
        "learning_rate": RATE,
        "steps_per_epoch": STEPS_PER_EPOCH,
        "schedules": [{"schedule": s, "rates": rates(s, 60)} for s in settings()],
        "losses": losses(),
        "plateaus": [{"schedule": fields, "rates": plateau_rates(fields)} for fields in PLATEAUS],
        "gradients": gradients,
        "clippings": [
            {"clipping": {"kind": kind, "limit": limit}, "clipped": clipped(gradients, limit, norm)}
            for kind, norm in (("value", False), ("norm", True))
            for limit in (0.5, 2.0, 1e-7)
        ],
    }
    # One row of numbers per line.
    text = re.sub(r"\[\s+([^][{}]+?)\s+\]", _on_one_line, json.dumps(table, indent=1))
    Path(__file__).with_name("schedules.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
