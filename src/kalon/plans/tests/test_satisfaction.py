"""How satisfied patients are after aftercare: asked once, said once by themselves, low scores answered."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from kalon.kernel import clock
from kalon.kernel.errors import Clash, IllegalMove, Invalid, NotFound, NotPermitted, NotReady
from kalon.kernel.tenancy import acting_as
from kalon.messaging import actions as messaging
from kalon.messaging.models import Message
from kalon.patients.models import PatientAccess
from kalon.people.models import User
from kalon.plans import actions, queries
from kalon.plans.actions import FollowUpWish, SatisfactionDetails, satisfaction
from kalon.plans.models import FollowUpPlan, Satisfaction
from kalon.plans.tests.told import approved, attend, book, decided, refused, sql
from kalon.scheduling.tests.clinic import TUESDAY

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
TABLE = "plans_satisfaction"
LOVELY = SatisfactionDetails(score=5, would_return=True, praise=("GENTLE", "RESULT"), good="Kind nurses")
POOR = SatisfactionDetails(score=1, would_return=False, better="Nobody called me back", may_call=True)


def finished(visit, *, reviews=1):
    """A completed plan with its reviews booked and not yet seen."""
    of = decided(visit, "CONSERVATIVE")
    plan = approved(visit, "CONSERVATIVE", of=of.pk)
    wishes = [FollowUpWish(interval_days=7 * n, plan_id=plan.pk) for n in range(1, reviews + 1)]
    made = actions.plan_follow_ups(of.pk, wishes, by=visit.doctor)
    visits = [book(visit, one, day=TUESDAY + timedelta(days=7 * n)) for n, one in enumerate(made, start=1)]
    actions.begin(plan.pk, by=visit.doctor)
    actions.finish(plan.pk, by=visit.doctor)
    return SimpleNamespace(plan=plan, visits=visits, me=visit.clinic.patient_actor())


def seen(visit, **more):
    """The same, and every review was seen and signed."""
    done = finished(visit, **more)
    for one in done.visits:
        attend(visit, one)
    return done


def reached(visit):
    """The patient has an address."""
    with acting_as(visit.clinic.system):
        patient = visit.clinic.patient
        patient.refresh_from_db()
        patient.email = "ananya@example.org"
        patient.save()


def messages(visit):
    with acting_as(visit.clinic.system):
        return list(Message.objects.filter(template_code="aftercare-satisfaction"))


def client(visit, actor):
    """Signed in; a patient with access to their own record."""
    made = Client()
    with acting_as(visit.clinic.system):
        user = User.objects.get(pk=actor.user_id)
        if actor.is_patient:
            PatientAccess.objects.get_or_create(
                organization_id=visit.clinic.organization_id,
                patient_id=actor.patient_id,
                user=user,
                defaults={"relation": "SELF", "called": "Ananya"},
            )
        made.force_login(user, backend=BACKEND)
    return made


def waiting(actor):
    with acting_as(actor):
        return [plan.pk for plan in queries.to_say(seen_by=actor)]


def test_asked_once_with_the_last_follow_up_and_the_link_is_the_page(visit):
    reached(visit)
    done = finished(visit, reviews=2)
    attend(visit, done.visits[0])
    assert (messages(visit), waiting(done.me)) == ([], [])  # one is still to come
    attend(visit, done.visits[1])
    [told] = messages(visit)
    with acting_as(visit.clinic.system):
        assert f"/my/plans/{done.plan.pk}/satisfaction" in told.body
        again = FollowUpPlan.objects.filter(plan=done.plan, status="COMPLETED").first()
        satisfaction.asked(again, visit.clinic.system)
    assert len(messages(visit)) == 1
    assert waiting(done.me) == [done.plan.pk]
    with clock.at(clock.now() + timedelta(days=200)):
        assert waiting(done.me) == []  # not for ever


def test_who_wishes_no_reminders_is_not_asked(visit):
    reached(visit)
    messaging.change_preference(
        visit.clinic.patient.pk, channels=["EMAIL"], declined=["REMINDER"], by=visit.clinic.system
    )
    done = seen(visit)
    assert messages(visit) == []
    assert waiting(done.me) == [done.plan.pk]  # the card still waits, and nobody writes


def test_a_plan_that_goes_on_or_whose_aftercare_nobody_saw_is_not_judged(visit):
    done = finished(visit)
    with pytest.raises(NotReady, match="once your treatment"):
        actions.say_satisfaction(done.plan.pk, LOVELY, by=done.me)


def test_said_once_by_the_patient_and_by_nobody_else(visit):
    done = seen(visit)
    with pytest.raises(NotPermitted):
        actions.say_satisfaction(done.plan.pk, LOVELY, by=visit.doctor)
    with pytest.raises(NotFound):
        actions.say_satisfaction(done.plan.pk, LOVELY, by=visit.clinic.patient_actor(visit.clinic.other_patient))
    with pytest.raises(Invalid, match="faces"):
        actions.say_satisfaction(done.plan.pk, SatisfactionDetails(score=6, would_return=True), by=done.me)
    with pytest.raises(Invalid, match="from the list"):
        actions.say_satisfaction(
            done.plan.pk, SatisfactionDetails(score=5, would_return=True, praise=("X",)), by=done.me
        )
    said = actions.say_satisfaction(done.plan.pk, LOVELY, by=done.me)
    assert (said.score, said.went_well, said.is_open) == (5, ["Gentle", "The result"], False)
    with pytest.raises(Clash, match="told us already"):
        actions.say_satisfaction(done.plan.pk, POOR, by=done.me)
    assert waiting(done.me) == []
    with pytest.raises(IllegalMove):
        actions.settle_satisfaction(said.pk, note="Called", by=visit.desk)


def test_a_low_score_waits_for_a_call_and_is_answered_once(visit):
    done = seen(visit)
    said = actions.say_satisfaction(done.plan.pk, POOR, by=done.me)
    with acting_as(visit.desk):
        doctors = {"doctor_id": visit.clinic.doctor.pk}
        assert list(queries.unsettled(seen_by=visit.desk, **doctors)) == [said]
        assert queries.figures(seen_by=visit.desk) == queries.Figures(1, 1, 0, 1)
    with pytest.raises(NotPermitted):
        actions.settle_satisfaction(said.pk, note="I settle it", by=done.me)
    with pytest.raises(Invalid, match="what was done"):
        actions.settle_satisfaction(said.pk, note=" ", by=visit.desk)
    actions.settle_satisfaction(said.pk, note="Called, and she comes on Friday", by=visit.desk)
    with acting_as(visit.desk):
        assert not queries.unsettled(seen_by=visit.desk).exists()
    with pytest.raises(IllegalMove, match="answered already"):
        actions.settle_satisfaction(said.pk, note="Again", by=visit.desk)


INSERT = f"""INSERT INTO {TABLE} (id, created_at, organization_id, patient_id, plan_id, said_by_id, score, praise,
        good, better, would_return, may_call, settled_note, settled_at, settled_by_id)
    SELECT gen_random_uuid(), now(), organization_id, patient_id, id, %s, %s, %s, '', '', true, false, '', %s, %s
    FROM plans_procedureplan WHERE id = %s"""


def test_raw_sql_of_a_patient_says_it_once_for_their_own_finished_plan_in_their_own_name(visit):
    done = finished(visit)
    me, plan = done.me.user_id, done.plan.pk
    with acting_as(done.me), refused(f"{TABLE}_after_care"):
        sql(INSERT, me, 5, [], None, None, plan)
    attend(visit, done.visits[0])
    with acting_as(done.me):
        with refused(f"{TABLE}_score"):
            sql(INSERT, me, 6, [], None, None, plan)
        with refused(f"{TABLE}_praise"):
            sql(INSERT, me, 5, ["CHEAP"], None, None, plan)
        with refused(f"{TABLE}_own_name"):
            sql(INSERT, visit.desk.user_id, 5, [], None, None, plan)
        with refused(f"{TABLE}_own_name"):
            sql(INSERT, me, 1, [], clock.now(), visit.clinic.doctor.pk, plan)
        assert sql(INSERT, me, 1, ["GENTLE"], None, None, plan) == 1
        with refused(f"{TABLE}_once"):
            sql(INSERT, me, 5, [], None, None, plan)
        for statement in (f"UPDATE {TABLE} SET score = 5", f"DELETE FROM {TABLE}", f"TRUNCATE {TABLE}"):
            with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                sql(statement)
    other = visit.clinic.patient_actor(visit.clinic.other_patient)
    with acting_as(other):
        assert sql(f"SELECT 1 FROM {TABLE}") == 0
        assert sql(INSERT, other.user_id, 1, [], None, None, plan) == 0  # the plan is not even there
    assert sql(f"SELECT 1 FROM {TABLE}") == 0  # no context: no row


def test_no_patient_speaks_for_another(visit):
    done = seen(visit)
    other = visit.clinic.patient_actor(visit.clinic.other_patient)
    values = (done.plan.organization_id, done.plan.patient_id, done.plan.pk, other.user_id)
    forged = f"""INSERT INTO {TABLE} (id, created_at, organization_id, patient_id, plan_id, said_by_id, score, praise,
        good, better, would_return, may_call, settled_note) VALUES (gen_random_uuid(), now(), %s, %s, %s, %s, 1,
        '{{}}', '', '', false, false, '')"""
    with acting_as(other), pytest.raises(DatabaseError), transaction.atomic():
        sql(forged, *values)


def test_raw_sql_of_the_staff_neither_says_nor_changes_it(visit):
    done = seen(visit)
    with acting_as(visit.doctor), pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        sql(INSERT, visit.doctor.user_id, 5, [], None, None, done.plan.pk)
    actions.say_satisfaction(done.plan.pk, POOR, by=done.me)
    with acting_as(visit.doctor):
        for change in ("score = 5", "better = ''", "would_return = true", "praise = '{GENTLE}'", "may_call = false"):
            with refused(f"{TABLE}_sealed"):
                sql(f"UPDATE {TABLE} SET {change}")
        with refused(f"{TABLE}_settled_together"):
            sql(f"UPDATE {TABLE} SET settled_at = now()")
        assert sql(f"UPDATE {TABLE} SET settled_at = now(), settled_by_id = %s", visit.clinic.doctor.pk) == 1
        with refused(f"{TABLE}_sealed"):
            sql(f"UPDATE {TABLE} SET settled_at = NULL, settled_by_id = NULL")
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            sql(f"DELETE FROM {TABLE}")


def test_on_pages_from_the_phone_to_the_desk(visit):
    done = seen(visit)
    mine, desk = client(visit, done.me), client(visit, visit.desk)
    page = f"/my/plans/{done.plan.pk}/satisfaction"
    assert page in mine.get("/my/").content.decode()
    assert "Send to the clinic" in mine.get(page).content.decode()
    missing = mine.post(page, {"better": "Cold rooms"})
    assert missing.status_code == 422
    assert "Choose one of the five faces." in missing.content.decode() and "Cold rooms" in missing.content.decode()
    answer = mine.post(page, {"score": "2", "would_return": "no", "praise": ["GENTLE"], "better": "Cold rooms"})
    assert answer.status_code == 303
    thanks = mine.get(page).content.decode()
    assert "Thank you" in thanks and "Send to the clinic" not in thanks
    assert page not in mine.get("/my/").content.decode()
    other = client(visit, visit.clinic.patient_actor(visit.clinic.other_patient))
    assert other.get(page).status_code == 404
    with acting_as(visit.desk):
        said = Satisfaction.objects.get()
    one = f"/plans/satisfaction/{said.pk}"
    assert one in desk.get("/plans/satisfaction").content.decode()
    plan = desk.get(f"/plans/{done.plan.pk}").content.decode()
    assert "Cold rooms" in plan and one in plan
    assert desk.post(one, {"note": ""}).status_code == 422
    assert desk.post(one, {"note": "Called; the heating is mended"}).status_code == 303
    assert one not in desk.get("/plans/satisfaction").content.decode()
    assert one in desk.get("/plans/satisfaction?all=1").content.decode()
    assert "heating is mended" in desk.get(f"/plans/{done.plan.pk}").content.decode()
    assert "heating is mended" not in mine.get(page).content.decode()


def test_as_json(visit):
    done = seen(visit)
    mine, desk = client(visit, done.me), client(visit, visit.desk)
    path, body = f"/api/procedure-plans/{done.plan.pk}/satisfaction", {"score": 1, "would_return": False}
    assert mine.get(path).status_code == 404
    assert desk.post(path, body, content_type="application/json").status_code == 403
    said = mine.post(path, body, content_type="application/json")
    assert said.status_code == 201
    assert mine.post(path, body, content_type="application/json").status_code == 409
    pk = said.json()["id"]
    listed = desk.get("/api/satisfaction?unsettled=true").json()
    assert [one["id"] for one in listed["items"]] == [pk]
    assert desk.get("/api/satisfaction/figures").json()["low"] == 1
    settled = desk.post(f"/api/satisfaction/{pk}/settle", {"note": "Called"}, content_type="application/json")
    assert settled.json()["settled_note"] == "Called"
    assert mine.get(path).json()["settled_note"] == ""
