"""Joining at the desk and by a program: what is shown, kept while refused, undone, and how much is asked for it."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kalon.kernel.tenancy import acting_as
from kalon.patients import actions
from kalon.patients.actions.merging import ANSWER
from kalon.patients.models import Merge, Patient
from kalon.patients.queries import joining
from kalon.patients.rules import AllergyDetails, HistoryDetails
from kalon.patients.tests.factories import patient
from kalon.patients.tests.test_merging import joined, kept, other
from kalon.patients.tests.test_pages import signed_in
from kalon.people.tests.factories import Clinic

__all__ = ["kept", "other"]


def chosen(keep: Patient, other: Patient, **more: Any) -> dict[str, Any]:
    return {"keep": str(keep.pk), "reason": "Same identity card", "from_phone": str(other.pk), **more}


def test_the_desk_joins_two_records_and_takes_it_back(here: Clinic, kept: Patient, other: Patient) -> None:
    desk = signed_in(here, "frontdesk")
    shown = desk.get(reverse("patients:compare", args=[kept.pk]), {"with": str(other.pk)}).content.decode()
    assert all(word in shown for word in (kept.mrn, other.mrn, "Join these two records", "24 hours", "Look again"))
    answer = desk.post(reverse("patients:join", args=[kept.pk, other.pk]), chosen(kept, other))
    assert (answer.status_code, answer["Location"]) == (303, reverse("patients:page", args=[kept.pk]))
    with acting_as(here.owner):
        merge = Merge.objects.get()
        assert set(merge.changes) == {"phone", *ANSWER}
    page = desk.get(reverse("patients:page", args=[kept.pk])).content.decode()
    assert f"{other.mrn}</bdi> was joined into this record" in page and "+91 98470 99999" in page
    away = desk.get(reverse("patients:tab", args=[other.pk, "history"]))
    assert away["Location"] == reverse("patients:tab", args=[kept.pk, "history"])
    undo = reverse("patients:undo", args=[kept.pk, merge.pk])
    assert desk.post(undo, {"reason": ""}).status_code == 422
    assert desk.post(undo, {"reason": "Two sisters"}).status_code == 303
    assert desk.get(reverse("patients:page", args=[other.pk])).status_code == 200


def test_what_was_chosen_is_kept_while_it_is_refused(here: Clinic, kept: Patient, other: Patient) -> None:
    def busy(patient_id: Any, by: Any) -> list[joining.Obstacle]:
        return [joining.Obstacle("Visit V-1 is not over yet.", "/v1")] if patient_id == other.pk else []

    joining.add(busy)
    try:
        desk = signed_in(here, "frontdesk")
        answer = desk.post(reverse("patients:join", args=[kept.pk, other.pk]), chosen(kept, other))
    finally:
        joining._checks.remove(busy)
    text = answer.content.decode()
    assert answer.status_code == 422 and 'href="/v1"' in text and "Same identity card" in text
    assert f'name="from_phone" value="{other.pk}" checked' in text


def test_without_a_known_double_one_is_chosen(here: Clinic, kept: Patient, other: Patient) -> None:
    desk = signed_in(here, "frontdesk")
    page = reverse("patients:compare", args=[kept.pk])
    assert other.mrn in desk.get(page, {"q": "Mira"}).content.decode()
    twin = patient(here.frontdesk, given_name="Meera", family_name="Nair", birth_date=kept.born)
    assert twin.mrn in desk.get(page).content.decode()


def test_who_may_not_join_sees_no_way_to_it(here: Clinic, kept: Patient, other: Patient) -> None:
    keeper = signed_in(here, "inventory")
    assert keeper.post(reverse("patients:join", args=[kept.pk, other.pk]), chosen(kept, other)).status_code == 403
    assert Client().post(reverse("patients:join", args=[kept.pk, other.pk])).status_code in (302, 303)
    with acting_as(here.owner):
        assert not Merge.objects.exists()


def test_a_program_joins_reads_and_separates(here: Clinic, kept: Patient, other: Patient) -> None:
    desk = signed_in(here, "frontdesk")
    body = {"absorbed_id": str(other.pk), "take": ["phone"], "reason": "Same card"}
    there = f"/api/patients/{kept.pk}/merges"
    made = desk.post(there, body, content_type="application/json")
    assert (made.status_code, made.json()["status"], made.json()["taken"]) == (
        201,
        "MERGED",
        sorted(["phone", *ANSWER]),
    )
    again = desk.post(there, body, content_type="application/json")
    assert again.status_code == 409
    for one in (kept, other):
        assert [row["id"] for row in desk.get(f"/api/patients/{one.pk}/merges").json()] == [made.json()["id"]]
        assert [row["substance"] for row in desk.get(f"/api/patients/{one.pk}/allergies").json()["allergies"]] == [
            "Penicillin"
        ]
    assert other.mrn not in str(desk.get("/api/patients").json())
    undo = f"{there}/{made.json()['id']}/undo"
    assert desk.post(undo, {"reason": ""}, content_type="application/json").status_code == 422
    done = desk.post(undo, {"reason": "Two sisters"}, content_type="application/json")
    assert (done.status_code, done.json()["status"]) == (200, "UNDONE")


@pytest.mark.parametrize("tab", ["history", "details", "family", "access"])
def test_a_long_history_of_both_asks_the_database_no_more(
    here: Clinic, kept: Patient, other: Patient, tab: str
) -> None:
    joined(here, kept, other)
    owner = signed_in(here, "owner")
    page = reverse("patients:tab", args=[kept.pk, tab])

    def asked() -> int:
        with CaptureQueriesContext(
            connection,
        ) as counted:
            assert owner.get(page).status_code == 200
        return len(counted)

    asked()
    few = asked()
    with acting_as(here.owner):
        merge = Merge.objects.get()
    actions.undo_merge(merge.pk, "To write more", by=here.owner)
    for number in range(30):
        for one in (kept, other):
            actions.add_history(one.pk, HistoryDetails(kind="SURGERY", text=f"Stitch {number}"), by=here.owner)
    substances = [AllergyDetails(substance=f"Plaster {number}") for number in range(30)]
    actions.record_allergies(other.pk, "KNOWN", substances, by=here.owner)
    joined(here, kept, other)
    assert asked() == few
