"""“Tell me if one opens”: a patient puts themself on the waiting list, and takes themself off it."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from tests.journeys.story import TUESDAY

from kalon.kernel.tenancy import acting_as
from kalon.portal.tests.conftest import Portal, queries
from kalon.scheduling import actions as scheduling
from kalon.scheduling.models import WaitingEntry

TYPED = {"weekdays": ["1", "2"], "from_time": "09:00", "to_time": "13:00", "until_date": "2026-12-04"}


def _asked(portal: Portal, **more: Any) -> str:
    """What the link on the booking page names."""
    place = portal.story.place
    facts = {"service": place.services["CONSULT"].pk, "branch": place.branch.pk, "doctor": portal.story.dr_menon.pk}
    return f"/my/wait?{urlencode({**facts, **more})}"


def _entries(portal: Portal) -> list[WaitingEntry]:
    with acting_as(portal.story.place.system):
        return list(WaitingEntry.objects.order_by("created_at"))


def test_the_booking_page_leads_to_the_waiting_list(portal: Portal) -> None:
    wish = portal.wish(portal.zoya)
    page = portal.as_zoya.get(f"/my/book?service={wish.service_id}").content.decode()
    assert "No good time? Tell me if one opens" in page
    asked = portal.as_zoya.get(_asked(portal))
    assert "Dr Kavya Menon" in asked.content.decode()
    answer = portal.as_zoya.post(_asked(portal), TYPED)
    assert (answer.status_code, answer["Location"]) == (303, "/my/")
    (entry,) = _entries(portal)
    assert (entry.patient_id, entry.doctor_id, entry.weekdays) == (
        portal.zoya.patient_id, portal.story.dr_menon.pk, [1, 2],
    )  # fmt: skip
    assert f"{entry.from_time:%H:%M}-{entry.to_time:%H:%M}, {entry.until_date}" == "09:00-13:00, 2026-12-04"
    home = portal.as_zoya.get("/my/").content.decode()
    assert "We write to you when a time opens" in home
    assert "We write to you when a time opens" not in portal.as_rahul.get("/my/").content.decode()


def test_what_cannot_be_is_said_and_nothing_typed_is_lost(portal: Portal) -> None:
    answer = portal.as_zoya.post(_asked(portal), {**TYPED, "until_date": "2026-11-01"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Say until when to wait" in page
    assert 'value="13:00"' in page
    portal.as_zoya.post(_asked(portal), TYPED)
    again = portal.as_zoya.post(_asked(portal), TYPED)
    assert (again.status_code, "You are on the list for this already" in again.content.decode()) == (422, True)
    assert len(_entries(portal)) == 1
    for vague in ("/my/wait", "/my/wait?service=x", _asked(portal, service="x")):
        assert portal.as_zoya.get(vague)["Location"] == "/my/book"


def test_an_earlier_time_for_a_visit_of_ones_own(portal: Portal) -> None:
    visit = portal.booked("15:00")
    assert f"/my/visits/{visit.pk}/wait" in portal.as_zoya.get(f"/my/visits/{visit.pk}/move").content.decode()
    assert "It stays yours" in portal.as_zoya.get(f"/my/visits/{visit.pk}/wait").content.decode()
    assert portal.as_rahul.get(f"/my/visits/{visit.pk}/wait").status_code == 404
    assert portal.as_rahul.post(f"/my/visits/{visit.pk}/wait", TYPED).status_code == 404
    assert portal.as_zoya.post(f"/my/visits/{visit.pk}/wait", TYPED).status_code == 303
    (entry,) = _entries(portal)
    assert entry.visit_id == visit.pk


def test_only_the_patient_stops_waiting(portal: Portal) -> None:
    portal.as_zoya.post(_asked(portal), TYPED)
    (entry,) = _entries(portal)
    assert portal.as_rahul.post(f"/my/wait/{entry.pk}/stop").status_code == 404
    assert _entries(portal)[0].status == "WAITING"
    assert portal.as_zoya.post(f"/my/wait/{entry.pk}/stop").status_code == 303
    assert _entries(portal)[0].status == "WITHDRAWN"
    assert "We write to you when a time opens" not in portal.as_zoya.get("/my/").content.decode()


def test_home_costs_the_same_for_one_wait_and_for_four(portal: Portal) -> None:
    place = portal.story.place

    def wait_for(code: str) -> None:
        scheduling.join(
            scheduling.WaitingRequest(
                patient_id=portal.wish(portal.zoya).patient_id,
                branch_id=place.branch.pk,
                service_id=place.services[code].pk,
                until_date=TUESDAY + timedelta(days=7),
            ),
            by=portal.story.desk,
        )

    codes = list(place.services)[:4]
    wait_for(codes[0])
    portal.as_zoya.get("/my/")
    one = queries(portal.as_zoya, "/my/")
    for code in codes[1:]:
        wait_for(code)
    assert len(_entries(portal)) == 4
    assert queries(portal.as_zoya, "/my/") == one
