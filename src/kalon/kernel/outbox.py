"""What happens later and surely: jobs that stand in the same transaction as what caused them.

    @outbox.job(name="messaging.deliver", attempts=5)
    def deliver(*, organization_id: UUID, message_id: UUID) -> None: ...

    outbox.defer(deliver, organization_id=…, message_id=…)        # a rolled-back request leaves no job

A job carries ids only, and runs as a named part of the system in one organisation. It may run twice (its worker was
killed after the work, before saying so): every effect needs a unique key. The database takes a job only for the
organisation of the signed context, so a patient's unit of work may leave one too (`kalon_defer`, and nothing else).
"""

import inspect
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Generic, ParamSpec
from uuid import UUID

from django.db import connection, transaction
from procrastinate import BaseRetryStrategy, RetryDecision
from procrastinate.contrib.django import app
from procrastinate.jobs import Job as Row

from kalon.kernel import actors
from kalon.kernel.tenancy import acting_as, organization_ids

P = ParamSpec("P")

SILENT_FOR = timedelta(seconds=30)  # a worker that says nothing for so long is dead; it beats every ten seconds
FIRST_WAIT, LONGEST_WAIT = 5, 3600  # seconds before another try: 5, 20, 80, 320, …
CODE = re.compile(r"[\w.:+-]{1,80}")


class Again(BaseRetryStrategy):  # type: ignore[misc]  # the library is not typed here
    """Try `attempts` times in all, and wait four times longer before each further try."""

    def __init__(self, attempts: int) -> None:
        self.attempts = attempts

    def get_retry_decision(self, *, exception: BaseException, job: Row) -> RetryDecision | None:
        if job.attempts + 1 >= self.attempts:
            return None
        return RetryDecision(retry_in={"seconds": wait_after(job.attempts)})


def wait_after(tries: int) -> int:
    """Seconds until the next try, after so many."""
    return int(min(FIRST_WAIT * 4**tries, LONGEST_WAIT))


@dataclass(frozen=True)
class Job(Generic[P]):
    """Work that can be deferred; called directly, it runs here and now (in whatever unit of work is open)."""

    name: str
    attempts: int
    queue: str
    work: Callable[P, object]
    in_steps: bool = False

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> object:
        return self.work(*args, **kwargs)

    def run(self, **written: Any) -> None:
        """Do it, as the system in the organisation that the job names."""
        ids = {key: self._read(key, value) for key, value in written.items()}
        if self.in_steps:
            self.work(**ids)  # type: ignore[call-arg]
            return
        with acting_as(actors.system(self.name, ids["organization_id"])):
            self.work(**ids)  # type: ignore[call-arg]

    def _read(self, key: str, value: Any) -> Any:
        wanted = inspect.signature(self.work, eval_str=True).parameters.get(key)
        return UUID(value) if wanted is not None and wanted.annotation is UUID else value


JOBS: dict[str, Job[Any]] = {}


def job(
    *, name: str, attempts: int = 5, queue: str = "default", in_steps: bool = False
) -> Callable[[Callable[P, object]], Job[P]]:
    """Declare work that runs later; it is tried `attempts` times, each after a longer wait.

    `in_steps`: the work opens its own units of work, because what it does outside between them cannot be rolled back.
    """

    def declare(work: Callable[P, object]) -> Job[P]:
        if name in JOBS:
            raise ValueError(f"Two jobs are called {name}.")
        declared: Job[P] = Job(name, attempts, queue, work, in_steps)
        JOBS[name] = declared

        def run(**written: Any) -> None:
            declared.run(**written)

        app.task(name=name, queue=queue, retry=Again(attempts))(run)
        return declared

    return declare


def every(*, cron: str, name: str) -> Callable[[Callable[P, object]], Job[P]]:
    """Declare work that runs by the clock, once for each organisation (`work(organization_id=…)`).

    While one such job of an organisation still waits, no second one is added.
    """

    def declare(work: Callable[P, object]) -> Job[P]:
        each: Job[P] = job(name=name, attempts=3)(work)

        def visit() -> None:
            for organization_id in organization_ids():
                with acting_as(actors.system(name, organization_id)):
                    _put(each, {"organization_id": organization_id}, only_one=f"{name} {organization_id}")

        by_the_clock(cron=cron, name=f"{name}.everywhere")(visit)
        return each

    return declare


def by_the_clock(*, cron: str, name: str) -> Callable[[Callable[[], object]], Callable[[], object]]:
    """Declare work of the installation itself, of no organisation (sealing the log, reaping)."""

    def declare(work: Callable[[], object]) -> Callable[[], object]:
        def run(timestamp: int) -> None:
            work()

        app.periodic(cron=cron)(app.task(name=name, queueing_lock=name)(run))
        return work

    return declare


def defer(job: Job[P], *args: P.args, **ids: P.kwargs) -> None:
    """Leave work for later, in the present transaction. Ids and short codes only: a job is no place for names."""
    assert not args, "ids are named"
    _put(job, ids)


def defer_once(job: Job[P], key: str, *args: P.args, **ids: P.kwargs) -> None:
    """As `defer`; nothing is added while a job of this name and key still waits to be begun."""
    assert not args, "ids are named"
    _put(job, ids, only_one=f"{job.name} {key}")


def _put(job: Job[Any], ids: dict[str, Any], *, only_one: str | None = None) -> None:
    if not connection.in_atomic_block:
        raise RuntimeError(f"Defer {job.name} inside the unit of work that causes it.")
    written = {key: _written(job, key, value) for key, value in ids.items()}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT kalon_defer(%s, %s, %s::jsonb, %s)", [job.name, job.queue, json.dumps(written), only_one]
        )


def _written(job: Job[Any], key: str, value: Any) -> str | int:
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, int) or (isinstance(value, str) and CODE.fullmatch(value)):
        return value
    raise TypeError(f"{job.name}: {key} must be an id, a number or a short code. Content is read by the job itself.")


def reap(*, silent_for: timedelta = SILENT_FOR) -> int:
    """Give the jobs of dead workers back to the queue, or up when they were tried often enough; how many."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT job.id, job.task_name, job.attempts FROM procrastinate_jobs job "
            "LEFT JOIN procrastinate_workers worker ON worker.id = job.worker_id "
            "WHERE job.status = 'doing' "
            "AND (worker.id IS NULL OR worker.last_heartbeat < clock_timestamp() - make_interval(secs => %s)) "
            "FOR UPDATE OF job SKIP LOCKED",
            [silent_for.total_seconds()],
        )
        left_behind = cursor.fetchall()
        for pk, name, tries in left_behind:
            known = JOBS.get(name)
            _again_or_failed(pk, tries, known.attempts if known else 3, wait=0)
        cursor.execute(
            "DELETE FROM procrastinate_workers WHERE last_heartbeat < clock_timestamp() - make_interval(secs => %s)",
            [silent_for.total_seconds()],
        )
    return len(left_behind)


@dataclass(frozen=True, slots=True)
class Health:
    """How the outbox stands. `oldest_seconds`: how long the job that is due longest has waited."""

    waiting: int
    running: int
    failed: int
    oldest_seconds: float
    workers: int

    @property
    def trouble(self) -> str:
        """What to do about it, or nothing when all is well."""
        if self.waiting and not self.workers:
            return "Jobs wait and no worker runs. Start the clinic with `./kalon serve`."
        if self.oldest_seconds > 600:
            return "A job has waited for more than ten minutes. Look whether the worker is stuck, and start it again."
        if self.failed:
            return f"{self.failed} jobs gave up after their last try. Look at them with `./kalon doctor`."
        return ""


def health() -> Health:
    """The state of the queue, for the health page and the doctor."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FILTER (WHERE status = 'todo'), count(*) FILTER (WHERE status = 'doing'), "
            "count(*) FILTER (WHERE status = 'failed'), COALESCE(extract(epoch FROM clock_timestamp() - min("
            "COALESCE(scheduled_at, (SELECT min(at) FROM procrastinate_events WHERE job_id = job.id))) "
            "FILTER (WHERE status = 'todo' AND COALESCE(scheduled_at, '-infinity') <= clock_timestamp())), 0), "
            "(SELECT count(*) FROM procrastinate_workers "
            "WHERE last_heartbeat > clock_timestamp() - make_interval(secs => %s)) "
            "FROM procrastinate_jobs job WHERE status IN ('todo', 'doing', 'failed')",
            [SILENT_FOR.total_seconds()],
        )
        waiting, running, failed, oldest, workers = cursor.fetchone()
    return Health(waiting, running, failed, float(oldest), workers)


@dataclass(frozen=True, slots=True)
class Failed:
    """A job that gave up: what it was and when, for the doctor."""

    id: int
    name: str
    attempts: int
    ids: dict[str, Any]


def failed(*, limit: int = 50) -> list[Failed]:
    """The jobs that gave up, the latest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, task_name, attempts, args FROM procrastinate_jobs WHERE status = 'failed' "
            "ORDER BY id DESC LIMIT %s",
            [limit],
        )
        return [Failed(pk, name, tries, _as_dict(args)) for pk, name, tries, args in cursor.fetchall()]


def run_due(*, most: int = 10_000) -> int:
    """Run what is due, here and now, until nothing is left; how many (tests and seeding: a server has its worker).

    An error is raised after the job is marked for another try, as a worker would have done.
    """
    for count in range(most):
        with connection.cursor() as cursor:
            cursor.execute("SELECT id, task_name, attempts, args FROM procrastinate_fetch_job_v2(NULL, NULL)")
            pk, name, tries, args = cursor.fetchone()
        if pk is None:
            return count
        declared = JOBS.get(name)
        try:
            if declared is not None:
                declared.run(**_as_dict(args))
        except BaseException:
            _again_or_failed(pk, tries, declared.attempts if declared else 1, wait=wait_after(tries))
            raise
        with connection.cursor() as cursor:
            cursor.execute("SELECT procrastinate_finish_job_v1(%s, 'succeeded', false)", [pk])
    return most


def forget(*, done_for: timedelta = timedelta(days=2), failed_for: timedelta = timedelta(days=30)) -> None:
    """Remove jobs that ended long ago."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM procrastinate_jobs job "
            "WHERE status IN ('succeeded', 'failed', 'cancelled', 'aborted') "
            "AND now() - make_interval(secs => CASE WHEN status = 'failed' THEN %s ELSE %s END) > "
            "(SELECT max(at) FROM procrastinate_events WHERE job_id = job.id) "
            "AND NOT EXISTS (SELECT FROM procrastinate_periodic_defers WHERE job_id = job.id)",
            [failed_for.total_seconds(), done_for.total_seconds()],
        )


def _again_or_failed(pk: int, tries: int, cap: int, *, wait: int) -> None:
    with connection.cursor() as cursor:
        if tries + 1 >= cap:
            cursor.execute("SELECT procrastinate_finish_job_v1(%s, 'failed', false)", [pk])
        else:
            cursor.execute(
                "SELECT procrastinate_retry_job_v2(%s, now() + make_interval(secs => %s), NULL, NULL, NULL)", [pk, wait]
            )


def _as_dict(args: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(args) if isinstance(args, str) else args
    return found


OUTBOX_SQL = """
-- The one door into the queue: a job is taken for the organisation of the signed context, for no other.
CREATE FUNCTION kalon_defer(task text, queue text, ids jsonb, only_one text) RETURNS bigint LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $body$
DECLARE made bigint;
BEGIN
    IF kalon_organization() IS NULL OR ids ->> 'organization_id' IS DISTINCT FROM kalon_organization()::text THEN
        RAISE EXCEPTION 'a job belongs to the organisation that leaves it'
            USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'kalon_defer_organization';
    END IF;
    INSERT INTO procrastinate_jobs (queue_name, task_name, args, queueing_lock) VALUES (queue, task, ids, only_one)
        ON CONFLICT (queueing_lock) WHERE status = 'todo' DO NOTHING RETURNING id INTO made;
    RETURN made;
END $body$;
GRANT SELECT, INSERT ON procrastinate_jobs TO kalon_reviewed;
GRANT INSERT ON procrastinate_events TO kalon_reviewed;
GRANT USAGE ON SEQUENCE procrastinate_jobs_id_seq, procrastinate_events_id_seq TO kalon_reviewed;
ALTER FUNCTION kalon_defer(text, text, jsonb, text) OWNER TO kalon_reviewed;
REVOKE ALL ON FUNCTION kalon_defer(text, text, jsonb, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION kalon_defer(text, text, jsonb, text) TO kalon_app, kalon_portal;

-- The worker is kalon_app. A patient's unit of work reaches none of these tables.
GRANT SELECT, INSERT, UPDATE, DELETE ON procrastinate_jobs, procrastinate_events, procrastinate_workers,
    procrastinate_periodic_defers TO kalon_app;
GRANT USAGE ON SEQUENCE procrastinate_jobs_id_seq, procrastinate_events_id_seq, procrastinate_periodic_defers_id_seq,
    procrastinate_workers_id_seq TO kalon_app;
"""
OUTBOX_SQL_BACK = """
DROP FUNCTION kalon_defer(text, text, jsonb, text);
REVOKE ALL ON procrastinate_jobs, procrastinate_events, procrastinate_workers, procrastinate_periodic_defers
    FROM kalon_app, kalon_reviewed;
"""
