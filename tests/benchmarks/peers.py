"""The same training in other programs: scikit-learn, PyTorch, JAX, TensorFlow Playground.

Each peer is made of a :class:`Task` and returns a function that makes epochs; what is not
installed is left out. None shares code with the engine: they get the same numbers of units, the
same batches per epoch, shuffled anew in each, and float32.
"""

from __future__ import annotations

import importlib.util
import json
import shutil
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Reals = NDArray[Any]
Epochs = Callable[[int], object]
"""Makes a number of passes over the data."""


@dataclass(frozen=True)
class Job:
    """What is to be trained, said without any class of the engine.

    Attributes
    ----------
    widths
        Inputs, hidden layers, outputs.
    activation
        ``tanh`` or ``relu``.
    inputs : (n, d) float32
    labels : (n,) int64
    optimizer
        ``sgd``, ``momentum`` or ``adam``.
    """

    widths: tuple[int, ...]
    activation: str
    inputs: Reals
    labels: Reals
    batch_size: int
    optimizer: str
    learning_rate: float

    @property
    def is_squared(self) -> bool:
        """Whether one output is taught ±1 with half the squared error, rather than classes."""
        return self.widths[-1] == 1

    @property
    def batches(self) -> int:
        """Steps in one epoch."""
        return len(self.inputs) // self.batch_size


def installed(name: str) -> bool:
    """Return whether a module could be imported."""
    return importlib.util.find_spec(name) is not None


def torch_epochs(job: Job, is_best: bool) -> Epochs:
    """Return training by PyTorch, eager; at its best with the fused optimizer."""
    import torch

    layers: list[Any] = []
    for index, (before, after) in enumerate(zip(job.widths, job.widths[1:], strict=False)):
        layers.append(torch.nn.Linear(before, after))
        if index < len(job.widths) - 2:
            layers.append(torch.nn.Tanh() if job.activation == "tanh" else torch.nn.ReLU())
    if job.is_squared:
        layers.append(torch.nn.Tanh())
    model = torch.nn.Sequential(*layers)
    inputs = torch.from_numpy(job.inputs)
    targets = torch.from_numpy(job.labels)
    if job.is_squared:
        targets = (2.0 * targets - 1).float()[:, None]
    options: dict[str, Any] = {"lr": job.learning_rate, "fused": is_best}
    optimizer: Any
    if job.optimizer == "adam":
        optimizer = torch.optim.Adam(model.parameters(), **options)
    else:
        options["momentum"] = 0.9 if job.optimizer == "momentum" else 0.0
        optimizer = torch.optim.SGD(model.parameters(), **options)

    def loss_of(outputs: Any, wanted: Any) -> Any:
        if job.is_squared:
            return 0.5 * torch.nn.functional.mse_loss(outputs, wanted)
        return torch.nn.functional.cross_entropy(outputs, wanted)

    def epochs(count: int) -> None:
        for _ in range(count):
            order = torch.randperm(len(inputs))
            shuffled, wanted = inputs[order], targets[order]
            for start in range(0, len(inputs), job.batch_size):
                part = slice(start, start + job.batch_size)
                optimizer.zero_grad(set_to_none=True)
                loss_of(model(shuffled[part]), wanted[part]).backward()
                optimizer.step()

    return epochs


def scikit_epochs(job: Job) -> Epochs:
    """Return training by scikit-learn in its quickest form: ``fit`` of several epochs at once."""
    import warnings

    from sklearn.exceptions import ConvergenceWarning
    from sklearn.neural_network import MLPClassifier, MLPRegressor

    options: dict[str, Any] = {
        "hidden_layer_sizes": job.widths[1:-1],
        "activation": job.activation,
        "solver": "adam" if job.optimizer == "adam" else "sgd",
        "alpha": 0.0,
        "batch_size": job.batch_size,
        "learning_rate_init": job.learning_rate,
        "momentum": 0.9 if job.optimizer == "momentum" else 0.0,
        "nesterovs_momentum": False,
        "n_iter_no_change": 10**9,
        "warm_start": True,
    }
    wanted = 2.0 * job.labels - 1 if job.is_squared else job.labels
    model = (MLPRegressor if job.is_squared else MLPClassifier)(max_iter=1, **options)
    wanted = wanted.astype(np.float32) if job.is_squared else wanted

    def epochs(count: int) -> None:
        model.max_iter = count
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            model.fit(job.inputs, wanted)

    epochs(1)
    return epochs


def jax_epochs(job: Job) -> Epochs:
    """Return training by JAX, compiled: a whole epoch is one scanned call."""
    import jax
    import jax.numpy as jnp

    keys = jax.random.split(jax.random.key(0), len(job.widths))
    pairs = zip(job.widths, job.widths[1:], strict=False)
    weights = [
        (jax.random.normal(key, (before, after)) / before**0.5, jnp.zeros(after))
        for key, (before, after) in zip(keys, pairs, strict=False)
    ]
    zeros = jax.tree.map(jnp.zeros_like, weights)
    function = jnp.tanh if job.activation == "tanh" else jax.nn.relu
    inputs = jnp.asarray(job.inputs)
    targets = jnp.asarray(2.0 * job.labels - 1 if job.is_squared else job.labels)

    def loss(parameters: Any, batch: Any, wanted: Any) -> Any:
        values = batch
        for matrix, bias in parameters[:-1]:
            values = function(values @ matrix + bias)
        outputs = values @ parameters[-1][0] + parameters[-1][1]
        if job.is_squared:
            return 0.5 * jnp.mean((jnp.tanh(outputs[:, 0]) - wanted) ** 2)
        chosen = jnp.take_along_axis(jax.nn.log_softmax(outputs), wanted[:, None], 1)
        return -chosen.mean()

    def step(state: Any, batch: Any) -> Any:
        parameters, first, second, count = state
        gradient = jax.grad(loss)(parameters, *batch)
        count = count + 1
        rate = job.learning_rate
        if job.optimizer == "adam":
            first = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, first, gradient)
            second = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, second, gradient)
            scale = rate * jnp.sqrt(1 - 0.999**count) / (1 - 0.9**count)
            parameters = jax.tree.map(
                lambda p, m, v: p - scale * m / (jnp.sqrt(v) + 1e-8), parameters, first, second
            )
        else:
            share = 0.9 if job.optimizer == "momentum" else 0.0
            first = jax.tree.map(lambda m, g: share * m + g, first, gradient)
            parameters = jax.tree.map(lambda p, m: p - rate * m, parameters, first)
        return (parameters, first, second, count), None

    @jax.jit
    def epoch(state: Any, key: Any) -> Any:
        order = jax.random.permutation(key, len(inputs))
        shape = (job.batches, job.batch_size)
        batches = inputs[order].reshape(*shape, -1), targets[order].reshape(shape)
        return jax.lax.scan(step, state, batches)[0]

    state = [(weights, zeros, zeros, jnp.zeros(()))]
    key = [jax.random.key(1)]

    def epochs(count: int) -> None:
        for _ in range(count):
            key[0], mine = jax.random.split(key[0])
            state[0] = epoch(state[0], mine)
        jax.block_until_ready(state[0])

    epochs(1)
    return epochs


def peers_of(job: Job) -> dict[str, Epochs]:
    """Return every peer that is installed, by name."""
    found: dict[str, Epochs] = {}
    if installed("torch"):
        found["PyTorch eager"] = torch_epochs(job, is_best=False)
        found["PyTorch fused"] = torch_epochs(job, is_best=True)
    if installed("sklearn"):
        found["scikit-learn"] = scikit_epochs(job)
    if installed("jax"):
        found["JAX compiled"] = jax_epochs(job)
    return found


def missing_peers() -> list[str]:
    """Return the names of the peers that are not installed."""
    names = {"torch": "PyTorch", "sklearn": "scikit-learn", "jax": "JAX"}
    return [title for name, title in names.items() if not installed(name)]


def set_threads(count: int) -> None:
    """Let every program compute with so many threads, where it can be told while it runs."""
    from threadpoolctl import threadpool_limits

    threadpool_limits(count)
    if installed("torch"):
        import torch

        torch.set_num_threads(count)


_DRIVER = """
const [path, count, repeats] = process.argv.slice(-3);
const nn = require(path), batch = 10, total = Number(count), epochs = Number(repeats);
const points = [];
for (let i = 0; i < total; i++) {
  const t = i * 0.7, inside = i % 2, r = inside ? 2 * (i / total) : 3.5 + 1.5 * (i / total);
  points.push({x: r * Math.sin(t), y: r * Math.cos(t), label: inside ? 1 : -1});
}
const train = points.slice(0, total / 2), test = points.slice(total / 2);
const net = nn.buildNetwork([2, 4, 2, 1], nn.Activations.TANH, nn.Activations.TANH, null,
  ["x", "y"], false);
// As its page does: the inputs of a point are those of all features that are switched on.
const features = {
  x: p => p.x, y: p => p.y, xx: p => p.x * p.x, yy: p => p.y * p.y, xy: p => p.x * p.y,
  sinX: p => Math.sin(p.x), sinY: p => Math.sin(p.y)
};
const isOn = {x: true, y: true};
function inputs(p) {
  const values = [];
  for (const name in features) if (isOn[name]) values.push(features[name](p));
  return values;
}
function loss(data) {
  let sum = 0;
  for (const p of data) sum += nn.Errors.SQUARE.error(nn.forwardProp(net, inputs(p)), p.label);
  return sum / data.length;
}
function maps() {
  const seen = {};
  nn.forEachNode(net, true, node => { seen[node.id] = []; });
  for (let i = 0; i < 100; i++) for (let j = 0; j < 100; j++) {
    nn.forwardProp(net, inputs({x: i / 100 * 12 - 6, y: j / 100 * 12 - 6}));
    nn.forEachNode(net, true, node => { seen[node.id].push(node.output); });
  }
  return seen;
}
function epoch(withMaps) {
  train.forEach((p, i) => {
    nn.forwardProp(net, inputs(p));
    nn.backProp(net, p.label, nn.Errors.SQUARE);
    if ((i + 1) % batch === 0) nn.updateWeights(net, 0.03, 0);
  });
  loss(train); loss(test);
  if (withMaps) maps();
}
function measure(withMaps, count) {
  for (let i = 0; i < count; i++) epoch(withMaps);
  const times = [];
  for (let round = 0; round < 7; round++) {
    const started = process.hrtime.bigint();
    for (let i = 0; i < count; i++) epoch(withMaps);
    times.push(Number(process.hrtime.bigint() - started) / 1e9 / count);
  }
  return times.sort((a, b) => a - b)[3];
}
const result = {plain: measure(false, epochs), maps: measure(true, Math.ceil(epochs / 10))};
console.log(JSON.stringify(result));
"""
"""Trains 2-4-2-1 as TensorFlow Playground does, with its own ``nn`` compiled to JavaScript."""


def tensorflow_playground(nn: Path, points: int, epochs: int = 100) -> dict[str, float]:
    """Return seconds per epoch of W1 with both losses: ``plain``, and with ``maps`` of all units.

    Parameters
    ----------
    nn
        Its ``nn.js``, compiled from ``src/nn.ts`` to a CommonJS module.
    points
        Samples, half of them for training.

    Raises
    ------
    FileNotFoundError
        If there is no such file, or no node.
    """
    node = shutil.which("node")
    if node is None or not nn.is_file():
        raise FileNotFoundError(f"needs node, and {nn} compiled from TensorFlow Playground")
    command: Sequence[str] = (
        node,
        "-e",
        _DRIVER,
        "driver",
        str(nn.resolve()),
        str(points),
        str(epochs),
    )
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=300)
    result: dict[str, float] = json.loads(done.stdout)
    return result
