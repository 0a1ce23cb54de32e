"""How much memory a wide network takes."""

from __future__ import annotations

import gc
import tracemalloc

import numpy as np

from playground.engine.activations import ReLU
from playground.engine.forward_plan import with_ones
from playground.engine.layers import BatchNorm, Dense, LayerNorm
from playground.engine.losses import SoftmaxCrossEntropy
from playground.engine.network import NetworkSpec, initial_parameters, resolve
from playground.engine.operations import run
from playground.engine.optimizers import Adam, LearningRate
from playground.engine.plan import TrainingPlan
from playground.engine.regularization_tape import RegularizationTape
from playground.engine.regularizers import NoRegularization
from playground.schema.task import Task, TaskKind

BATCH = 128
LONG_BATCH = 3000
FLOAT32 = np.dtype(np.float32)


def test_that_a_wide_network_takes_little_more_than_its_numbers() -> None:
    network = NetworkSpec((Dense(512, ReLU()), Dense(512, ReLU())))
    task = Task(TaskKind.MULTICLASS, tuple("0123456789"))
    architecture = resolve(network, 784, SoftmaxCrossEntropy(), task)
    inputs = with_ones(np.zeros((BATCH, 784)), FLOAT32)
    targets = np.zeros((BATCH, 10), np.float32)
    gc.collect()
    tracemalloc.start()
    try:
        parameters = initial_parameters(architecture, 0, FLOAT32)
        tracemalloc.reset_peak()
        optimizer = Adam()
        state = optimizer.allocate(len(parameters.vector), FLOAT32)
        penalties = RegularizationTape(architecture, parameters, NoRegularization(), state.gradient)
        plan = TrainingPlan(
            architecture,
            parameters,
            optimizer,
            state,
            LearningRate(0.001, FLOAT32),
            penalties,
            BATCH,
        )
        tape = plan.record_step(inputs, targets)
        for _ in range(3):
            run(tape)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    count, size = architecture.parameter_count, FLOAT32.itemsize
    # Per unit and sample: what it says, its slope, its error, and the operand of its rectifier.
    activations = 4 * sum(layer.outputs + 1 for layer in architecture.layers) * BATCH * size
    vectors = len(optimizer.slot_names) + 2
    assert peak <= 1.5 * count * size * vectors + activations


def test_that_norms_over_a_whole_set_take_no_more_than_its_values() -> None:
    network = NetworkSpec((Dense(8), BatchNorm(), Dense(8), LayerNorm()))
    task = Task(TaskKind.BINARY, ("no", "yes"))
    architecture = resolve(network, 2, SoftmaxCrossEntropy(), task)
    parameters = initial_parameters(architecture, 0, FLOAT32)
    state = Adam().allocate(len(parameters.vector), FLOAT32)
    penalties = RegularizationTape(architecture, parameters, NoRegularization(), state.gradient)
    rate = LearningRate(0.001, FLOAT32)
    gc.collect()
    tracemalloc.start()
    try:
        TrainingPlan(architecture, parameters, Adam(), state, rate, penalties, LONG_BATCH)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    # Nothing that grows with the square of the batch: that alone would be eight times as much.
    assert peak < LONG_BATCH**2 / 2
