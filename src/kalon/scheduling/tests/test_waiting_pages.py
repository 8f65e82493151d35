"""The waiting list at the desk, and the page behind the link in a message."""

from datetime import time, timedelta
from typing import Any

import pytest
from django.test import Client

from kalon.kernel.events import on
from kalon.kernel.tenancy import acting_as
from kalon.scheduling import actions, events
from kalon.scheduling.lifecycles import EntryStatus, OfferStatus
from kalon.scheduling.models import WaitingEntry, WaitingOffer
from kalon.scheduling.tests.clinic import TUESDAY, Clinic
from kalon.scheduling.tests.test_pages import signed_in

LIST = "/appointments/waiting-list"


@pytest.fixture
def waits(clinic: Clinic) -> WaitingEntry:
    return actions.join(
        actions.WaitingRequest(
            patient_id=clinic.patient.pk,
            branch_id=clinic.branch.pk,
            service_id=clinic.consult.pk,
            doctor_id=clinic.doctor.pk,
            until_date=TUESDAY + timedelta(days=3),
            note="Prefers mornings",
        ),
        by=clinic.desk,
    )


def entry(clinic: Clinic, pk: Any) -> WaitingEntry:
    with acting_as(clinic.system):
        return WaitingEntry.objects.get(pk=pk)


def test_the_list_says_who_waits_and_what_they_are_asked(clinic: Clinic, waits: WaitingEntry) -> None:
    client = signed_in(clinic.desk)
    page = client.get(LIST).content.decode()
    assert "Ananya Iyer" in page
    assert "Prefers mornings" in page
    assert "any day, any time" in page
    answer = client.post(f"{LIST}/{waits.pk}/offer", {"date": "2026-11-24", "time": "11:00"})
    assert answer.status_code == 303
    assert "Tue 24 Nov 11:00" in " ".join(client.get(LIST).content.decode().split())
    again = client.post(f"{LIST}/{waits.pk}/offer", {"date": "2026-11-24", "time": "11:00"})
    assert again.status_code == 422
    assert "not waiting" in again.content.decode()


@pytest.mark.parametrize(
    ("hours", "words"),
    [((9, 12), "any day, 09:00–12:00"), ((17, None), "any day, from 17:00"), ((None, 11), "any day, until 11:00")],
)
def test_the_hours_that_suit_are_said_as_people_say_them(clinic: Clinic, hours: Any, words: str) -> None:
    wish = dict(zip(("from_time", "to_time"), (at and time(at) for at in hours), strict=True))
    request = actions.WaitingRequest(
        patient_id=clinic.patient.pk,
        branch_id=clinic.branch.pk,
        service_id=clinic.consult.pk,
        until_date=TUESDAY + timedelta(days=3),
        **{name: at for name, at in wish.items() if at},
    )
    actions.join(request, by=clinic.desk)
    assert words in signed_in(clinic.desk).get(LIST).content.decode()


def test_putting_somebody_on_the_list_and_taking_them_off(clinic: Clinic) -> None:
    client = signed_in(clinic.desk)
    visit = clinic.booked("15:00", day=TUESDAY + timedelta(days=3))
    page = client.get(f"{LIST}/add?visit={visit.pk}").content.decode()
    assert "moves to it then" in page
    typed = {
        "service": str(clinic.consult.pk), "doctor": str(clinic.doctor.pk), "weekdays": ["0", "1", "2"],
        "from_time": "09:00", "to_time": "13:00", "from_date": "2026-11-24", "until_date": "2026-11-27",
        "priority": "URGENT", "note": "",
    }  # fmt: skip
    wrong = client.post(f"{LIST}/add?visit={visit.pk}", {**typed, "to_time": "08:00"})
    assert wrong.status_code == 422
    assert "begin before they end" in wrong.content.decode()
    assert client.post(f"{LIST}/add?visit={visit.pk}", typed).status_code == 303
    with acting_as(clinic.system):
        (made,) = WaitingEntry.objects.all()
    assert (made.visit_id, made.priority, made.weekdays) == (visit.pk, "URGENT", [0, 1, 2])
    assert client.post(f"{LIST}/{made.pk}/withdraw", {"reason": ""}).status_code == 422
    assert client.post(f"{LIST}/{made.pk}/withdraw", {"reason": "Found a time"}).status_code == 303
    assert entry(clinic, made.pk).status == EntryStatus.WITHDRAWN


def test_the_link_in_the_message_takes_the_time(clinic: Clinic, waits: WaitingEntry) -> None:
    tokens: list[str] = []
    on(events.TimeOffered, lambda event: tokens.append(event.token))
    actions.offer_by_hand(waits.pk, clinic.at("11:00"), by=clinic.desk)
    stranger = Client()
    page = stranger.get(f"/offers/{tokens[0]}")
    assert page.status_code == 200
    assert "Ananya" not in page.content.decode()
    assert "11:00" in page.content.decode()
    taken = stranger.post(f"/offers/{tokens[0]}", {"answer": "accept"})
    assert taken.status_code == 200
    assert "It is yours" in taken.content.decode()
    assert entry(clinic, waits.pk).status == EntryStatus.BOOKED
    again = stranger.post(f"/offers/{tokens[0]}", {"answer": "accept"})
    assert again.status_code == 409
    assert stranger.get("/offers/forged").status_code == 404
    with acting_as(clinic.system):
        assert WaitingOffer.objects.get().status == OfferStatus.ACCEPTED


def test_patients_stay_outside(clinic: Clinic, waits: WaitingEntry) -> None:
    client = signed_in(clinic.patient_actor())
    assert client.get(LIST).status_code in (302, 403)
    assert client.post(f"{LIST}/{waits.pk}/withdraw", {"reason": "x"}).status_code in (302, 403)
    assert entry(clinic, waits.pk).status == EntryStatus.WAITING
