"""Jobs: progress that never queues, an end that is never lost, a cancel that always works."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from playground.training.jobs import (
    Cancelled,
    Failed,
    Finished,
    Job,
    JobEvent,
    JobRefused,
    Progress,
    Progressed,
)

TIMEOUT = 10.0


def _events(task: Callable[[Progress], Any]) -> tuple[JobEvent, ...]:
    job = Job("test", task)
    job.start()
    assert job.wait(TIMEOUT)
    return job.poll()


def test_that_the_result_comes_once_and_last() -> None:
    def task(progress: Progress) -> int:
        progress.report(0.5, "half")
        return 42

    job = Job("test", task)
    assert job.poll() == ()
    job.start()
    assert job.wait(TIMEOUT)
    assert not job.is_alive
    assert job.poll() == (Progressed(0.5, "half"), Finished(42))
    assert job.poll() == ()


def test_that_only_the_latest_report_is_kept() -> None:
    def task(progress: Progress) -> None:
        for number in range(1000):
            progress.report(number / 1000, partial=number)

    assert _events(task) == (Progressed(0.999, "", 999), Finished(None))


def test_that_a_share_out_of_range_is_kept_within() -> None:
    told: list[Progressed] = []
    progress = Progress(told.append)
    progress.report(-1)
    progress.report(1.5)
    assert [report.share for report in told] == [0, 1]


@pytest.mark.parametrize("name", ["report", "check"])
def test_that_a_cancelled_job_ends_where_it_reports_or_checks(name: str) -> None:
    started, may_go_on = threading.Event(), threading.Event()

    def task(progress: Progress) -> str:
        started.set()
        assert may_go_on.wait(TIMEOUT)
        assert progress.is_cancelled
        try:
            progress.report(0.5) if name == "report" else progress.check()
        except Exception:  # what a job catches must not keep it alive
            return "caught"
        return "went on"

    job = Job("test", task)
    job.start()
    assert started.wait(TIMEOUT)
    job.cancel()
    may_go_on.set()
    assert job.stop(TIMEOUT)
    assert job.poll() == (Cancelled(),)


def test_that_a_refusal_is_told_without_a_traceback() -> None:
    def task(progress: Progress) -> None:
        raise JobRefused("folds 50 exceeds the 40 samples; lower it")

    assert _events(task) == (Failed("folds 50 exceeds the 40 samples; lower it"),)


def test_that_an_unexpected_error_keeps_its_traceback() -> None:
    def task(progress: Progress) -> None:
        raise ZeroDivisionError

    (failed,) = _events(task)
    assert isinstance(failed, Failed)
    assert failed.message == "ZeroDivisionError"
    assert "in task" in failed.traceback


def test_that_a_job_that_was_never_started_can_be_stopped() -> None:
    assert Job("test", lambda progress: None).stop()
