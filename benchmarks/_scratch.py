"""An installation for one measurement: made in a folder of its own, removed when the case is over."""

import multiprocessing
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from kalon.config import postgres
from kalon.config.cli import ready
from kalon.config.installation import Installation

T = TypeVar("T")


@contextmanager
def installation(case: str, *, kept: Path | None = None) -> Iterator[Installation]:
    """A server, database and tables of this case alone, written to disk as in production (fsync on).

    In `$KALON_VAR/bench-<case>`, else in a temporary folder, and removed afterwards; a folder given as `kept` is
    used as it is found and left as it is. `DATABASE_URL` is left aside: the roles of a server belong to the
    installation that made them.
    """
    base = os.environ.get("KALON_VAR")
    if kept:
        folder = kept.absolute()
    elif base:
        folder = Path(base).absolute() / f"bench-{case}"
        shutil.rmtree(folder, ignore_errors=True)  # what a measurement that was killed left behind
    else:
        folder = Path(tempfile.mkdtemp(prefix=f"kalon-bench-{case}-"))
    for name in ("DATABASE_URL", "KALON_DATABASE", "KALON_CARELESS"):
        os.environ.pop(name, None)
    os.environ["KALON_VAR"], os.environ["KALON_DEMO"] = str(folder), "1"
    here = Installation.from_environment()
    lease = ready.everything(here)
    try:
        yield here
    finally:
        from django.db import connections

        connections.close_all()
        if lease:
            lease.close()
        postgres.wait_until_stopped(here, seconds=60)
        if not kept:
            shutil.rmtree(folder, ignore_errors=True)
        shutil.rmtree(here.socket_dir, ignore_errors=True)


def progress(done: int, total: int, doing: str) -> None:
    """How far a long preparation is: a bar on a terminal, a line at every tenth in a log."""
    if sys.stderr.isatty():
        full = 30 * done // max(total, 1)
        end = "\n" if done >= total else ""
        print(f"\r  {'█' * full}{'░' * (30 - full)} {done:,}/{total:,} {doing}  ", end=end, file=sys.stderr, flush=True)
    elif 10 * done // max(total, 1) != _shown.get(doing):
        _shown[doing] = 10 * done // max(total, 1)
        print(f"  {done:,}/{total:,} {doing}", file=sys.stderr, flush=True)


_shown: dict[str, int] = {}


def on_all_cores(make: Callable[[T], int], items: Sequence[T], total: int, doing: str) -> None:
    """Have every core make some of what is measured; `make` answers how much it made."""
    from django.db import connections

    connections.close_all()  # a connection does not survive a fork
    with multiprocessing.get_context("fork").Pool(os.cpu_count(), _may_be_stopped) as workers:
        done = 0
        for made in workers.imap_unordered(make, items):
            done += made
            progress(done, total, doing)


def _may_be_stopped() -> None:
    """A worker ends at once when its parent does."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


def median(times: Sequence[float]) -> float:
    """The middle of some durations in seconds, in milliseconds."""
    return round(1000 * sorted(times)[len(times) // 2], 2)


def p95(times: Sequence[float]) -> float:
    """What 95 of 100 stay under, in milliseconds."""
    return round(1000 * sorted(times)[min(len(times) - 1, int(len(times) * 0.95))], 2)


def p99(times: Sequence[float]) -> float:
    """What 99 of 100 stay under, in milliseconds."""
    return round(1000 * sorted(times)[min(len(times) - 1, int(len(times) * 0.99))], 2)
