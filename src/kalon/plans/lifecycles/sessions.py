"""The session of a plan as data (PRODUCT §3): booked, ready, under way, done; missed and booked again."""

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import TextChoices

from kalon.kernel.lifecycle import Lifecycle, Move, Row
from kalon.plans.lifecycles.procedures import READ, WRITE, PlanStatus, PlanType
from kalon.plans.rules.checklists import Counts, row
from kalon.scheduling.lifecycles import BOOK, CANCEL, CHECK_IN, HERE, NO_SHOW
from kalon.scheduling.lifecycles import Status as Visit

if TYPE_CHECKING:
    from kalon.plans.models import ProcedureSession

TREAT = "plans.treat"
IN_SESSIONS = (PlanType.SERIES, PlanType.NON_SURGICAL)  # surgical plans have cases


class SessionStatus(TextChoices):
    PLANNED = "PLANNED", "To be booked"
    SCHEDULED = "SCHEDULED", "Booked"
    CONSENT_PENDING = "CONSENT_PENDING", "Consent asked for"
    READY = "READY", "Ready"
    IN_PROGRESS = "IN_PROGRESS", "Under way"
    COMPLETED = "COMPLETED", "Done"
    CANCELLED = "CANCELLED", "Cancelled"
    NO_SHOW = "NO_SHOW", "Missed"


T = SessionStatus
OPEN = (T.PLANNED, T.SCHEDULED, T.CONSENT_PENDING, T.READY, T.IN_PROGRESS, T.NO_SHOW)
BOOKED = (T.SCHEDULED, T.CONSENT_PENDING, T.READY)  # its visit is ahead, or has just begun
UNBOOKED = (T.PLANNED, T.NO_SHOW)
HAS_DAY = (*BOOKED, T.IN_PROGRESS, T.COMPLETED)  # the day of its visit counts for those before and after it
GOES_ON = (PlanStatus.SCHEDULED, PlanStatus.IN_PROGRESS)
SLIP = timedelta(minutes=15)  # a start pressed by mistake, as with the visit itself
BEFORE_START = ("BEFORE", "DAY_OF")  # the moments of the list that hold a session up
NO_SHOW_SLIP = timedelta(hours=12)


def plan_goes_on(session: "ProcedureSession") -> str | None:
    """Nothing is done for a plan that waits or has ended."""
    plan = session.plan
    if plan.status in GOES_ON:
        return None
    return f"The plan is {plan.get_status_display().lower()}, so nothing is done for it now. Open the plan."


def patient_is_here(session: "ProcedureSession") -> str | None:
    """A session begins when its patient has come."""
    visit = session.appointment
    if visit is not None and visit.status in (*HERE, Visit.COMPLETED):
        return None
    return "The patient has not been checked in yet. The front desk checks them in."


def list_is_ticked(session: "ProcedureSession") -> str | None:
    """A session begins when everything required of before it, and of its day, is ticked."""
    visit, plan = session.appointment, session.plan
    counts = Counts(visit.local_start.date()) if visit is not None else Counts()
    asked = plan.list_items.filter(item__is_required=True, item__moment__in=BEFORE_START)
    rows = asked.select_related("item", "patient").prefetch_related("ticks").order_by("id")
    left = [one.item.words for one in rows if not row(one, counts, plan.branch.timezone).is_done]
    return f"Still open on the list: {'; '.join(left)}. Tick it first." if left else None


def earlier_are_done(session: "ProcedureSession") -> str | None:
    """Sessions are completed in their order."""
    rows = session.plan.sessions.filter(number__lt=session.number, status__in=OPEN)
    first = rows.order_by("number").values_list("number", flat=True).first()
    if first is None:
        return None
    return f"Session {first} is not done yet. Complete it first, or cancel it on the plan's page."


# `automatic` moves follow from the session's visit and from what is asked before it; PRODUCT §3 names the way forward,
# `unschedule` is the way back of a visit that was cancelled: the session is to be booked again.
SESSION = Lifecycle(
    of="plans.ProcedureSession",
    noun="session",
    states=SessionStatus,
    initial=(T.PLANNED,),
    seals=(T.COMPLETED, T.CANCELLED),
    moves=(
        Move("schedule", (T.PLANNED, T.NO_SHOW), T.SCHEDULED, "book the session", BOOK,
             where=(Row.filled("appointment_id", otherwise="Book its visit first."),), automatic=True),
        Move("unschedule", BOOKED, T.PLANNED, "take the booking back", CANCEL,
             where=(Row("appointment_id", present=False, otherwise="Its visit still stands."),), automatic=True),
        Move("miss", BOOKED, T.NO_SHOW, "note that the patient did not come", NO_SHOW, automatic=True),
        Move("reinstate", (T.NO_SHOW,), T.SCHEDULED, "take the no-show back", NO_SHOW,
             within=NO_SHOW_SLIP, automatic=True),
        Move("ask_consent", (T.SCHEDULED, T.READY), T.CONSENT_PENDING, "ask for the consent of the session", READ,
             automatic=True),
        Move("make_ready", (T.SCHEDULED, T.CONSENT_PENDING), T.READY, "note that the session may begin", READ,
             automatic=True),
        Move("step_back", (T.CONSENT_PENDING, T.READY), T.SCHEDULED, "take the arrival back", CHECK_IN,
             automatic=True),
        Move("start", (T.READY,), T.IN_PROGRESS, "start the session", TREAT,
             requires=(plan_goes_on, patient_is_here, list_is_ticked), where=(Row.filled("started_at"),), icon="play"),
        Move("undo_start", (T.IN_PROGRESS,), T.READY, "undo the start", TREAT, within=SLIP,
             where=(Row("started_at", present=False),), icon="undo-2"),
        Move("complete", (T.IN_PROGRESS,), T.COMPLETED, "complete the session", TREAT,
             requires=(plan_goes_on, earlier_are_done),
             where=(Row.filled("done_at"), Row.filled("done_by_id")), icon="check"),
        Move("cancel", UNBOOKED, T.CANCELLED, "cancel the session", WRITE, reason_needed=True, icon="x"),
    ),
)  # fmt: skip
