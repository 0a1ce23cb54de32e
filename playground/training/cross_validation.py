"""k-fold cross-validation: which hidden layers do best on samples that they were not trained on?

The samples that are not for testing are dealt out into k folds. Each architecture is trained k
times, each time on all folds but one, and is measured on the one that was held out. So every
sample is held out once, every architecture sees the same folds and starts from the same seed, and
the test samples stay untouched for the last word.

Kohavi (1995), "A study of cross-validation and bootstrap for accuracy estimation and model
selection". The rule of one standard error is from Breiman, Friedman, Olshen & Stone (1984),
"Classification and regression trees", section 3.4.3.
"""

from __future__ import annotations

import dataclasses
import math
import time
from collections.abc import Iterator, Sequence

import msgspec
import numpy as np

from playground.data.batching import FullBatch
from playground.data.dataset import Split
from playground.data.folds import stratified_folds
from playground.data.prepared import PreparedData, prepare
from playground.experiment.architectures import Widths, widths_text, with_widths
from playground.experiment.spec import ExperimentSpec, architecture_of, checked
from playground.schema.validation import InvalidValue, validated
from playground.training.divergence import Diverged
from playground.training.fold_results import (
    Candidate,
    CrossValidation,
    FoldRun,
    FoldSettings,
    Measure,
)
from playground.training.jobs import JobRefused, Progress
from playground.training.preparing import Preparing, is_prepared
from playground.training.trainer import Trainer

__all__ = [
    "MOST_CANDIDATES",
    "Candidate",
    "CrossValidation",
    "FoldRun",
    "FoldSettings",
    "Measure",
    "cross_validate",
]

MOST_CANDIDATES = 24
SLICE_SECONDS = 0.01
"""Training between two looks at whether to go on."""


def cross_validate(
    spec: ExperimentSpec,
    candidates: Sequence[Widths],
    settings: FoldSettings,
    progress: Progress | None = None,
) -> CrossValidation:
    """Train each architecture once per fold and measure it on what was held out.

    Everything but the hidden layers is as in the experiment: the same optimizer, loss, batches
    and initial weights. The samples held out are the test set of their training, so that nothing
    that follows a validation set (early stopping, a learning rate that falls on a plateau) sees
    them. Fold by fold, so that all architectures can be compared early.

    Parameters
    ----------
    spec
        A checked experiment.
    candidates
        Architectures, 1 to ``MOST_CANDIDATES``; repeated ones count once.
    settings
        Folds, epochs and seed.
    progress
        Told how far it is, with a :class:`CrossValidation` so far, about every 10 ms.

    Returns
    -------
    CrossValidation
        Equal arguments give equal results, but for the times.

    Raises
    ------
    JobRefused
        If there are too few samples, too many architectures, or one that does not fit.
    InvalidValue
        If a setting is out of range.
    DataError
        If the samples cannot be read.
    """
    progress = progress or Progress()
    settings = validated(settings)
    specs = _specs(spec, candidates)
    progress.report(0, "Preparing the samples")
    data = prepare(spec.data)
    splits = _splits(data, settings)
    architectures = [architecture_of(each) for each in specs.values()]
    result = CrossValidation(
        settings,
        tuple(
            Candidate(widths, architecture.parameter_count)
            for widths, architecture in zip(specs, architectures, strict=True)
        ),
        sum(len(split.test) for split in splits),
        data.task.class_count > 0,
    )
    # A step of a machine with 5e10 operations per second, and a little for each call.
    batch = spec.training.batch_for(spec.data.training_count)
    costs = [1e-5 + 6 * each.weight_count * batch / 5e10 for each in architectures]
    whole_cost, done = settings.folds * sum(costs), 0.0
    for fold, split in enumerate(splits):
        # Scaled anew: what a fold is tested on has no say in the scale of its inputs.
        part = data.divided(split)
        for index, (candidate, cost) in enumerate(zip(specs.values(), costs, strict=True)):
            text = f"Fold {fold + 1} of {settings.folds} · {result.candidates[index].name}"
            for news in _train(candidate, part, fold, settings.epochs):
                if isinstance(news, FoldRun):
                    result = _with_run(result, index, news)
                else:
                    progress.report((done + news * cost) / whole_cost, text, result)
            done += cost
    progress.report(1, "Done", result)
    return result


def _specs(spec: ExperimentSpec, candidates: Sequence[Widths]) -> dict[Widths, ExperimentSpec]:
    """Return the experiment with each architecture, each of them once."""
    unique = tuple(dict.fromkeys(candidates))
    if not 1 <= len(unique) <= MOST_CANDIDATES:
        remedy = "give at least one" if not unique else f"compare {MOST_CANDIDATES} at most"
        raise JobRefused(f"{len(unique)} architectures cannot be compared; {remedy}")
    if spec.training.optimizer.needs_full_batch:
        # The folds together may be more samples than the training set that a batch size fits.
        training = msgspec.structs.replace(spec.training, batching=FullBatch())
        spec = msgspec.structs.replace(spec, training=training)
    specs: dict[Widths, ExperimentSpec] = {}
    for widths in unique:
        try:
            specs[widths] = checked(with_widths(spec, widths))
        except InvalidValue as error:
            raise JobRefused(f"{widths_text(widths)} does not fit: {error}") from error
    return specs


def _splits(data: PreparedData, settings: FoldSettings) -> tuple[Split, ...]:
    """Return a split per fold, that fold as test set, without the real test samples."""
    split = data.split
    known = np.sort(np.concatenate([split.train, split.validation]))
    if settings.folds > len(known):
        raise JobRefused(
            f"folds {settings.folds} exceeds the {len(known)} samples that are not for testing; "
            f"lower it to {len(known)} or add data"
        )
    folds = stratified_folds(data.samples.strata[known], settings.folds, settings.seed)
    nothing = known[:0]
    return tuple(Split(np.delete(known, fold), nothing, known[fold]) for fold in folds)


def _train(
    spec: ExperimentSpec, data: PreparedData, fold: int, epochs: int
) -> Iterator[float | FoldRun]:
    """Train one network, giving how far it is from 0 to 1, and at last what came of it."""
    started = time.perf_counter()
    initial = None
    if is_prepared(spec):
        preparing = Preparing(spec, data)
        while not preparing.is_done:
            yield 0.0
            preparing.advance(SLICE_SECONDS)
        initial = preparing.vector
    trainer = Trainer(spec, data, initial)
    total = epochs * trainer.batches_per_epoch
    chunk = 1
    try:
        while trainer.step < total and trainer.stopped is None:
            yield trainer.step / total
            before = time.perf_counter()
            steps = min(chunk, total - trainer.step)
            trainer.advance(steps)
            trainer.check_finite()
            # Towards slices of equal length. Where they end has no influence on the numbers.
            wanted = steps * SLICE_SECONDS / max(time.perf_counter() - before, 1e-7)
            chunk = int(min(max(wanted, 1), chunk * 2))
        yield 1.0
        metrics = trainer.metrics()
        train_loss, loss = metrics.train_loss, metrics.test_loss
        # Neither set is empty.
        assert train_loss is not None
        assert loss is not None
        problem = ""
        if not (math.isfinite(train_loss) and math.isfinite(loss)):
            problem = "The loss is not finite. Lower the learning rate."
        accuracy = metrics.test_accuracy
    except Diverged as error:
        train_loss = loss = math.nan
        accuracy = math.nan if data.task.class_count else None
        problem = str(error)
    seconds = time.perf_counter() - started
    yield FoldRun(fold, train_loss, loss, accuracy, problem, seconds)


def _with_run(result: CrossValidation, index: int, run: FoldRun) -> CrossValidation:
    candidates = list(result.candidates)
    candidate = candidates[index]
    candidates[index] = dataclasses.replace(candidate, runs=(*candidate.runs, run))
    return dataclasses.replace(result, candidates=tuple(candidates))
