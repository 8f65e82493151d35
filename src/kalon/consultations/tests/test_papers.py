"""Papers of a visit: signed by the doctor, in words that other scripts keep, replaced but never rewritten."""

from datetime import date

import pytest
from django.test import Client

from kalon.consultations import actions, queries
from kalon.consultations.tests.conftest import Visit
from kalon.kernel.errors import IllegalMove, Invalid, NotPermitted, NotReady
from kalon.kernel.tenancy import acting_as
from kalon.papers import queries as papers

TUESDAY, FRIDAY = date(2026, 11, 24), date(2026, 11, 27)


def closed(visit: Visit, outcome: str = "NO_ACTION", referred_to: str = "") -> None:
    visit.arrived()
    pk, by = visit.encounter.pk, visit.doctor
    actions.begin(pk, by=by)
    actions.add_diagnosis(pk, words="सूर्य से क्षति", by=by)
    note = {"assessment": "Sun damage.", "advice": "Sunscreen every morning.", "referred_to": referred_to}
    actions.record_outcome(pk, outcome=outcome, note=note, by=by)
    actions.close(pk, by=by)


def held(visit: Visit) -> list[str]:
    with acting_as(visit.doctor):
        return [row.kind for row in queries.papers_of(visit.encounter, seen_by=visit.doctor)]


def test_the_summary_is_signed_with_the_note(visit: Visit) -> None:
    closed(visit)
    assert held(visit) == ["SUMMARY"]
    with acting_as(visit.doctor):
        paper, content = papers.content(
            queries.papers_of(visit.encounter, seen_by=visit.doctor)[0].pk, seen_by=visit.doctor
        )
        said = queries.summary_parts(visit.encounter, seen_by=visit.doctor)
    assert content.startswith(b"%PDF") and b"/ByteRange" in content
    assert paper.signer.startswith("Dr Kavya Menon")
    told = {part["heading"]: part["lines"] for part in said}
    assert told["What we found"] == ["सूर्य से क्षति"]
    assert told["What to do"] == ["Sunscreen every morning."]


def test_a_referral_needs_the_outcome_and_the_words(visit: Visit) -> None:
    pk, by = visit.encounter.pk, visit.doctor
    with pytest.raises(IllegalMove):
        actions.sign_referral(pk, words="Please see her.", by=by)
    closed(visit, "REFERRED", "Dr Leela Joseph, dermatology")
    with pytest.raises(Invalid, match="Write what you ask"):
        actions.sign_referral(pk, words="  ", by=by)
    with pytest.raises(NotPermitted):
        actions.sign_referral(pk, words="Please see her.", by=visit.nurse)
    assert held(visit) == ["SUMMARY"]
    actions.sign_referral(pk, words="Please see her soon.", by=by)
    assert sorted(held(visit)) == ["REFERRAL", "SUMMARY"]


def test_nobody_is_referred_who_was_not(visit: Visit) -> None:
    closed(visit)
    with pytest.raises(NotReady, match="follows the outcome"):
        actions.sign_referral(visit.encounter.pk, words="Please see her.", by=visit.doctor)


@pytest.mark.parametrize(
    ("first", "last", "sentence"),
    [
        (FRIDAY, TUESDAY, "before the first"),
        (TUESDAY, date(2027, 2, 22), "at most 90 days"),
        (date(2026, 11, 1), FRIDAY, "at most a week before"),
    ],
)
def test_a_certificate_covers_days_that_can_be(visit: Visit, first: date, last: date, sentence: str) -> None:
    visit.arrived()
    actions.begin(visit.encounter.pk, by=visit.doctor)
    with pytest.raises(Invalid, match=sentence):
        actions.sign_certificate(visit.encounter.pk, first_day=first, last_day=last, words="", by=visit.doctor)
    assert held(visit) == []


def test_a_newer_certificate_replaces_the_one_before(visit: Visit) -> None:
    visit.arrived()
    pk, by = visit.encounter.pk, visit.doctor
    with pytest.raises(IllegalMove, match="start the consultation first"):
        actions.sign_certificate(pk, first_day=TUESDAY, last_day=FRIDAY, words="", by=by)
    actions.begin(pk, by=by)
    first = actions.sign_certificate(pk, first_day=TUESDAY, last_day=TUESDAY, words="", by=by)
    second = actions.sign_certificate(pk, first_day=TUESDAY, last_day=FRIDAY, words="", by=by)
    with acting_as(by):
        assert papers.paper(first.pk, seen_by=by).withdrawn_reason == "Replaced by a newer one."
        assert [row.pk for row in queries.papers_of(visit.encounter, seen_by=by)] == [second.pk]


def test_the_page_signs_and_keeps_what_was_typed(visit: Visit, client: Client) -> None:
    visit.arrived()
    actions.begin(visit.encounter.pk, by=visit.doctor)
    client.force_login(visit.clinic.doctor.user)
    page = f"/consultations/{visit.encounter.pk}"
    typed = {"certificate-first_day": "2026-11-27", "certificate-last_day": "2026-11-24", "certificate-words": "Rest."}
    refused = client.post(f"{page}/certificate", typed)
    assert refused.status_code == 422
    assert "Rest." in refused.content.decode() and "before the first" in refused.content.decode()
    assert client.post(f"{page}/certificate", {**typed, "certificate-last_day": "2026-11-30"}).status_code == 303
    assert "Medical certificate" in client.get(page).content.decode()
    assert [row["kind"] for row in client.get(f"/api{page}/papers").json()] == ["SICK_NOTE"]
