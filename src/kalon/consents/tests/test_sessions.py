"""The consent to one session: asked for where its form says so, signed before it begins, lost with its withdrawal."""

from datetime import timedelta

import pytest

from kalon.catalog.models import Procedure
from kalon.consents import actions, queries
from kalon.consents.actions import Terms, TextDetails
from kalon.consents.models import Consent
from kalon.consents.tests.conftest import office_in
from kalon.consents.tests.planned import consented, sign_all
from kalon.kernel import clock, outbox
from kalon.kernel.errors import Clash, IllegalMove, Invalid, NotFound, NotPermitted, NotReady
from kalon.kernel.tenancy import acting_as
from kalon.plans import actions as plans
from kalon.plans.tests.conftest import at_the_desk, visit, visit_once
from kalon.plans.tests.told import book, held, now, refused, session, spaced, sql, states
from kalon.scheduling import actions as scheduling
from kalon.scheduling.tests.clinic import TUESDAY

__all__ = ["at_the_desk", "visit", "visit_once"]

WORDS = "# Today\nSession {session} of {procedure}, {patient}.\n[ ] I agree to this session."


@pytest.fixture
def office(visit):
    return office_in(visit.clinic, visit.nurse)


@pytest.fixture
def series(visit, office):
    """A series whose form in use asks for a consent before each session."""
    plan = spaced(visit, days=7)
    with acting_as(visit.clinic.system):
        entry = Procedure.objects.get(code="PRP")
    form_for(office, entry)
    return plan


def form_for(office, entry):
    made = actions.add_template(
        "SESSION", f"Before each {entry.code}", Terms(1), procedure_ids=[entry.pk], by=office.owner
    )
    actions.write_text(made.pk, TextDetails("en", "This session", WORDS), by=office.owner)
    office.in_use["EACH"] = actions.publish(made.pk, by=office.owner)
    return office.in_use["EACH"]


def arrived(visit, plan, number, day):
    booked = book(visit, session(visit, plan, number).prompt, day=TUESDAY + timedelta(days=day), kind="SESSION")
    with clock.at(booked.period.lower):
        scheduling.check_in(booked.pk, by=visit.desk)
    row = session(visit, plan, number).row
    row.begins = booked.period.lower
    return row


def asked(office, one, **more):
    return actions.ask_of_session(one.pk, office.in_use["EACH"].pk, by=office.nurse, **more)


def signed(office, one, *, patient=None):
    return sign_all(asked(office, one), nurse=office.nurse, doctor=office.doctor, patient=patient)


def test_it_waits_until_it_is_signed_then_begins(visit, office, series):
    first = arrived(visit, series, 1, 1)
    assert first.status == "CONSENT_PENDING"
    with pytest.raises(IllegalMove, match="consent"):
        plans.start_session(first.pk, by=visit.nurse)
    consent = asked(office, first)
    assert (consent.kind, consent.session_id, consent.plan_id) == ("SESSION", first.pk, series.pk)
    assert "Session 1 of 3" in consent.content["body"]
    assert now(visit, first).status == "CONSENT_PENDING"
    sign_all(consent, nurse=office.nurse, doctor=office.doctor)
    assert now(visit, first).status == "READY"
    with clock.at(first.begins):
        plans.start_session(first.pk, by=visit.nurse)
        plans.complete_session(first.pk, by=visit.nurse)
    assert arrived(visit, series, 2, 15).status == "CONSENT_PENDING"  # each session its own


def test_signed_at_home_before_the_day_it_is_ready_when_the_patient_comes(visit, office, series):
    booked = book(visit, session(visit, series, 1).prompt, day=TUESDAY + timedelta(days=1), kind="SESSION")
    first = session(visit, series, 1).row
    signed(office, first, patient=office.account(office.patient))
    outbox.run_due()
    assert now(visit, first).status == "READY"
    with clock.at(booked.period.lower):
        scheduling.check_in(booked.pk, by=visit.desk)
        plans.start_session(first.pk, by=visit.nurse)


def test_withdrawn_or_given_up_it_waits_again(visit, office, series):
    first = arrived(visit, series, 1, 1)
    consent = signed(office, first)
    actions.revoke(consent.pk, "Not today", by=office.nurse)
    assert now(visit, first).status == "CONSENT_PENDING"
    again = asked(office, first)
    with pytest.raises(Clash, match="consent to this session already"):
        asked(office, first)
    actions.void(again.pk, "The wrong form", by=office.nurse)
    assert now(visit, first).status == "CONSENT_PENDING"
    signed(office, first)
    assert now(visit, first).status == "READY"


def test_the_patient_withdraws_from_home_and_it_cannot_begin_even_before_it_waits(visit, office, series):
    first = arrived(visit, series, 1, 1)
    consent = signed(office, first)
    actions.revoke(consent.pk, "I changed my mind", by=office.account(office.patient))
    assert now(visit, first).status == "READY"  # the portal does not write the plan
    with clock.at(first.begins), pytest.raises(NotReady, match="consent"):
        plans.start_session(first.pk, by=visit.nurse)
    outbox.run_due()
    assert now(visit, first).status == "CONSENT_PENDING"


def test_the_database_begins_nothing_unsigned(visit, office, series):
    first = arrived(visit, series, 1, 1)
    with acting_as(visit.clinic.system), refused("consents_session_consented"):
        sql("UPDATE plans_proceduresession SET status = 'READY' WHERE id = %s", first.pk)
    consent = signed(office, first)
    actions.revoke(consent.pk, "I changed my mind", by=office.account(office.patient))
    begin = "UPDATE plans_proceduresession SET status = 'IN_PROGRESS', started_at = kalon_now() WHERE id = %s"
    with acting_as(visit.clinic.system), clock.at(first.begins), refused("consents_session_consented"):
        sql(begin, first.pk)


def test_a_plan_whose_consent_ended_between_two_sessions_begins_no_further_one(visit, office):
    plan = spaced(visit, days=7, consent="REQUIRED")
    agreed = consented(visit, plan)
    held(visit, plan, 1, day=TUESDAY + timedelta(days=1))
    second = arrived(visit, plan, 2, 8)
    assert second.status == "READY"
    begin = "UPDATE plans_proceduresession SET status = 'IN_PROGRESS', started_at = kalon_now() WHERE id = %s"
    with clock.at(second.begins):
        actions.revoke(agreed.pk, "No more of it", by=office.account(office.patient))
        assert now(visit, second).status == "READY"  # the portal does not write the plan
        with pytest.raises(NotReady, match="consent to this plan does not hold"):
            plans.start_session(second.pk, by=visit.nurse)
        with acting_as(visit.clinic.system), refused("consents_session_plan_consented"):
            sql(begin, second.pk)
        outbox.run_due()
        assert (now(visit, plan).status, now(visit, second).status) == ("IN_PROGRESS", "CONSENT_PENDING")
        consented(visit, plan)
        assert now(visit, second).status == "READY"
        assert plans.start_session(second.pk, by=visit.nurse).status == "IN_PROGRESS"


def test_the_database_knows_which_session_of_which_plan(visit, office, series):
    first = session(visit, series, 1).row
    other = spaced_other(visit, series)
    consent = asked(office, first)
    with acting_as(visit.clinic.system):
        copy = (
            "INSERT INTO consents_consent SELECT (jsonb_populate_record(c, jsonb_build_object("
            "'id', gen_random_uuid(), 'status', 'DRAFT', 'number', 'X', 'content', NULL, 'content_sha256', '',"
            "'text_id', NULL, 'presented_at', NULL, 'presented_by', '', 'parts', 0, {change}))).* "
            "FROM consents_consent AS c WHERE id = %s"
        )
        with refused("consents_one_live_of_session"):
            sql(copy.format(change="'opened_at', NULL"), consent.pk)
        with refused("consents_consent_hangs_from"):
            sql(copy.format(change="'session_id', NULL"), consent.pk)
        with refused("consents_consent_session_of_plan"):
            sql(copy.format(change=f"'session_id', '{other.pk}'"), consent.pk)


def spaced_other(visit, series):
    from kalon.plans.tests.told import approved

    return session(visit, approved(visit, "SERIES", of=series.consultation_id), 1).row


def test_a_session_that_is_over_is_not_agreed_to_and_one_cancelled_gives_its_paper_up(visit, office, series):
    first = session(visit, series, 1).row
    consent = asked(office, first)
    plans.cancel_session(first.pk, reason="Not needed", by=visit.doctor)
    with acting_as(visit.clinic.system):
        assert Consent.objects.get(pk=consent.pk).status == "VOIDED"
    with pytest.raises(NotReady, match="before it begins"):
        asked(office, first)
    with acting_as(visit.clinic.system):
        assert states(visit, series)[0] == "CANCELLED"


def test_only_a_form_for_sessions_asks_and_only_of_a_session(visit, office, series):
    one = session(visit, series, 1).row
    with pytest.raises(Invalid, match="Open the session"):
        office.prepared("SESSION", plan_id=series.pk)
    with pytest.raises(Invalid, match="Leave the session out"):
        office.prepared("TREATMENT_PLAN", plan_id=series.pk, session_id=one.pk)
    with pytest.raises(NotFound):
        office.prepared("SESSION", plan_id=spaced_other(visit, series).plan_id, session_id=one.pk)
    for by in (visit.clinic.nobody, visit.clinic.patient_actor()):
        with pytest.raises((NotPermitted, NotFound)):
            actions.ask_of_session(one.pk, office.in_use["EACH"].pk, by=by)
    with acting_as(visit.desk):
        assert queries.is_asked_each(series.pk)
        assert not queries.is_asked_each(spaced_other(visit, series).plan_id)


def test_asked_from_the_page_of_the_session(visit, office, series):
    from kalon.scheduling.tests.test_pages import signed_in

    first = arrived(visit, series, 1, 1)
    nurse = signed_in(visit.nurse)
    page = nurse.get(f"/sessions/{first.pk}").content.decode()
    assert "Ask for consent" in page
    assert "is not signed yet" in page
    sent = {"version": str(office.in_use["EACH"].pk), "language": ""}
    there, told = f"/api/consents/of-session/{first.pk}", {"content_type": "application/json"}
    assert sent["version"] in [one["id"] for one in nurse.get(f"{there}/forms").json()]
    nowhere = f"/api/consents/of-session/{series.pk}"
    assert nurse.post(nowhere, {"version_id": sent["version"]}, **told).status_code == 404
    assert nurse.get(f"{nowhere}/forms").status_code == 404
    assert nurse.post(f"/consents/of-session/{first.pk}", sent).status_code == 303
    assert nurse.post(there, {"version_id": sent["version"]}, **told).status_code == 409
    second = arrived(visit, series, 2, 8)
    by_json = nurse.post(f"/api/consents/of-session/{second.pk}", {"version_id": sent["version"]}, **told)
    assert (by_json.status_code, by_json.json()["status"]) == (201, "PRESENTED")
    assert "Read and sign" in nurse.get(f"/sessions/{first.pk}").content.decode()
    assert nurse.post(f"/consents/of-session/{first.pk}", {"version": "x"}).status_code == 422
