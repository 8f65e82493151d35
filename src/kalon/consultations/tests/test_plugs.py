"""What contexts above put on the doctor's page, and the row above the signature."""

import pytest

from kalon.consultations import actions, queries
from kalon.consultations.lifecycles import Status
from kalon.consultations.queries import completeness, consult_page
from kalon.consultations.tests.test_actions import decided, started
from kalon.kernel.errors import NotReady
from kalon.kernel.tenancy import acting_as
from kalon.patients import actions as patients
from kalon.patients.rules import HistoryDetails


@pytest.fixture(autouse=True)
def plugs_as_they_were(monkeypatch):
    monkeypatch.setattr(completeness, "_checks", dict(completeness._checks))
    monkeypatch.setattr(consult_page, "_cards", list(consult_page._cards))


def answering(answer, *, blocking=False):
    return completeness.Check("photos", "Photos", lambda _: answer, order=60, blocking=blocking)


def row_of(visit, pk):
    with acting_as(visit.doctor):
        found = queries.consultation(pk, seen_by=visit.doctor)
        return {line.key: line for line in completeness.row(found, seen_by=visit.doctor)}


def test_the_row_fills_as_the_encounter_is_worked_through(visit):
    begun = started(visit)
    before = {key: line.state for key, line in row_of(visit, begun.pk).items()}
    assert {key: before[key] for key in ("allergies", "questionnaire", "vitals", "notes", "outcome")} == {
        "allergies": "done", "questionnaire": "open", "vitals": "open", "notes": "open", "outcome": "open",
    }  # fmt: skip
    patients.add_history(begun.patient_id, HistoryDetails(kind="SURGERY", text="None"), by=visit.nurse)
    actions.record_vitals(begun.pk, measured={"pulse": 70}, by=visit.nurse)
    actions.record_outcome(
        begun.pk, outcome="NO_ACTION", note={"examination": "Fine lines.", "assessment": "Mild."}, by=visit.doctor
    )
    assert {key for key, line in row_of(visit, begun.pk).items() if not line.done} <= {"payment"}


def test_a_blocking_check_stands_in_the_way_of_the_signature_with_its_sentence(visit):
    completeness.add(answering(completeness.missing("Take the before photos."), blocking=True))
    done = decided(visit)
    with pytest.raises(NotReady) as refused:
        actions.close(done.pk, by=visit.doctor)
    assert refused.value.facts["obstacles"] == ["Take the before photos."]
    assert visit.encounter.status == Status.PLAN_CREATED
    completeness.add(answering(completeness.NOT_NEEDED, blocking=True))
    assert actions.close(done.pk, by=visit.doctor).status == Status.CLOSED


def test_an_open_check_that_does_not_block_leaves_the_decision_to_the_doctor(visit):
    completeness.add(answering(completeness.missing("Take the before photos.")))
    assert actions.close(decided(visit).pk, by=visit.doctor).status == Status.CLOSED


def test_the_way_to_what_is_missing_is_shown_to_those_who_may_go_there(visit):
    completeness.add(answering(completeness.missing("Pay.", href="/bills", permission="billing.view")))
    assert (row_of(visit, visit.encounter.pk)["photos"].href, visit.doctor.may("billing.view")) == ("", False)
    completeness.add(answering(completeness.missing("Look.", href="/x", permission="consultations.read")))
    assert row_of(visit, visit.encounter.pk)["photos"].href == "/x"


def test_cards_stand_in_their_column_in_their_order(visit, monkeypatch):
    monkeypatch.setattr(consult_page, "_cards", [])

    def late(request, consultation):
        return "late"

    def early(request, consultation):
        return "early"

    def silent(request, consultation):
        return None

    consult_page.add_panel(late, column="main", order=60)
    consult_page.add_panel(early, column="main", order=10)
    consult_page.add_panel(silent, column="main", order=20)
    consult_page.add_panel(early, column="side", order=20)  # a card stands once
    assert consult_page.panels(None, visit.encounter, "main") == ["early", "late"]
    assert consult_page.panels(None, visit.encounter, "side") == []
