"""Lines of the procedure catalogue: what an entry brings and asks for, revisions, and the history of what was done."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kalon.catalog import actions as catalog
from kalon.consultations import actions as consultations
from kalon.kernel import clock
from kalon.kernel.errors import Invalid, NotFound, NotPermitted, NotReady
from kalon.kernel.tenancy import acting_as
from kalon.plans import actions, queries
from kalon.plans.actions import LineDetails
from kalon.plans.actions.sheet import sheet_data
from kalon.plans.models import ProcedurePlan
from kalon.plans.tests.told import approved, attend, book, decided, now, planned, refused, sql
from kalon.scheduling.tests.clinic import TUESDAY

BREAST = {
    "code": "BREAST", "name": "Breast augmentation", "category": "BREAST", "setting": "SURGICAL",
    "has_side": True, "takes_implant": True, "minutes": 120,
}  # fmt: skip
PEEL = {"code": "TCA", "name": "Deep peel", "category": "SKIN", "needs_consent": False}
FULL = {"side": "BOTH", "technique": "Through the fold", "implant_choice": "Round, 300 cc, textured"}


def entry(visit, which, **more):
    return catalog.add_procedure({**which, **more}, by=visit.clinic.system)


def of(visit, which, plan_type="NON_SURGICAL", *, of=None, plan=None, **line):
    """A plan with one line of an entry."""
    lines = (LineDetails(entry_id=which.pk, **line),)
    return planned(visit, plan_type, of=of, lines=lines, **(plan or {}))


def lines(visit, plan):
    with acting_as(visit.clinic.system):
        return queries.lines_of(now(visit, plan))


def completed(visit, **more):
    """A treatment that was booked, carried out and signed."""
    plan = approved(visit, **more)
    attend(visit, book(visit, plan, day=TUESDAY + timedelta(days=2), kind="SESSION"))
    return plan


def signed_in(visit):
    client = Client()
    client.force_login(visit.clinic.doctor.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def test_an_entry_brings_its_service_its_name_and_its_consent(visit):
    peel = entry(visit, PEEL, service_id=visit.clinic.consult.pk)
    plan = of(visit, peel, plan={"consent": "NOT_REQUIRED"})
    [line] = lines(visit, plan)
    assert (line.what, line.service_id, line.side) == ("Deep peel", visit.clinic.consult.pk, "NONE")
    assert (plan.title, plan.consent) == ("Deep peel", "NOT_REQUIRED")
    catalog.change_procedure(peel.pk, {"needs_consent": True, "name": "Peel"}, by=visit.clinic.system)
    again = of(visit, peel, of=plan.consultation_id, plan={"consent": "NOT_REQUIRED"}, procedure="Peel of the hands")
    assert (again.consent, lines(visit, again)[0].what, lines(visit, plan)[0].what) == (
        "REQUIRED", "Peel of the hands", "Deep peel",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("plan_type", "line", "field"),
    [
        ("NON_SURGICAL", FULL, "plan_type"),
        ("SERIES", FULL, "plan_type"),
        ("SURGICAL", {**FULL, "minutes": 4}, "lines"),
        ("SURGICAL", {**FULL, "implant_choice": "x" * 4001}, "lines"),
    ],
)
def test_a_line_that_cannot_be_is_refused(visit, plan_type, line, field):
    breast, before = entry(visit, BREAST), decided(visit)
    with pytest.raises(Invalid) as wrong:
        of(visit, breast, plan_type, of=before.pk, **line)
    assert wrong.value.field == field
    with acting_as(visit.doctor):
        assert not ProcedurePlan.objects.exists()


def test_out_of_use_of_another_clinic_or_without_an_implant(visit):
    peel, before = entry(visit, PEEL), decided(visit)
    with pytest.raises(Invalid, match="takes no implant"):
        of(visit, peel, of=before.pk, implant_choice="Round")
    with pytest.raises(Invalid, match="no such procedure"):
        of(visit, visit.clinic.consult, of=before.pk)
    catalog.retire_procedure(peel.pk, by=visit.clinic.system)
    with pytest.raises(Invalid, match="out of use"):
        of(visit, peel, of=before.pk)
    asks = entry(visit, {**PEEL, "code": "PRP", "name": "PRP", "needs_consent": True})
    consultations.reopen(before.pk, reason="A slip", by=visit.doctor)
    consultations.record_outcome(before.pk, outcome="CONSERVATIVE", note={"assessment": "x"}, by=visit.doctor)
    with pytest.raises(Invalid, match="needs a signed consent"):
        of(visit, asks, "CONSERVATIVE", of=before.pk)


def test_what_is_missing_is_said_and_approval_waits_for_it(visit):
    breast = entry(visit, BREAST)
    sideless = of(visit, breast, "SURGICAL", **{**FULL, "side": "NONE"})
    with pytest.raises(NotReady, match="Say on which side"):
        actions.submit(sideless.pk, by=visit.doctor)
    bare = of(visit, breast, "SURGICAL", of=sideless.consultation_id, **{**FULL, "implant_choice": " "})
    with pytest.raises(NotReady, match="Write which one"):
        actions.submit(bare.pk, by=visit.doctor)
    assert (now(visit, sideless).status, now(visit, bare).status) == ("DRAFT", "DRAFT")
    whole = of(visit, breast, "SURGICAL", of=bare.consultation_id, minutes=150, **FULL)
    actions.submit(whole.pk, by=visit.doctor)
    assert actions.approve(whole.pk, by=visit.doctor).status == "APPROVED"
    assert [(one.implant_choice, one.minutes) for one in lines(visit, whole)] == [("Round, 300 cc, textured", 150)]


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ("UPDATE plans_planline SET side = 'NONE'", "side"),
        ("UPDATE plans_planline SET side = ''", "side"),
        ("UPDATE plans_planline SET implant_choice = NULL", "implant"),
        ("UPDATE plans_procedureplan SET plan_type = 'NON_SURGICAL'", "setting"),
        (
            "UPDATE plans_procedureplan SET plan_type = 'NON_SURGICAL', consent = 'NOT_REQUIRED'; "
            "UPDATE catalog_procedure SET setting = 'NON_SURGICAL'",
            "consent",
        ),
    ],
)
def test_the_database_approves_no_line_that_says_less_than_its_entry_asks(visit, change, constraint):
    plan = actions.submit(of(visit, entry(visit, BREAST), "SURGICAL", **FULL).pk, by=visit.doctor)
    approve = (
        "UPDATE plans_procedureplan SET status = 'APPROVED', approved_at = now(), approved_by_id = doctor_id "
        "WHERE id = %s"
    )
    with acting_as(visit.doctor):
        for one in change.split("; "):
            sql(one)
        with refused(f"plans_procedureplan_{constraint}"):
            sql(approve, plan.pk)


def test_a_revision_names_a_completed_plan_of_the_same_patient_on_both(visit):
    first = approved(visit, title="Peel")
    with pytest.raises(Invalid, match="completed plan of this patient"):
        planned(visit, of=first.consultation_id, revises_id=first.pk)
    done = completed(visit, of=first.consultation_id, title="Filler")
    second = planned(visit, of=first.consultation_id, revises_id=done.pk, title="Filler again")
    loose = planned(visit, of=first.consultation_id)
    client = signed_in(visit)
    assert "Revised by a later plan" in client.get(f"/plans/{done.pk}").content.decode()
    assert f"Filler ({done.number})" in client.get(f"/plans/{second.pk}").content.decode()
    assert f"Filler ({done.number})" in client.get(f"/plans/{second.pk}/change").content.decode()
    shown = client.get(f"/api/procedure-plans/{done.pk}").json()
    assert (shown["revised_by"], shown["revises_id"]) == ([str(second.pk)], None)
    set_to = "UPDATE plans_procedureplan SET revises_id = %s WHERE id = %s"
    with acting_as(visit.doctor):
        for wrong in (loose.pk, first.pk, second.pk):
            with refused("plans_procedureplan_revises"):
                sql(set_to, wrong, second.pk)
        assert sql(set_to, done.pk, loose.pk) == 1


def test_the_history_says_what_was_done_when_on_which_side_and_by_whom(visit):
    peel = entry(visit, {**PEEL, "has_side": True})
    line = LineDetails(entry_id=peel.pk, side="LEFT", technique="Two layers")
    done = completed(visit, lines=(line,))
    planned(visit, of=done.consultation_id)  # nothing of it is done yet
    with clock.at(clock.now() + timedelta(days=3)):
        client = signed_in(visit)
        path = f"/patients/{done.patient_id}/procedures"
        page = client.get(path).content.decode()
        assert "Deep peel" in page and "Two layers" in page and "Left" in page and done.number in page
        [row] = client.get(f"/api/patients/{done.patient_id}/procedure-history").json()["items"]
    assert (row["what"], row["side"], row["status"], row["doctor"]) == (
        "Deep peel", "LEFT", "COMPLETED", "Dr Kavya Menon",
    )  # fmt: skip
    assert row["done_at"].startswith(str(TUESDAY + timedelta(days=2)))
    with acting_as(visit.nurse):
        other = queries.procedure_history(visit.clinic.other_patient.pk, seen_by=visit.nurse)
        assert not other.exists()
    with acting_as(mine := visit.clinic.patient_actor()):
        assert [one.what for one in queries.procedure_history(done.patient_id, seen_by=mine)] == ["Deep peel"]
    with acting_as(stranger := visit.clinic.patient_actor(visit.clinic.other_patient)):
        assert not queries.procedure_history(done.patient_id, seen_by=stranger).exists()
    with acting_as(visit.clinic.nobody), pytest.raises(NotPermitted):
        queries.procedure_history(done.patient_id, seen_by=visit.clinic.nobody)


def test_the_history_asks_the_same_of_one_line_as_of_thirty(visit):
    line = LineDetails(service_id=visit.clinic.consult.pk)
    done = completed(visit, lines=(line,))
    paths = [f"/patients/{done.patient_id}/procedures", f"/api/patients/{done.patient_id}/procedure-history"]
    client = signed_in(visit)

    def asked(path):
        client.get(path)
        with CaptureQueriesContext(connection) as statements:
            assert client.get(path).status_code == 200
        return len(statements)

    one = [asked(path) for path in paths]
    plan = approved(visit, of=done.consultation_id, lines=(line,) * 29)
    attend(visit, book(visit, plan, day=TUESDAY + timedelta(days=3), kind="SESSION"))
    assert len(client.get(paths[1] + "?limit=100").json()["items"]) == 30
    assert [asked(path) for path in paths] == one


def test_the_form_draws_what_the_chosen_procedure_asks_for_and_keeps_what_was_typed(visit):
    breast = entry(visit, BREAST)
    client, of_visit = signed_in(visit), decided(visit)
    drawn = client.post("/plans/line?line=lines-1", {"lines-1-entry": str(breast.pk), "lines-1-note": "Tired"})
    words = drawn.content.decode()
    assert "lines-1-implant_choice" in words and "say on which side" in words and "Tired" in words
    assert "implant_choice" not in client.post("/plans/line?line=lines-1", {}).content.decode()
    assert client.post("/plans/line?line=x", {}).status_code == 404
    typed = {
        "plan_type": "NON_SURGICAL", "money_type": "COSMETIC", "consent": "REQUIRED", "lines-TOTAL_FORMS": "1",
        "lines-INITIAL_FORMS": "0", "lines-0-entry": str(breast.pk), "lines-0-side": "BOTH", "lines-0-quantity": "1",
        "lines-0-technique": "Through the fold", "lines-0-implant_choice": "Round, 300 cc",
    }  # fmt: skip
    path = f"/consultations/{of_visit.pk}/plan"
    wrong = client.post(path, typed)
    assert wrong.status_code == 422
    assert "Choose the kind of plan Surgery" in wrong.content.decode() and "Round, 300 cc" in wrong.content.decode()
    assert client.post(path, {**typed, "plan_type": "SURGICAL"}).status_code == 303
    with acting_as(visit.doctor):
        made = ProcedurePlan.objects.select_related("patient").get()
    assert (made.title, lines(visit, made)[0].implant_choice) == ("Breast augmentation", "Round, 300 cc")
    page = client.get(f"/plans/{made.pk}/change").content.decode()
    assert "Round, 300 cc" in page


def test_the_patient_takes_home_what_is_written_for_the_procedures_of_the_plan(visit):
    peel = entry(visit, PEEL)
    catalog.write_instructions(peel.pk, "PRE_OP", "en", "No sun for a week.", by=visit.clinic.system)
    plan = of(visit, peel, plan={"consent": "NOT_REQUIRED"})
    with acting_as(visit.doctor):
        [told] = sheet_data(queries.plan(plan.pk, seen_by=visit.doctor), by=visit.doctor)["procedures"]
    assert (told["name"], [one["text"] for one in told["parts"]]) == ("Deep peel", ["No sun for a week."])
    assert signed_in(visit).get(f"/plans/{plan.pk}/instructions.pdf").content.startswith(b"%PDF")
    with pytest.raises(NotPermitted):
        actions.instructions_pdf(plan.pk, by=visit.clinic.nobody)
    with pytest.raises(NotFound):
        actions.instructions_pdf(plan.pk, by=visit.clinic.patient_actor())  # nobody has approved it yet
