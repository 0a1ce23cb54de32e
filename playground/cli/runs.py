"""Experiments, projects and trained networks that several commands begin with."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from playground.cli.arguments import UsageError, epochs, experiment
from playground.cli.terminal import REPORTS_PER_SECOND, progress_bar

if TYPE_CHECKING:
    from playground.engine.preparation import PreparationProgress
    from playground.experiment.project_file import Project
    from playground.experiment.spec import ExperimentSpec
    from playground.exporting.run import Run
    from playground.training.trainer import Trainer


def loaded(name_or_path: str) -> ExperimentSpec:
    """Return an experiment as it is, without changes."""
    from playground.experiment.presets import ExperimentFileError, load_experiment

    try:
        return load_experiment(name_or_path)
    except ExperimentFileError as error:
        raise UsageError(str(error)) from error


def project(name_or_path: str) -> Project | None:
    """Return the project in a file, or ``None`` if it is a preset, or an experiment alone."""
    from playground.experiment.presets import is_project_file

    if not is_project_file(name_or_path):
        return None
    from playground.experiment.project_file import ProjectFileError, read_project

    try:
        return read_project(Path(name_or_path))
    except ProjectFileError as error:
        raise UsageError(str(error)) from error


def continued(options: argparse.Namespace, spec: ExperimentSpec) -> Trainer | None:
    """Return a trainer that stands where a project was saved, or ``None`` if there is none.

    What may be changed while training runs may also be changed here; anything else starts anew.
    """
    saved = project(options.experiment)
    if saved is None or saved.state is None:
        return None
    from playground.data.dataset import DataError
    from playground.experiment.change import Impact, impact
    from playground.schema.validation import InvalidValue
    from playground.training.state import UnfitState, changed_data, resumed

    if impact(saved.spec, spec) > Impact.LIVE:
        print("Other data or another network: training starts from the beginning.", file=sys.stderr)
        return None
    try:
        trainer = resumed(saved.spec, saved.state)
        trainer.apply_live(spec)
    except (DataError, InvalidValue, UnfitState) as error:
        raise UsageError(f"{options.experiment}: {error}") from error
    _warn(changed_data(trainer, saved.state))
    return trainer


def _warn(remark: str) -> None:
    if remark:
        print(remark, file=sys.stderr)


def new_trainer(
    spec: ExperimentSpec, told: Callable[[PreparationProgress], None] | None = None
) -> Trainer:
    """Return a trainer; if its initial weights are prepared, show or tell how far that is."""
    from playground.data.dataset import DataError
    from playground.data.prepared import prepare
    from playground.schema.validation import InvalidValue
    from playground.training.preparing import Preparing, is_prepared
    from playground.training.trainer import Trainer

    try:
        if not is_prepared(spec):
            return Trainer(spec)
        data = prepare(spec.data)
        preparing = Preparing(spec, data)
        with progress_bar() as bar:
            while not preparing.is_done:
                preparing.advance(1 / REPORTS_PER_SECOND)
                bar.update(int(preparing.progress.share * 100) - bar.n)
                bar.set_postfix_str(preparing.progress.text, refresh=False)
                if told is not None:
                    told(preparing.progress)
        if told is None:
            print(f"Initial weights prepared. {preparing.progress.text}")
        return Trainer(spec, data, preparing.vector)
    except (DataError, InvalidValue) as error:
        raise UsageError(str(error)) from error


def trained_run(options: argparse.Namespace) -> Run:
    """Return the experiment that the options ask for, trained; the terminal shows how far it is.

    A project is taken as it was saved, unless epochs or changes are asked for: then it is trained
    anew, from its initial weights.
    """
    from playground.data.dataset import DataError
    from playground.exporting.run import Run
    from playground.schema.validation import InvalidValue
    from playground.training.jobs import Progress
    from playground.training.state import changed_data

    spec = experiment(options)
    saved = project(options.experiment) if options.epochs is None else None
    if saved is not None and saved.state is not None and saved.spec == spec:
        try:
            run = Run.of_project(saved)
        except DataError as error:
            raise UsageError(str(error)) from error
        _warn(changed_data(run.trainer, saved.state))
        return run
    with progress_bar() as bar:
        progress = Progress(lambda told: bar.update(int(told.share * 100) - bar.n))
        try:
            return Run.trained(spec, epochs(options, spec), progress)
        except (DataError, InvalidValue) as error:
            raise UsageError(str(error)) from error
