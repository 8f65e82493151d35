"""Jobs stand and fall with their transaction, belong to one organisation, and outlive the worker that held them."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection

from kalon.kernel import actors, outbox
from kalon.kernel.actors import Actor, Kind
from kalon.kernel.models import IdempotencyKey
from kalon.kernel.tenancy import acting_as
from kalon.kernel.tests.slow_jobs import TRIES, leave_mark, stumble

pytestmark = pytest.mark.django_db
HERE, ELSEWHERE = uuid4(), uuid4()


@pytest.fixture(autouse=True)
def _empty() -> None:
    TRIES.clear()


def system(organization_id: Any = HERE) -> Actor:
    return actors.system("test", organization_id)


def patient() -> Actor:
    return Actor(Kind.PATIENT, "Meera", organization_id=HERE, patient_id=uuid4())


def jobs(name: str = "tests.leave_mark") -> list[tuple[str, int]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT status::text, attempts FROM procrastinate_jobs WHERE task_name = %s ORDER BY id", [name])
        return cursor.fetchall()


def marks() -> list[str]:
    with acting_as(system()):
        return sorted(IdempotencyKey.objects.filter(owner="tests").values_list("key", flat=True))


def test_a_job_runs_as_the_system_in_its_organisation() -> None:
    with acting_as(system()):
        outbox.defer(leave_mark, organization_id=HERE, number=1)
    assert jobs() == [("todo", 0)]
    assert outbox.run_due() == 1
    assert (marks(), jobs()) == (["mark 1"], [("succeeded", 1)])


def test_a_rolled_back_request_leaves_no_job() -> None:
    with pytest.raises(ZeroDivisionError):
        _leave_one_and_fall()
    assert jobs() == []


def _leave_one_and_fall() -> None:
    with acting_as(system()):
        outbox.defer(leave_mark, organization_id=HERE, number=1)
        raise ZeroDivisionError


def test_a_patient_may_leave_a_job_and_reach_nothing_else_of_the_queue() -> None:
    with acting_as(patient()):
        outbox.defer(leave_mark, organization_id=HERE, number=2)
    for statement in (
        "SELECT * FROM procrastinate_jobs",
        "UPDATE procrastinate_jobs SET status = 'cancelled'",
        "INSERT INTO procrastinate_jobs (queue_name, task_name) VALUES ('default', 'tests.leave_mark')",
        "SELECT procrastinate_fetch_job_v2(NULL, NULL)",
    ):
        with (
            pytest.raises(DatabaseError, match="permission denied"),
            acting_as(patient()),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)
    outbox.run_due()
    assert marks() == ["mark 2"]


@pytest.mark.parametrize("by", [patient, system])
def test_nobody_leaves_a_job_for_another_organisation(by: Callable[[], Actor]) -> None:
    with pytest.raises(DatabaseError, match="belongs to the organisation"), acting_as(by()):
        outbox.defer(leave_mark, organization_id=ELSEWHERE, number=3)
    assert jobs() == []


def test_without_a_context_there_is_no_door() -> None:
    with pytest.raises(DatabaseError, match="belongs to the organisation"), connection.cursor() as cursor:
        cursor.execute("SELECT kalon_defer('tests.leave_mark', 'default', '{}', NULL)")


@pytest.mark.parametrize(
    "content", ["Meera Nair", "meera@example.com has a long story", "x" * 81, 1.5, None, ["a"], b"a"]
)
def test_content_is_refused_ids_are_taken(content: Any) -> None:
    with acting_as(system()):
        with pytest.raises(TypeError, match="short code"):
            outbox.defer(leave_mark, organization_id=HERE, number=1, label=content)
        outbox.defer(leave_mark, organization_id=HERE, number=1, label="short-code")
    assert len(jobs()) == 1


def test_a_failing_job_is_tried_as_often_as_said_with_longer_waits_then_stays_visible() -> None:
    with acting_as(system()):
        outbox.defer(stumble, organization_id=HERE)
    for tries, status in enumerate(["todo", "todo", "failed"], start=1):
        with pytest.raises(RuntimeError):
            outbox.run_due()
        assert jobs("tests.stumble") == [(status, tries)]
        assert outbox.run_due() == 0  # not due yet
        with connection.cursor() as cursor:
            cursor.execute("UPDATE procrastinate_jobs SET scheduled_at = NULL WHERE task_name = 'tests.stumble'")
    assert len(TRIES) == 3
    assert [outbox.wait_after(tries) for tries in range(6)] == [5, 20, 80, 320, 1280, 3600]
    assert outbox.health().failed == 1
    assert [(job.name, job.attempts) for job in outbox.failed()] == [("tests.stumble", 3)]
    assert "gave up" in outbox.health().trouble


def test_health_counts_what_waits_and_says_that_no_worker_runs() -> None:
    assert outbox.health() == outbox.Health(waiting=0, running=0, failed=0, oldest_seconds=0.0, workers=0)
    with acting_as(system()):
        outbox.defer(leave_mark, organization_id=HERE, number=1)
    health = outbox.health()
    assert (health.waiting, health.workers) == (1, 0)
    assert "no worker runs" in health.trouble


def test_jobs_of_dead_workers_go_back_and_give_up_at_their_cap() -> None:
    with acting_as(system()):
        outbox.defer(leave_mark, organization_id=HERE, number=1)
    for tries, status in enumerate(["todo", "todo", "failed"], start=1):
        _taken_by_a_dead_worker()
        assert outbox.reap() == 1
        assert jobs() == [(status, tries)]
    assert outbox.reap() == 0


def test_a_worker_that_lives_keeps_its_job() -> None:
    with acting_as(system()):
        outbox.defer(leave_mark, organization_id=HERE, number=1)
    _taken_by_a_dead_worker(silent="1 second")
    assert outbox.reap() == 0
    assert jobs() == [("doing", 0)]


def _taken_by_a_dead_worker(silent: str = "2 minutes") -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - %s::interval) RETURNING id", [silent]
        )
        cursor.execute("SELECT procrastinate_fetch_job_v2(NULL, %s)", [cursor.fetchone()[0]])


def test_old_jobs_are_forgotten_failed_ones_later() -> None:
    with acting_as(system()):
        outbox.defer(leave_mark, organization_id=HERE, number=1)
    outbox.run_due()
    outbox.forget()
    assert len(jobs()) == 1
    outbox.forget(done_for=timedelta(seconds=-1))
    assert jobs() == []
