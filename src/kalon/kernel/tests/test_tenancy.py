"""Whose rows: the signed context, checked by the database itself."""

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

import pytest
from django.db import DatabaseError, OperationalError, connection, transaction
from psycopg.errors import AdminShutdown, DeadlockDetected

from kalon.kernel import actors, clock
from kalon.kernel.actors import Actor, Kind
from kalon.kernel.ids import uuid7
from kalon.kernel.tenancy import TRIES, acting_as, current, signed_context, verb

pytestmark = pytest.mark.django_db

ORGANIZATION, OTHER = uuid7(), uuid7()
STAFF = Actor(Kind.STAFF, "Sini", organization_id=ORGANIZATION, user_id=uuid7())
PATIENT = Actor(Kind.PATIENT, "Meera", organization_id=ORGANIZATION, user_id=uuid7(), patient_id=uuid7())


def seen(sql: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {sql}")
        return cursor.fetchone()[0]


def claim(context: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('kalon.context', %s, true)", [context])


def test_the_database_knows_who_acts():
    with acting_as(STAFF):
        assert seen("kalon_staff_organization()") == ORGANIZATION
        assert seen("kalon_user()") == STAFF.user_id
        assert seen("current_user") == "kalon_app"
    assert seen("kalon_organization()") is None
    assert current() is None


def test_a_patient_acts_as_the_portal_role_and_is_no_staff():
    with acting_as(PATIENT):
        assert seen("current_user") == "kalon_portal"
        assert seen("kalon_patient()") == PATIENT.patient_id
        assert seen("kalon_staff_organization()") is None
    assert seen("current_user") == "kalon_app"


def test_nobody_widens_a_patients_unit_of_work():
    with acting_as(PATIENT), acting_as(actors.system("a reaction", ORGANIZATION)):
        assert seen("kalon_kind()") == "patient"
        assert seen("current_user") == "kalon_portal"


def test_a_role_reset_by_smuggled_sql_gains_nothing():
    with acting_as(PATIENT), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('role', 'none', true)")
        assert seen("current_user") == "kalon_app"
        assert seen("kalon_staff_organization()") is None


def test_a_nested_unit_gives_the_view_back():
    with acting_as(STAFF):
        with acting_as(replace(STAFF, organization_id=OTHER)):
            assert seen("kalon_organization()") == OTHER
        assert seen("kalon_organization()") == ORGANIZATION


def test_a_refusal_inside_gives_the_view_back_too():
    with acting_as(STAFF):
        with pytest.raises(RuntimeError), acting_as(replace(STAFF, organization_id=OTHER)):
            raise RuntimeError
        assert seen("kalon_organization()") == ORGANIZATION


@pytest.mark.parametrize(
    "forge",
    [
        lambda line: line.replace(str(ORGANIZATION), str(OTHER)),
        lambda line: line[:-1] + ("0" if line[-1] != "0" else "1"),
        lambda line: line.replace("k1|", "k2|"),
        lambda line: "x",
        lambda line: signed_context(STAFF, key=b"another key"),
    ],
)
def test_a_forged_context_is_refused(forge):
    with pytest.raises(DatabaseError, match="not signed"), transaction.atomic():
        claim(forge(signed_context(STAFF)))
        seen("kalon_organization()")


def test_an_old_context_is_refused():
    with pytest.raises(DatabaseError, match="expired"), transaction.atomic():
        claim(signed_context(STAFF, lifetime=-1))
        seen("kalon_organization()")


def test_the_key_is_out_of_reach_of_the_app():
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        seen("count(*) FROM kalon_private.context_key")


def test_a_held_clock_travels_with_the_context():
    with clock.at(clock.now().replace(year=2025, microsecond=0)) as then, acting_as(STAFF):
        assert seen("kalon_now()") == then


def test_a_verb_runs_as_the_one_who_is_passed():
    @verb
    def whose(*, by: Actor) -> UUID | None:
        found = seen("kalon_organization()")
        assert isinstance(found, UUID)
        return found

    assert whose(by=STAFF) == ORGANIZATION
    assert whose(by=replace(STAFF, organization_id=OTHER)) == OTHER


def victim(times: int, fault: type[BaseException] = DeadlockDetected) -> Callable[..., int]:
    """A verb, within another one, that the database ends so often before it lets it through; how often it was tried."""
    tried = 0

    @verb
    def inner(*, by: Actor) -> int:
        nonlocal tried
        tried += 1
        if tried <= times:
            raise OperationalError("two waited for each other") from fault()
        return tried

    @verb
    def outer(*, by: Actor) -> int:
        return inner(by=by)

    return outer


def test_a_verb_that_waited_in_a_circle_is_done_again_as_a_whole():
    assert victim(3)(by=STAFF) == TRIES
    with pytest.raises(OperationalError):
        victim(4)(by=STAFF)
    with pytest.raises(OperationalError):
        victim(1, AdminShutdown)(by=STAFF)
    assert victim(1)(by=STAFF) == 2, "what failed before leaves nothing behind"
