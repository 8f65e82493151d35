"""When a session is done its patient is told once, in their language, where to read what to do now."""

from datetime import timedelta

from kalon.catalog import actions as catalog
from kalon.catalog.models import Procedure
from kalon.kernel.tenancy import acting_as
from kalon.messaging import actions as messaging
from kalon.messaging.models import Message
from kalon.plans import actions
from kalon.plans.tests.told import held, session, spaced
from kalon.scheduling.tests.clinic import TUESDAY


def reached(visit, language="en"):
    with acting_as(visit.clinic.system):
        patient = visit.clinic.patient
        patient.refresh_from_db()
        patient.email, patient.language = "ananya@example.org", language
        patient.save()


def told(visit):
    with acting_as(visit.clinic.system):
        rows = Message.objects.filter(template_code="instructions-after").select_related("patient").order_by("id")
        return [(one.language, one.body, one.recipient) for one in rows]


def written(visit, kind="POST_OP", language="en"):
    with acting_as(visit.clinic.system):
        entry = Procedure.objects.get(code="PRP")
    catalog.write_instructions(entry.pk, kind, language, "No sun for two days.", by=visit.clinic.system)


def test_once_for_each_session_and_never_twice(visit):
    reached(visit)
    plan = spaced(visit, days=14)
    written(visit)
    first = held(visit, plan, 1, day=TUESDAY + timedelta(days=7))
    [message] = told(visit)
    assert f"/my/plans/{plan.pk}" in message[1] and message[2] == "ananya@example.org"
    assert actions.tell_afterwards(plan.pk, about_id=first.pk, by=visit.clinic.system) is None
    assert len(told(visit)) == 1
    held(visit, plan, 2, day=TUESDAY + timedelta(days=28))
    assert len(told(visit)) == 2


def test_in_the_patients_language(visit):
    reached(visit, "ml")
    plan = spaced(visit, days=14)
    written(visit, language="ml")
    held(visit, plan, 1, day=TUESDAY + timedelta(days=7))
    [message] = told(visit)
    assert (message[0], "എന്തു ചെയ്യണം" in message[1]) == ("ml", True)


def test_nothing_where_nothing_is_written_for_afterwards_or_all_was_stopped(visit):
    reached(visit)
    plan = spaced(visit, days=14)
    written(visit, "PRE_OP")
    held(visit, plan, 1, day=TUESDAY + timedelta(days=7))
    assert told(visit) == []
    written(visit)
    messaging.stop(visit.clinic.patient.pk, channel="EMAIL", by=visit.clinic.system)
    messaging.stop(visit.clinic.patient.pk, channel="SMS", by=visit.clinic.system)
    messaging.stop(visit.clinic.patient.pk, channel="WHATSAPP", by=visit.clinic.system)
    done = session(visit, plan, 1).row
    assert actions.tell_afterwards(plan.pk, about_id=done.pk, by=visit.clinic.system) is None
