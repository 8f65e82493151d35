"""A complete consult (issue 4): measured, written, coded, charted, prescribed past a hard stop, followed up, signed.

Told through the verbs, across every context, with what must not happen beside what must; at the end somebody outside
reads the prescription's signature.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from kalon.charts import actions as charts
from kalon.charts.actions import Mark
from kalon.config.seed import store
from kalon.consultations import actions as consultations
from kalon.consultations import queries as encounters
from kalon.consultations.queries import completeness
from kalon.inventory import queries as stock
from kalon.kernel import clock
from kalon.kernel.errors import IllegalMove, Invalid, NotFound, NotPermitted, NotReady
from kalon.kernel.tenancy import acting_as
from kalon.patients import actions as patients
from kalon.patients.rules import AllergyDetails
from kalon.plans import actions as plans
from kalon.plans import queries as planned
from kalon.plans.actions import FollowUpWish
from kalon.prescribing import actions as prescribing
from kalon.prescribing import queries as prescriptions
from kalon.prescribing.actions import paper as papers
from kalon.prescribing.rules import LineDetails
from kalon.scheduling import actions as scheduling
from tests import reader
from tests.journeys import codes
from tests.journeys.story import TUESDAY, Story, on_tuesday
from tests.journeys.test_follow_up import _booked

TOXIN = "Kalmira 100"
FOUND = "Papules and two ice-pick scars on the left cheek."
WHY = "Tested by the allergist in March: penicillin was tolerated."
NOTE = {
    "assessment": "Acne, moderate, with first scars.",
    "advice": "The capsules after food. Sunscreen every morning.",
}


@pytest.fixture(autouse=True)
def classification(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock():
        codes.load()
        yield
        codes.forget()


def test_from_triage_to_a_signed_prescription(story: Story, tmp_path: Path) -> None:
    with clock.at(on_tuesday("08:00")):
        shelves = store.fill(story.place)
    nirmala, rahul = story.registered("Nirmala", "Iyer", "+919847011224"), story.registered()
    visit = _booked(story, nirmala, on_tuesday("10:00"))
    encounter = story.encounter(visit)
    assert encounter is not None
    surgeon = story.place.by["surgeon"]

    # The nurse measures, and asks about allergies. What is outside its limits waits for the doctor's eyes.
    with clock.at(on_tuesday("09:50")):
        patients.record_allergies(
            encounter.patient_id, "KNOWN", [AllergyDetails(substance="Penicillin", reaction="Rash")], by=story.nurse
        )
    with clock.at(on_tuesday("09:55")):
        scheduling.check_in(visit.pk, by=story.desk)
        consultations.start_triage(encounter.pk, by=story.nurse)
        for impossible in ({"systolic": 900, "diastolic": 90}, {"weight": Decimal(-3)}, {"wingspan": 3}):
            with story.refused(Invalid, ""):
                consultations.record_vitals(encounter.pk, measured=impossible, by=story.nurse)
        vitals = consultations.record_vitals(
            encounter.pk, measured={"systolic": 158, "diastolic": 96, "weight": Decimal(58)}, by=story.nurse
        )
        with story.refused(IllegalMove, ""):
            prescribing.start(encounter.pk, by=story.doctor)  # nobody prescribes before the consultation

    with clock.at(on_tuesday("10:02")):
        consultations.begin(encounter.pk, by=story.doctor)
        consultations.see_alerts(encounter.pk, vitals_id=vitals.pk, by=story.doctor)

        # Two write the examination at once: what the first wrote stands, what the other wrote is kept beside it.
        for words, by in ((FOUND, story.doctor), ("Skin unremarkable.", surgeon)):
            consultations.save_section(encounter.pk, section="examination", text=words, edition=0, by=by)
        assert _examination(story, encounter) == FOUND
        assert _open_checks(story, encounter) >= {"notes"}
        consultations.settle(encounter.pk, section="examination", keep="standing", edition=1, by=story.doctor)

        # A diagnosis by its code; a chapter or nonsense is none.
        with story.refused(NotFound, ""):
            consultations.add_diagnosis(encounter.pk, code="Q99.99", by=story.doctor)
        consultations.add_diagnosis(encounter.pk, code="L70.0", by=story.doctor)

        # Four units of toxin between the brows: off the shelf when the chart is finished, and not before.
        chart = charts.start(encounter.pk, by=story.doctor)
        mark = Mark("FRONT", Decimal(0), Decimal(195), f"batch:{_first_to_expire(story, shelves)}", Decimal(4))
        charts.add_point(chart.pk, mark, by=story.doctor)
        assert _open_checks(story, encounter) >= {"traceability"}
        before = _held(story)
        charts.finish(chart.pk, by=story.doctor)
        assert _held(story) == before - 4

    # The prescription. Amoxicillin for somebody who reacts to penicillin is stopped until there is a reason.
    with clock.at(on_tuesday("10:10")):
        with story.refused(NotPermitted, "another doctor"):
            prescribing.start(encounter.pk, by=surgeon)
        with story.refused(NotPermitted, ""):
            prescribing.start(encounter.pk, by=story.nurse)
        draft = prescribing.start(encounter.pk, by=story.doctor)
        prescribing.add_item(draft.pk, LineDetails(medicine="amoxicillin", strength="500 mg", days=5), by=story.doctor)
        with story.refused(NotReady, "Stopped: "):
            prescribing.finalize(draft.pk, by=story.doctor)
        [stop] = _open_stops(story, draft)
        with story.refused(NotFound, "This stop is not there any more"):
            prescribing.answer(draft.pk, "allergy:of-somebody-else", WHY, by=story.doctor)
        prescribing.answer(draft.pk, stop, WHY, by=story.doctor)
        done = prescribing.finalize(draft.pk, by=story.doctor)
        assert done.status == "FINALIZED" and done.number
        with story.refused(IllegalMove, ""):
            prescribing.add_item(done.pk, LineDetails(medicine="cetirizine", days=5), by=story.doctor)
    with acting_as(story.place.system):
        kept = {row.key: row.reason for row in story.now(done).findings.all()}
    assert kept[stop] == WHY

    # Two follow-ups, the outcome, the signature. After it nothing moves.
    with clock.at(on_tuesday("10:20")):
        with story.refused(NotReady, "Record the outcome"):
            plans.plan_follow_ups(encounter.pk, [FollowUpWish(interval_days=14)], by=story.doctor)
        consultations.record_outcome(encounter.pk, outcome="NO_ACTION", note=NOTE, by=story.doctor)
        with story.refused(Invalid, ""):
            plans.plan_follow_ups(encounter.pk, [FollowUpWish(due_date=TUESDAY - timedelta(days=1))], by=story.doctor)
        plans.plan_follow_ups(
            encounter.pk, [FollowUpWish(interval_days=14), FollowUpWish(interval_days=90)], by=story.doctor
        )
        consultations.close(encounter.pk, by=story.doctor)
        with story.refused(IllegalMove, "closed"):
            consultations.save_section(encounter.pk, section="plan", text="More.", edition=0, by=story.doctor)
        with story.refused(IllegalMove, ""):
            charts.start(encounter.pk, by=story.doctor)
    assert (story.state(visit), story.state(encounter)) == ("COMPLETED", "CLOSED")
    with acting_as(nirmala):
        due = [one.due_date for one in planned.follow_ups_of(nirmala.own_patient_id, seen_by=nirmala)]
        assert sorted(due) == [date(2026, 12, 8), date(2027, 2, 22)]
        assert [one.code for one in encounters.diagnoses_of(story.now(encounter), seen_by=nirmala)] == ["L70.0"]

    # At home: her own paper, and nobody else's. A reader outside finds it signed, and sees one changed byte.
    with clock.at(on_tuesday("19:00")):
        name, paper = papers.content(done.pk, by=nirmala)
        with story.refused(NotFound, "There is no such prescription"):
            papers.content(done.pk, by=rahul)
    assert name.endswith(".pdf") and reader.verdict(paper, tmp_path) == reader.VALID
    assert reader.verdict(reader.tampered(paper), tmp_path) == reader.CHANGED


def _examination(story: Story, encounter: Any) -> str:
    with acting_as(story.doctor):
        return encounters.consultation(encounter.pk, seen_by=story.doctor).examination


def _first_to_expire(story: Story, shelves: store.Store) -> Any:
    with acting_as(story.doctor):
        rows = stock.batches(shelves.items[TOXIN].pk, branch_id=story.place.branch.pk, seen_by=story.doctor)
        return rows[0].pk


def _held(story: Story) -> Decimal:
    place = story.place
    with acting_as(place.system):
        today = stock.today_at(place.branch.pk, seen_by=place.system)
        rows = stock.with_stock(stock.items(seen_by=place.system), branch_id=place.branch.pk, today=today)
        return rows.get(name=TOXIN).held  # type: ignore[no-any-return]


def _open_checks(story: Story, encounter: Any) -> set[str]:
    with acting_as(story.doctor):
        now = encounters.consultation(encounter.pk, seen_by=story.doctor)
        return {line.key for line in completeness.row(now, seen_by=story.doctor) if not line.done}


def _open_stops(story: Story, draft: Any) -> list[str]:
    with acting_as(story.doctor):
        judged = prescriptions.judged(prescriptions.prescription(draft.pk, seen_by=story.doctor), seen_by=story.doctor)
    return [one.finding.key for one in judged if one.is_open]
