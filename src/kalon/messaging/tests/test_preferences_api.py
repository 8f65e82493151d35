"""How patients wish to be reached, and when a branch keeps quiet, as JSON: for the desk and for the patient."""

from typing import Any

import pytest
from django.test import Client

from kalon.kernel.tenancy import acting_as
from kalon.messaging import actions, queries
from kalon.messaging.models import Preference
from kalon.messaging.tests.test_wishes import as_, portal
from kalon.patients.models import Patient
from kalon.patients.tests.factories import patient
from kalon.people.tests.factories import Clinic

pytestmark = pytest.mark.django_db
WISH = {"channels": ["WHATSAPP", "SMS"], "language": "ar", "declined": ["MARKETING"]}
MINE = "/api/patient/message-preferences"


def put(client: Client, path: str, body: Any) -> Any:
    return client.put(path, body, content_type="application/json")


def test_the_desk_reads_and_changes_it(here: Clinic, meera: Patient) -> None:
    desk, path = as_(here, "frontdesk"), f"/api/messages/preferences/{meera.pk}"
    usual = {"channels": [], "language": "", "declined": ["MARKETING"], "stopped": [], "devices": 0}
    assert desk.get(path).json() == usual
    assert put(desk, path, WISH).json() == {**usual, **WISH}
    actions.stop(meera.pk, "SMS", by=here.system)
    assert put(desk, path, WISH).json()["stopped"] == ["SMS"]  # not said: as it was
    assert put(desk, path, {**WISH, "stopped": []}).json()["stopped"] == []


def test_the_patient_reads_and_changes_their_own(here: Clinic, meera: Patient) -> None:
    client = portal(here, meera)
    assert client.get(MINE).json()["channels"] == []
    answer = put(client, MINE, WISH)
    assert (answer.status_code, answer.json()["language"]) == (200, "ar")
    with acting_as(here.system):
        wish = queries.preference(meera.pk, seen_by=here.system)
    assert (wish.channels, wish.language) == (["WHATSAPP", "SMS"], "ar")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"channels": ["PIGEON"]}, "channels"),
        ({"channels": ["SMS", "SMS"]}, "channels"),
        ({"language": "xx"}, "language"),
        ({"declined": ["LEGAL"]}, "declined"),
        ({"declined": ["x"]}, "declined"),
    ],
)
def test_what_cannot_be_met_is_refused_by_its_field(
    here: Clinic, meera: Patient, change: dict[str, Any], field: str
) -> None:
    answer = put(as_(here, "frontdesk"), f"/api/messages/preferences/{meera.pk}", {**WISH, **change})
    assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")
    problem = answer.json()
    assert field in (problem.get("field") or ",".join(problem.get("errors", {})))
    with acting_as(here.system):
        assert not Preference.objects.exists()


def test_who_may_not_is_refused_and_nothing_changes(here: Clinic, elsewhere: Clinic, meera: Patient) -> None:
    path = f"/api/messages/preferences/{meera.pk}"
    for client, status in (
        (as_(here, "inventory"), 403), (as_(elsewhere, "owner"), 404), (Client(), 401),
    ):  # fmt: skip
        assert client.get(path).status_code == status
        assert put(client, path, WISH).status_code == status
    other = patient(here.frontdesk)
    theirs = f"/api/messages/preferences/{other.pk}"
    assert put(portal(here, meera), theirs, WISH).status_code in (403, 404)
    assert as_(here, "frontdesk").get(MINE).status_code == 403
    with acting_as(here.system):
        assert not Preference.objects.exists()


def test_the_quiet_hours_of_a_branch(here: Clinic, meera: Patient) -> None:
    path = f"/api/messages/quiet-hours/{here.branch.pk}"
    owner = as_(here, "owner")
    assert owner.get(path).json() == {
        "branch_id": str(here.branch.pk), "starts_at": "21:00:00", "ends_at": "08:00:00",
    }  # fmt: skip
    changed = put(owner, path, {"starts_at": "20:00", "ends_at": "09:30"}).json()
    assert (changed["starts_at"], changed["ends_at"]) == ("20:00:00", "09:30:00")
    assert put(as_(here, "frontdesk"), path, {"starts_at": "00:00", "ends_at": "00:00"}).status_code == 403
    assert put(portal(here, meera), path, {"starts_at": "00:00", "ends_at": "00:00"}).status_code == 403
    assert put(owner, path, {"starts_at": "25:00", "ends_at": "00:00"}).status_code == 422
    assert owner.get(path).json()["starts_at"] == "20:00:00"
