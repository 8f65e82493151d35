"""One clinic never sees another, also not from a plain SQL session; and reading costs few queries."""

from typing import Any

import psycopg
import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from kalon.kernel.errors import NotFound
from kalon.kernel.tenancy import acting_as
from kalon.people import actions, queries
from kalon.people.tests.factories import Clinic, member

pytestmark = pytest.mark.django_db
TENANT_TABLES = (
    "people_organization",
    "people_branch",
    "people_room",
    "people_equipment",
    "people_staff",
    "people_role",
    "people_roleassignment",
)


def _ids(table: str, column: str) -> set[Any]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM {table}")
        return {row[0] for row in cursor.fetchall()}


@pytest.mark.parametrize("table", TENANT_TABLES)
def test_a_clinic_sees_its_own_rows_only(here: Clinic, elsewhere: Clinic, table: str) -> None:
    column = "id" if table == "people_organization" else "organization_id"
    for clinic in (here, elsewhere):
        actions.add_equipment(clinic.branch.pk, name="Laser", code="L1", kind="LASER", by=clinic.owner)
    for clinic in (here, elsewhere):
        with acting_as(clinic.owner):
            assert _ids(table, column) == {clinic.organization_id}


def test_accounts_and_tokens_are_seen_in_their_clinic_only(here: Clinic, elsewhere: Clinic) -> None:
    actions.issue_own_token("phone", by=here.doctor)
    with acting_as(elsewhere.owner):
        assert _ids("people_user", "id") == {user.pk for user in elsewhere.users.values()}
        assert _ids("people_accesstoken", "user_id") == set()
    with acting_as(here.owner):
        assert _ids("people_accesstoken", "user_id") == {here.users["doctor"].pk}


def test_a_visitor_sees_places_and_who_treats_but_no_rights_and_no_accounts(here: Clinic) -> None:
    with acting_as(here.public):
        assert _ids("people_branch", "id") == {here.branch.pk}
        shown = {here.staff[role].pk for role in ("nurse", "doctor", "surgeon", "provider")}
        assert _ids("people_staff", "id") == shown
        assert {doctor.pk for doctor in queries.doctors(seen_by=here.public, branch_id=here.branch.pk)} == {
            here.staff[role].pk for role in ("doctor", "surgeon", "provider")
        }
        assert _ids("people_user", "id") == set()
        for table in ("people_role", "people_roleassignment"):
            with pytest.raises(Exception, match="permission denied"), acting_as(here.public):
                _ids(table, "id")


def test_a_plain_session_of_the_app_sees_no_clinic(as_app: "psycopg.Connection[Any]") -> None:
    for table in TENANT_TABLES:
        assert as_app.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            as_app.execute(f"DELETE FROM {table}")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            as_app.execute(f"TRUNCATE {table} CASCADE")


def test_a_plain_session_of_the_portal_reads_no_account(as_portal: "psycopg.Connection[Any]") -> None:
    for table in ("people_user", "people_accesstoken"):
        assert as_portal.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)
    for table in ("django_session", "mfa_authenticator", "usersessions_usersession", "people_counter"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            as_portal.execute(f"SELECT 1 FROM {table}")


def test_a_strangers_row_is_not_found(here: Clinic, elsewhere: Clinic) -> None:
    by = elsewhere.owner
    for look in (
        lambda: queries.branch(here.branch.pk, seen_by=by),
        lambda: queries.room(here.room.pk, seen_by=by),
        lambda: queries.staff_member(here.staff["doctor"].pk, seen_by=by),
    ):
        with pytest.raises(NotFound), acting_as(by):
            look()
    for attempt in (
        lambda: actions.change_branch(here.branch.pk, name="Mine", by=by),
        lambda: actions.change_room(here.room.pk, name="Mine", by=by),
        lambda: actions.let_go(here.staff["doctor"].pk, by=by),
        lambda: actions.add_room(here.branch.pk, name="Mine", code="M", by=by),
    ):
        with pytest.raises(NotFound):
            attempt()


def test_a_branch_belongs_to_the_room_s_own_clinic(here: Clinic, elsewhere: Clinic) -> None:
    statement = (
        "INSERT INTO people_room (id, created_at, organization_id, branch_id, code, name, kind, capacity, "
        "buffer_minutes, features, display_order, is_active) "
        "VALUES (gen_random_uuid(), now(), %s, %s, 'X', 'X', 'OTHER', 1, 0, '{}', 50, true)"
    )
    with pytest.raises(IntegrityError, match="same_branch"), acting_as(elsewhere.owner), connection.cursor() as cursor:
        cursor.execute(statement, [elsewhere.organization_id, here.branch.pk])


def test_an_actor_is_found_in_three_queries(here: Clinic) -> None:
    with acting_as(here.system), CaptureQueriesContext(connection) as seen:
        queries.staff_actor(here.users["doctor"])
    asked = [query["sql"] for query in seen if query["sql"].startswith("SELECT") and "set_config" not in query["sql"]]
    assert len(asked) <= 3, asked


def test_lists_cost_the_same_with_thirty_rows(here: Clinic) -> None:
    def cost() -> int:
        with acting_as(here.owner), CaptureQueriesContext(connection) as seen:
            for row in queries.staff_list(seen_by=here.owner):
                _ = [held.role.name for held in row.held], row.user
            list(queries.rooms_of_clinic(seen_by=here.owner))
            _ = [device.branch.name for device in queries.equipment_of_clinic(seen_by=here.owner)]
        return len(seen)

    few = cost()
    with acting_as(here.owner):
        for number in range(30):
            member("nurse", by=here.owner)
            actions.add_room(here.branch.pk, name=f"Room {number}", code=f"R{number}", by=here.owner)
            actions.add_equipment(here.branch.pk, name="Laser", code=f"L{number}", kind="LASER", by=here.owner)
    assert cost() == few


def test_a_host_leads_to_its_clinic_else_to_the_oldest(here: Clinic, db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT kalon_organizations()")
        assert cursor.fetchone() == (here.organization_id,)
    assert queries.public_organization_id("nowhere.example") == here.organization_id
