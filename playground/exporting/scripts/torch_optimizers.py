"""Optimizers, regularization, clipping and constraints as lines of PyTorch.

Contract tests hold the tables complete, and compare a step with the engine's where PyTorch is
installed. What PyTorch lacks (Lion, LARS, LAMB) is written out.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playground.engine.clipping import ClipByNorm, ClipByValue, Clipping, NoClipping
from playground.engine.constraints import Constraint, MaxNorm, NoConstraint
from playground.engine.optimizers import (
    LAMB,
    LARS,
    LBFGS,
    SGD,
    AdaDelta,
    AdaGrad,
    Adam,
    AdamW,
    AMSGrad,
    Lion,
    Momentum,
    NAdam,
    Nesterov,
    Optimizer,
    RAdam,
    RMSProp,
)
from playground.engine.regularizers import L1, L2, ElasticNet, NoRegularization, Regularizer
from playground.exporting.scripts.text import literal

__all__ = ["CLIPPINGS", "CONSTRAINTS", "OPTIMIZERS", "REGULARIZERS"]

_LION = '''
class Lion(torch.optim.Optimizer):
    """Steps of one size, in the direction of the sign. Chen et al. (2023), arXiv:2302.06675."""

    def __init__(self, params, lr, betas, weight_decay):
        super().__init__(params, dict(lr=lr, betas=betas, weight_decay=weight_decay))

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            rate, (beta1, beta2) = group["lr"], group["betas"]
            for p in group["params"]:
                mean = self.state[p].setdefault("mean", torch.zeros_like(p))
                direction = (beta1 * mean + (1 - beta1) * p.grad).sign()
                p.mul_(1 - rate * group["weight_decay"]).sub_(rate * direction)
                mean.mul_(beta2).add_(p.grad, alpha=1 - beta2)
'''
_NORM = '''
def size_of(tensors):
    """The length of several tensors together."""
    return float(torch.linalg.vector_norm(torch.stack([t.norm() for t in tensors])))
'''
_LARS = (
    _NORM
    + '''

class LARS(torch.optim.Optimizer):
    """Momentum; layers move in proportion to their size. You et al. (2017), arXiv:1708.03888."""

    def __init__(self, params, lr, momentum, trust, weight_decay):
        defaults = dict(lr=lr, momentum=momentum, trust=trust, weight_decay=weight_decay)
        super().__init__(params, defaults)

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            decay, parameters = group["weight_decay"], group["params"]
            size, pull = size_of(parameters), size_of([p.grad for p in parameters])
            ratio = 1.0
            if 0 < size < float("inf") and 0 < pull < float("inf"):
                ratio = group["trust"] * size / (pull + decay * size)
            for p in parameters:
                velocity = self.state[p].setdefault("velocity", torch.zeros_like(p))
                velocity.mul_(group["momentum"]).add_(group["lr"] * ratio * (p.grad + decay * p))
                p.sub_(velocity)
'''
)
_LAMB = (
    _NORM
    + '''

class LAMB(torch.optim.Optimizer):
    """Adam; layers move in proportion to their size. You et al. (2020), arXiv:1904.00962."""

    def __init__(self, params, lr, betas, eps, weight_decay):
        super().__init__(params, dict(lr=lr, betas=betas, eps=eps, weight_decay=weight_decay))
        self.steps = 0

    @torch.no_grad()
    def step(self):
        self.steps += 1
        for group in self.param_groups:
            beta1, beta2 = group["betas"]
            directions = []
            for p in group["params"]:
                state = self.state[p]
                mean = state.setdefault("mean", torch.zeros_like(p))
                squares = state.setdefault("squares", torch.zeros_like(p))
                mean.mul_(beta1).add_(p.grad, alpha=1 - beta1)
                squares.mul_(beta2).addcmul_(p.grad, p.grad, value=1 - beta2)
                root = (squares / (1 - beta2**self.steps)).sqrt() + group["eps"]
                direction = mean / (1 - beta1**self.steps) / root
                directions.append(direction + group["weight_decay"] * p)
            size, length = size_of(group["params"]), size_of(directions)
            ratio = 1.0
            if 0 < size < float("inf") and 0 < length < float("inf"):
                ratio = size / length
            for p, direction in zip(group["params"], directions):
                p.sub_(group["lr"] * ratio * direction)
'''
)

Written = tuple[str, str]
"""An expression of ``groups`` (a list of groups of parameters, one for each layer), and the source
of a class, or ""."""


def _torch(name: str, **settings: Any) -> Written:
    written = ", ".join(f"{key}={_value(value)}" for key, value in settings.items())
    return f"torch.optim.{name}(groups, lr=LEARNING_RATE{', ' if written else ''}{written})", ""


def _own(name: str, source: str, **settings: Any) -> Written:
    written = ", ".join(f"{key}={_value(value)}" for key, value in settings.items())
    return f"{name}(groups, lr=LEARNING_RATE, {written})", source.strip()


def _value(value: Any) -> str:
    if isinstance(value, tuple):
        return "(" + ", ".join(map(_value, value)) + ")"
    return repr(value) if isinstance(value, bool) else literal(value)


def _adam(name: str, optimizer: Any, **settings: Any) -> Written:
    betas = (optimizer.beta1, optimizer.beta2)
    return _torch(name, betas=betas, eps=optimizer.epsilon, **settings)


def _layerwise_adam(optimizer: LAMB) -> Written:
    return _own(
        "LAMB",
        _LAMB,
        betas=(optimizer.beta1, optimizer.beta2),
        eps=optimizer.epsilon,
        weight_decay=optimizer.weight_decay,
    )


def _lbfgs(optimizer: LBFGS) -> Written:
    # PyTorch's takes one list of parameters.
    parameters = '[p for group in groups for p in group["params"]]'
    settings = f"max_iter=1, history_size={optimizer.history}"
    return f"torch.optim.LBFGS(\n        {parameters}, lr=LEARNING_RATE, {settings}\n    )", ""


OPTIMIZERS: dict[type[Optimizer], Callable[[Any], Written]] = {
    SGD: lambda o: _torch("SGD"),
    Momentum: lambda o: _torch("SGD", momentum=o.momentum),
    Nesterov: lambda o: (
        _torch("SGD", momentum=o.momentum, nesterov=True) if o.momentum else _torch("SGD")
    ),
    AdaGrad: lambda o: _torch(
        "Adagrad", eps=o.epsilon, initial_accumulator_value=o.initial_squares
    ),
    AdaDelta: lambda o: _torch("Adadelta", rho=o.decay, eps=o.epsilon),
    RMSProp: lambda o: _torch(
        "RMSprop", alpha=o.decay, eps=o.epsilon, centered=o.centered, momentum=o.momentum
    ),
    Adam: lambda o: _adam("Adam", o),
    AMSGrad: lambda o: _adam("Adam", o, amsgrad=True),
    NAdam: lambda o: _adam("NAdam", o, momentum_decay=o.momentum_decay),
    RAdam: lambda o: _adam("RAdam", o),
    AdamW: lambda o: _adam("AdamW", o, weight_decay=o.weight_decay),
    Lion: lambda o: _own("Lion", _LION, betas=(o.beta1, o.beta2), weight_decay=o.weight_decay),
    LARS: lambda o: _own(
        "LARS", _LARS, momentum=o.momentum, trust=o.trust, weight_decay=o.weight_decay
    ),
    LAMB: _layerwise_adam,
    LBFGS: _lbfgs,
}
"""How each optimizer is written."""

REGULARIZERS: dict[type[Regularizer], Callable[[Any], str]] = {
    NoRegularization: lambda r: "",
    L1: lambda r: f"{literal(r.strength)} * {{w}}.sign()",
    L2: lambda r: f"{literal(r.strength)} * {{w}}",
    ElasticNet: lambda r: f"{literal(r.l1)} * {{w}}.sign() + {literal(r.l2)} * {{w}}",
}
"""The gradient of each penalty by weights ``{w}``; "" for none."""

CLIPPINGS: dict[type[Clipping], Callable[[Any], str]] = {
    NoClipping: lambda c: "",
    ClipByValue: lambda c: f"nn.utils.clip_grad_value_(trainable(model), {literal(c.limit)})",
    ClipByNorm: lambda c: f"nn.utils.clip_grad_norm_(trainable(model), {literal(c.limit)})",
}
"""How each bound on the gradient is written; "" for none."""

CONSTRAINTS: dict[type[Constraint], Callable[[Any], str]] = {
    NoConstraint: lambda c: "",
    MaxNorm: lambda c: "w.mul_({limit} / w.norm(dim=1, keepdim=True).clamp(min={limit}))".format(
        limit=literal(c.limit)
    ),
}
"""What is done to the weights ``w`` (outputs, inputs) of a layer after a step; "" for nothing."""
