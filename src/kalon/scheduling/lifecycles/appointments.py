"""The states of an appointment and every move between them (PRODUCT §3)."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import models

from kalon.kernel import clock
from kalon.kernel.lifecycle import Lifecycle, Move, Row

VIEW = "scheduling.view"
BOOK = "scheduling.book"
APPROVE = "scheduling.approve"
CHECK_IN = "scheduling.check_in"
START = "scheduling.start"
CANCEL = "scheduling.cancel"
RESCHEDULE = "scheduling.reschedule"
NO_SHOW = "scheduling.no_show"
OVERBOOK = "scheduling.overbook"
MANAGE = "scheduling.manage_schedules"
TAKE_PAYMENT = "billing.take_payment"


class Status(models.TextChoices):
    REQUESTED = "REQUESTED", "Requested"
    PENDING_PAYMENT = "PENDING_PAYMENT", "Waiting for payment"
    CONFIRMED = "CONFIRMED", "Confirmed"
    CHECKED_IN = "CHECKED_IN", "Arrived"
    IN_PROGRESS = "IN_PROGRESS", "With doctor"
    COMPLETED = "COMPLETED", "Done"
    CANCELLED = "CANCELLED", "Cancelled"
    RESCHEDULED = "RESCHEDULED", "Moved"
    NO_SHOW = "NO_SHOW", "No-show"


class Kind(models.TextChoices):
    CONSULTATION = "CONSULTATION", "Consultation"
    FOLLOW_UP = "FOLLOW_UP", "Follow-up"
    PRE_OP = "PRE_OP", "Pre-op"
    POST_OP = "POST_OP", "Post-op"
    REVIEW = "REVIEW", "Review"
    SESSION = "SESSION", "Session"
    SURGERY = "SURGERY", "Surgery"
    EMERGENCY = "EMERGENCY", "Emergency"


class Source(models.TextChoices):
    FRONT_DESK = "FRONT_DESK", "At the desk"
    PHONE = "PHONE", "By phone"
    WALK_IN = "WALK_IN", "Walk-in"
    SELF_SERVICE = "SELF_SERVICE", "Online"
    WHATSAPP = "WHATSAPP", "WhatsApp"
    WAITING_LIST = "WAITING_LIST", "From the waiting list"


class Priority(models.TextChoices):
    NORMAL = "NORMAL", "Normal"
    URGENT = "URGENT", "Urgent"
    EMERGENCY = "EMERGENCY", "Emergency"


class Side(models.TextChoices):
    """Who does not keep a visit: it decides whether cancelling late costs anything."""

    PATIENT = "PATIENT", "The patient"
    CLINIC = "CLINIC", "The clinic"


# Before the patient has come: may still be cancelled or moved.
AHEAD = (Status.REQUESTED, Status.PENDING_PAYMENT, Status.CONFIRMED)
# The patient is in the house.
HERE = (Status.CHECKED_IN, Status.IN_PROGRESS)
# The time is given back; every other state keeps its doctor and room.
RELEASED = (Status.CANCELLED, Status.RESCHEDULED, Status.NO_SHOW)
ENDED = (Status.COMPLETED, *RELEASED)


def is_today(appointment: Any) -> str | None:
    """The patient comes on the day itself."""
    start: datetime = appointment.period.lower
    zone = ZoneInfo(appointment.branch.timezone)
    on = start.astimezone(zone).date()
    if on == clock.today(zone):
        return None
    return f"The visit is on {on:%-d %b}. Check in on the day, or move the visit to today."


def has_begun(appointment: Any) -> str | None:
    """Nobody is late for what has not begun."""
    if appointment.period.lower <= clock.now():
        return None
    return "The visit has not begun yet. Wait for its time."


LIFE = Lifecycle(
    of="scheduling.Appointment",
    noun="visit",
    states=Status,
    initial=(Status.REQUESTED, Status.PENDING_PAYMENT, Status.CONFIRMED),
    moves=(
        Move("approve", (Status.REQUESTED,), Status.CONFIRMED, "approve the request", APPROVE,
             where=(Row("amount_due", present=False, otherwise="Something is to be paid first: ask for the payment."),),
             icon="check"),
        Move("request_payment", (Status.REQUESTED,), Status.PENDING_PAYMENT, "approve and ask for payment", APPROVE,
             where=(Row.filled("amount_due", otherwise="Nothing is to be paid: approve the request."),),
             icon="wallet"),
        Move("confirm_paid", (Status.PENDING_PAYMENT,), Status.CONFIRMED, "confirm the paid visit", TAKE_PAYMENT,
             automatic=True, icon="calendar-check"),
        Move("check_in", (Status.CONFIRMED,), Status.CHECKED_IN, "check the patient in", CHECK_IN,
             requires=(is_today,), icon="map-pin"),
        Move("start", (Status.CHECKED_IN,), Status.IN_PROGRESS, "start the visit", START, icon="stethoscope"),
        Move("complete", (Status.IN_PROGRESS,), Status.COMPLETED, "complete the visit", START, icon="check"),
        Move("no_show", (Status.CONFIRMED,), Status.NO_SHOW, "mark the patient as not come", NO_SHOW,
             requires=(has_begun,), icon="user-x"),
        Move("leave_unseen", (Status.CHECKED_IN,), Status.CANCELLED, "record that the patient left unseen", CANCEL,
             reason_needed=True, icon="door-open"),
        Move("cancel", AHEAD, Status.CANCELLED, "cancel the visit", CANCEL, reason_needed=True, icon="x"),
        Move("reschedule", AHEAD, Status.RESCHEDULED, "move the visit to another day", RESCHEDULE,
             where=(Row.filled("successor_id", otherwise="Choose the new time first."),), reason_needed=True,
             icon="calendar-clock"),
        Move("undo_check_in", (Status.CHECKED_IN,), Status.CONFIRMED, "undo the check-in", CHECK_IN,
             within=timedelta(minutes=30), icon="undo-2"),
        Move("undo_start", (Status.IN_PROGRESS,), Status.CHECKED_IN, "undo the start", START,
             within=timedelta(minutes=15), icon="undo-2"),
        Move("undo_no_show", (Status.NO_SHOW,), Status.CONFIRMED, "undo the no-show", NO_SHOW,
             within=timedelta(hours=12), icon="undo-2"),
    ),
    seals=ENDED,
    open_columns=("starts_at", "ends_at"),  # the database derives them from the sealed period
)  # fmt: skip
