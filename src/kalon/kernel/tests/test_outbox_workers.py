"""Real worker processes on a database of their own: one is killed in the middle of a job, another does it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from kalon.kernel import outbox
from kalon.kernel.tenancy import acting_as
from kalon.kernel.tests.slow_jobs import leave_mark
from kalon.kernel.tests.test_outbox import HERE, jobs, marks, system

WORKER = (
    "import django; django.setup(); import kalon.kernel.tests.slow_jobs;"
    "from django.core.management import call_command;"
    "call_command('procrastinate', 'worker', '--concurrency', '1')"
)


def test_a_worker_killed_in_the_middle_of_a_job_has_it_done_once_by_another(own_database: str, tmp_path: Path) -> None:
    tries = tmp_path / "tries"
    with acting_as(system()):
        outbox.defer(leave_mark, organization_id=HERE, number=7)
    first = _worker(tries, slow=True)
    _until(lambda: tries.exists() and jobs() == [("doing", 0)])
    os.kill(first.pid, signal.SIGKILL)
    first.wait(timeout=10)
    assert (marks(), jobs()) == ([], [("doing", 0)])
    assert outbox.reap() == 0  # it may be alive as far as anybody knows
    time.sleep(1)
    assert outbox.reap(silent_for=timedelta(seconds=0.9)) == 1
    second = _worker(tries, slow=False)
    try:
        _until(lambda: jobs() == [("succeeded", 2)])
    finally:
        second.terminate()
        second.wait(timeout=20)
    assert marks() == ["mark 7"]
    assert tries.read_text().split() == [str(first.pid), str(second.pid)]


def _worker(tries: Path, *, slow: bool) -> "subprocess.Popen[bytes]":
    environment = {**os.environ, "KALON_TEST_TRIES": str(tries), "KALON_TEST_SLOW": "1" if slow else ""}
    environment["PYTHONPATH"] = os.pathsep.join(path for path in sys.path if path)
    return subprocess.Popen([sys.executable, "-c", WORKER], env=environment)


def _until(holds: Callable[[], bool], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, jobs()
        time.sleep(0.1)
