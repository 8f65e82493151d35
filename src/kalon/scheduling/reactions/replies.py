"""What a patient answers to a reminder is done, and said back to them; what is no longer true is not sent."""

from django.db import transaction

from kalon.kernel import actors
from kalon.kernel.actors import Actor
from kalon.kernel.errors import DomainError
from kalon.kernel.events import on
from kalon.kernel.lookup import one
from kalon.messaging import actions as messaging
from kalon.messaging.events import MessageLeaving, ReplyReceived
from kalon.scheduling import actions, queries
from kalon.scheduling.lifecycles import AHEAD, Status
from kalon.scheduling.models import Appointment
from kalon.scheduling.queries.links import link
from kalon.scheduling.queries.reminders import CODES
from kalon.scheduling.queries.telling import facts_of
from kalon.scheduling.reactions.visits import BY_REPLY

TRUE_WHILE = {code: (status,) for status, code in CODES.items()} | {
    "no-show-follow-up": (Status.NO_SHOW,),
    "payment-request": (Status.PENDING_PAYMENT,),
}


def listen() -> None:
    """Hear what patients answer, and what is about to leave."""
    on(ReplyReceived, answered)
    on(MessageLeaving, object_to_what_changed)


def answered(event: ReplyReceived) -> None:
    """1: they will come. 2: where to choose another time. 3: the visit is cancelled. What cannot be done is said."""
    by = actors.system("the patient, by reply", event.organization_id)
    visit = queries.appointments(seen_by=by).filter(pk=event.about_id, patient_id__person=event.patient_id).first()
    if visit is None:
        return
    try:
        with transaction.atomic():
            said = _do(event, visit, by)
    except DomainError:
        said = "reply-too-late"
    messaging.send(
        said,
        to_patient=event.patient_id,
        channel=event.channel,
        data={**facts_of(visit, seen_by=by), "link": link("m", visit.pk)},
        once=f"{said} {event.answer_id}",
        about_id=visit.pk,
        by=by,
    )


def _do(event: ReplyReceived, visit: Appointment, by: Actor) -> str:
    if visit.status not in AHEAD:
        return "reply-too-late"
    if event.meaning == "CANCEL":
        actions.cancel(visit.pk, BY_REPLY, by=by)
        return "reply-cancelled"
    if event.meaning == "CONFIRM":
        actions.confirm_coming(visit.pk, by=by)
        return "reply-confirmed"
    return "reply-reschedule"


def object_to_what_changed(event: MessageLeaving) -> None:
    """A reminder of a visit that was moved, cancelled or paid for meanwhile is not sent."""
    wanted = TRUE_WHILE.get(event.template_code)
    if wanted is None:
        return
    visit = one(queries.appointments(seen_by=event.by).filter(pk=event.about_id))
    if visit is None or visit.status not in wanted:
        event.objections.append("The visit is no longer what it says.")
    elif event.until is not None and event.until != visit.period.lower:
        event.objections.append("The visit has another time now.")
