"""A case whose clearance ended before its day is put on the next one; the papers of the theatre by JSON."""

from tests.journeys.caller import Caller

from kalon.kernel.audit import AuditEvent
from kalon.kernel.tenancy import acting_as
from kalon.people import actions as people
from kalon.theatre import actions
from kalon.theatre.tests.test_lists import client
from kalon.theatre.tests.told import SURGERY, complete, day_lines, now, on_the_day, planned, scheduled, sides


def test_a_case_whose_clearance_ended_is_put_on_the_next(house):
    plan = planned(house)
    case = scheduled(house, plan)
    page = f"/cases/{case.pk}"
    arranges, nurse, desk = (client(house, by) for by in (house.manager, house.visit.nurse, house.visit.desk))
    assert "Its clearance holds no longer" not in nurse.get(page).content.decode()
    actions.expire(case.clearance_id, reason="Its time is over.", by=house.clinic.system)
    shown = arranges.get(page).content.decode()
    assert f"/theatre/reservations/{case.reservation_id}" in shown and "Put the case on the new clearance" not in shown
    refused = arranges.post(f"{page}/renew")
    assert refused.status_code == 422 and now(house, case).clearance_id == case.clearance_id
    anew = complete(house, plan)
    assert f"/theatre/clearances/{anew.pk}" in arranges.get(page).content.decode()
    actions.clear(anew.pk, by=house.manager)
    assert "Put the case on the new clearance" in arranges.get(page).content.decode()
    seen = nurse.get(page).content.decode()
    assert "Whoever arranges the theatre" in seen and "Put the case on the new clearance" not in seen
    assert [who.post(f"{page}/renew").status_code for who in (nurse, desk)] == [403, 403]
    assert arranges.post(f"{page}/renew").status_code == 303
    assert now(house, case).clearance_id == anew.pk
    assert "Its clearance holds no longer" not in arranges.get(page).content.decode()
    with on_the_day():
        case.clearance = anew
        day_lines(house, case)
        facts = {"told_mrn": case.patient.mrn, "told_sides": sides(house, case), "by": house.visit.nurse}
        assert actions.start(case.pk, **facts).status == "IN_PROGRESS"


def test_the_days_list_the_sheet_before_and_the_instructions_are_papers_by_json(house):
    plan = planned(house)
    nurse, desk = (Caller(people.issue_own_token("test", by=by)) for by in (house.visit.nurse, house.visit.desk))
    before = f"/api/procedure-plans/{plan.pk}/preparation.pdf"
    nurse.refusal("GET", before, status=404, code="not-found")
    scheduled(house, plan)
    far = people.add_branch(name="Thrissur", code="TSR", by=house.clinic.system)
    day, after = f"/api/surgical-cases/list.pdf?day={SURGERY}", f"/api/procedure-plans/{plan.pk}/instructions.pdf"
    for path in (day, f"{day}&branch_id={far.pk}", before, after):
        answer = nurse.raw("GET", path)
        assert answer.status_code == 200, answer.content
        assert answer["Content-Type"] == "application/pdf" and answer["Cache-Control"] == "private, no-store"
        assert b"".join(answer.streaming_content).startswith(b"%PDF")
    with acting_as(house.clinic.system):
        for purpose in ("theatre list on paper", "instructions before an operation on paper", "instructions on paper"):
            assert AuditEvent.objects.filter(purpose=purpose, patient_id=plan.patient_id).count() == 1, purpose
    nowhere = house.clinic.patient.pk  # an id, but of no plan and no branch
    for path in ("preparation.pdf", "instructions.pdf"):
        nurse.refusal("GET", f"/api/procedure-plans/{nowhere}/{path}", status=404, code="not-found")
    nurse.refusal("GET", f"{day}&branch_id={nowhere}", status=404, code="not-found")
    for path in (day, before):
        desk.refusal("GET", path, status=403, code="not-permitted")
