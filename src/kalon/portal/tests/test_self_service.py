"""What patients see to themselves: how they are reached, and who has looked at their record."""

from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from kalon.kernel.audit import AuditEvent
from kalon.kernel.errors import Invalid, NotPermitted, Stale
from kalon.kernel.tenancy import acting_as
from kalon.patients import actions as patients
from kalon.patients import queries as patient_queries
from kalon.portal.rules import LOG_LINES
from kalon.portal.tests.conftest import Portal, queries

REACH = {
    "phone": "98470 55300", "email": "zoya.new@example.org", "language": "hi",
    "line1": "7 Rose Lane", "line2": "", "city": "Kochi", "district": "", "state": "Kerala", "postal_code": "682036",
}  # fmt: skip


def _record(portal: Portal) -> Any:
    with acting_as(portal.zoya):
        return patient_queries.patient(portal.zoya.own_patient_id, seen_by=portal.zoya)


def _sql(statement: str, *values: object) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.rowcount


# -- how they are reached


def test_a_patient_puts_right_how_they_are_reached(portal: Portal) -> None:
    page = portal.as_zoya.get("/my/you/reach").content.decode()
    assert "zoya@example.org" in page
    answer = portal.as_zoya.post("/my/you/reach", {**REACH, "version": _record(portal).version})
    assert (answer.status_code, answer["Location"]) == (303, "/my/you")
    mine = _record(portal)
    assert (mine.phone, mine.email, mine.language) == ("+919847055300", "zoya.new@example.org", "hi")
    assert mine.postal_address == {"line1": "7 Rose Lane", "city": "Kochi", "state": "Kerala", "postal_code": "682036"}
    with acting_as(portal.story.place.system):
        noted = AuditEvent.objects.get(subject_id=mine.pk, kind="CHANGE", purpose="own contact details")
    assert noted.facts == {"fields": ["address", "email", "language", "phone"]}
    assert (noted.actor_kind, noted.user_id) == ("patient", portal.zoya.user_id)


def test_the_desk_finds_them_by_the_new_number(portal: Portal) -> None:
    patients.correct_own_contact({"phone": "9847055300"}, version=_record(portal).version, by=portal.zoya)
    with acting_as(portal.story.desk):
        assert [hit.patient.mrn for hit in patient_queries.search("9847055300", seen_by=portal.story.desk)]


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"phone": "12"}, "phone"),
        ({"email": "zoya@"}, "e-mail"),
        ({"phone": "", "email": ""}, "so that we can reach"),
        ({"language": "xx"}, "Select a valid choice"),
        ({"line1": "x" * 10_000}, "at most 200"),
    ],
)
def test_a_slip_is_said_and_changes_nothing(portal: Portal, typed: dict[str, str], sentence: str) -> None:
    before = portal.story.books()
    answer = portal.as_zoya.post("/my/you/reach", {**REACH, "version": _record(portal).version, **typed})
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert portal.story.books() == before


def test_two_windows_do_not_overwrite_each_other(portal: Portal) -> None:
    version = _record(portal).version
    patients.correct_own_contact({"email": "first@example.org"}, version=version, by=portal.zoya)
    with pytest.raises(Stale):
        patients.correct_own_contact({"email": "second@example.org"}, version=version, by=portal.zoya)
    assert _record(portal).email == "first@example.org"


def test_a_name_is_put_right_by_the_desk(portal: Portal) -> None:
    with pytest.raises(Invalid, match="Only the desk"):
        patients.correct_own_contact({"given_name": "Zo"}, version=_record(portal).version, by=portal.zoya)
    with pytest.raises(NotPermitted):
        patients.correct_own_contact({"phone": "9847055300"}, version=1, by=portal.story.desk)


@pytest.mark.parametrize(
    "change",
    ["mrn = 'SK-1'", "given_name = given_name", "is_active = false", "allergy_state = 'NONE_KNOWN'", "data_key = NULL"],
)
def test_plain_sql_of_a_patient_changes_nothing_else(portal: Portal, change: str) -> None:
    with (
        acting_as(portal.zoya),
        pytest.raises(DatabaseError, match="permission denied"),
        transaction.atomic(),
    ):
        _sql(f"UPDATE patients_patient SET {change}")


def test_plain_sql_of_a_patient_reaches_their_own_row_only(portal: Portal) -> None:
    with acting_as(portal.zoya):
        assert _sql("UPDATE patients_patient SET version = version") == 1
        assert _sql("UPDATE patients_patient SET version = version WHERE id = %s", portal.rahul.patient_id) == 0


# -- who looked


def test_a_patient_reads_who_opened_their_record(portal: Portal) -> None:
    desk = portal.story.desk
    staff = Client()
    from kalon.people.models import User
    from kalon.portal.tests.conftest import BACKEND

    with acting_as(portal.story.place.system):
        staff.force_login(User.objects.get(pk=desk.user_id), backend=BACKEND)
    staff.get(f"/patients/{portal.zoya.patient_id}")
    page = portal.as_zoya.get("/my/you/access").content.decode()
    assert desk.name in page
    assert "Read your record" in page
    assert "You" in page
    assert desk.name not in portal.as_rahul.get("/my/you/access").content.decode()
    lines = portal.as_zoya.get("/api/patient/access-log").json()["items"]
    assert (desk.name, "Read your record", False) in {(one["who"], one["what"], one["is_own"]) for one in lines}
    assert set(lines[0]) == {"at", "who", "what", "purpose", "is_own"}


def test_plain_sql_of_a_patient_reads_their_own_lines_and_no_address(portal: Portal) -> None:
    _record(portal)
    portal.as_zoya.get("/my/you")
    portal.as_rahul.get("/my/you")
    with acting_as(portal.zoya):
        assert _sql("SELECT id FROM kernel_auditevent") > 0
        assert _sql("SELECT id FROM kernel_auditevent WHERE patient_id IS DISTINCT FROM kalon_patient()") == 0
        for column in ("origin_ip", "facts", "reason", "subject_id", "request_id", "*"):
            with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                _sql(f"SELECT {column} FROM kernel_auditevent")
        for statement in ("UPDATE kernel_auditevent SET purpose = ''", "DELETE FROM kernel_auditevent"):
            with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                _sql(statement)
    with acting_as(portal.story.visitor):
        assert _sql("SELECT id FROM kernel_auditevent") == 0


def test_the_log_costs_the_same_for_one_line_and_for_many_and_goes_on(portal: Portal) -> None:
    path = "/my/you/access"
    portal.as_zoya.get(path)
    few = queries(portal.as_zoya, path)
    api = queries(portal.as_zoya, "/api/patient/access-log")
    for _ in range(LOG_LINES + 5):
        portal.as_zoya.get("/my/you")
    assert queries(portal.as_zoya, path) == few
    assert queries(portal.as_zoya, "/api/patient/access-log") == api
    page = portal.as_zoya.get(path).content.decode()
    assert "times" in page
    earlier = page.split("?before=")[1].split('"')[0]
    assert portal.as_zoya.get(f"{path}?before={earlier}").status_code == 200
    assert portal.as_zoya.get(f"{path}?before=nonsense").status_code == 200


@pytest.mark.parametrize("path", ["/my/you/reach", "/my/you/access"])
def test_strangers_sign_in_first(portal: Portal, path: str) -> None:
    assert Client().get(path)["Location"].startswith("/accounts/login/")


def test_the_same_through_the_api(portal: Portal) -> None:
    me = portal.as_zoya.get("/api/patient/me").json()
    body = {"version": me["version"], "phone": "+91 98470 55300", "address": {"city": "Kochi", "line1": "7 Rose Lane"}}
    headers = {"Idempotency-Key": str(uuid4())}
    done = portal.as_zoya.patch("/api/patient/me", body, content_type="application/json", headers=headers)
    assert done.status_code == 200
    assert (done.json()["phone"], done.json()["address"]) == (
        "+919847055300",
        {"line1": "7 Rose Lane", "city": "Kochi"},
    )
    late = portal.as_zoya.patch(
        "/api/patient/me", {"version": me["version"], "email": "x@example.org"}, "application/json"
    )
    assert late.status_code == 409
    wrong = portal.as_zoya.patch("/api/patient/me", {"version": me["version"] + 1, "phone": "12"}, "application/json")
    assert wrong.status_code == 422
