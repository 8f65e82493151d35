"""What leaves the building, later and surely: jobs that stand in the same transaction as what caused them.

    @job(name="messaging.deliver", attempts=5)
    def deliver(*, organization_id: UUID, message_id: UUID) -> None: ...

    defer(deliver, organization_id=…, message_id=…)        # a rolled-back request leaves no job

A job carries ids only and runs as a named part of the system in one organisation. It may run twice (its worker
was killed after the work): every effect needs a unique key. `reap()` picks up jobs whose worker died.
"""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any
from uuid import UUID

from django.db import connection
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from kalon.kernel import actors
from kalon.kernel.tenancy import acting_as, organization_ids

Work = Callable[..., Any]
HEARTBEAT_SECONDS = 30
LONGEST_CODE = 64


@dataclass(frozen=True, slots=True)
class Health:
    """How the outbox stands: jobs that wait, the age of the oldest in seconds, and those that gave up."""

    waiting: int
    oldest_seconds: float
    failed: int


def job(*, name: str, attempts: int = 5, queue: str = "default") -> Callable[[Work], Work]:
    """Declare work that runs later; it is tried `attempts` times, each after a longer wait."""

    def declare(work: Work) -> Work:
        @wraps(work)
        def run(**ids: Any) -> None:
            known = {key: _read(work, key, value) for key, value in ids.items()}
            with acting_as(actors.system(name, known["organization_id"])):
                work(**known)

        retry = RetryStrategy(max_attempts=attempts - 1, exponential_wait=3) if attempts > 1 else False
        work.task = app.task(name=name, queue=queue, retry=retry)(run)  # type: ignore[attr-defined]
        work.attempts = attempts  # type: ignore[attr-defined]
        return work

    return declare


def every(*, cron: str, name: str) -> Callable[[Work], Work]:
    """Declare work that runs by the clock, once for each organisation (`work(organization_id=…)`)."""

    def declare(work: Work) -> Work:
        each = job(name=f"{name}.each")(work)

        def visit(timestamp: int) -> None:
            for organization_id in organization_ids():
                defer(each, organization_id=organization_id)

        app.periodic(cron=cron)(app.task(name=name, queueing_lock=name)(visit))
        return work

    return declare


def defer(work: Work, **ids: Any) -> None:
    """Put work into the outbox, in the present transaction. Ids and short codes only: a job is no place for names."""
    for key, value in ids.items():
        if not isinstance(value, UUID | int | bool | str | None):
            raise TypeError(f"A job takes ids and short codes; {key} is a {type(value).__name__}.")
    work.task.defer(**{key: str(value) if isinstance(value, UUID) else value for key, value in ids.items()})  # type: ignore[attr-defined]


def reap() -> int:
    """Give the jobs of dead workers back to the queue, or up when they were tried often enough; how many."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT kalon_reap_jobs(%s)", [HEARTBEAT_SECONDS])
        count: int = cursor.fetchone()[0]
    return count


def health() -> Health:
    """The state of the queue, for the health page and the doctor."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FILTER (WHERE status = 'todo'), count(*) FILTER (WHERE status = 'failed'), "
            "COALESCE(extract(epoch FROM now() - min(scheduled_at) FILTER (WHERE status = 'todo')), 0) "
            "FROM procrastinate_jobs"
        )
        waiting, failed, oldest = cursor.fetchone()
    return Health(waiting=waiting, oldest_seconds=float(oldest), failed=failed)


def run_due() -> None:
    """Run what waits, here and now, until nothing is left (tests and seeding; a server has its worker)."""
    worker_app = app.with_connector(app.connector.get_worker_connector())
    with worker_app.replace_connector(worker_app.connector):
        worker_app.run_worker(wait=False, install_signal_handlers=False, listen_notify=False)


def _read(work: Work, key: str, value: Any) -> Any:
    wanted = inspect.signature(work, eval_str=True).parameters.get(key)
    return UUID(value) if wanted is not None and wanted.annotation is UUID else value
