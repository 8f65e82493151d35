"""The consultation as data: which state may follow which, who may do it, and what must hold first."""

from typing import TYPE_CHECKING, Any

from django.db.models import TextChoices

from kalon.kernel.lifecycle import Lifecycle, Move, Row
from kalon.scheduling.lifecycles import LIFE as VISIT

if TYPE_CHECKING:
    from kalon.consultations.models import Consultation


class Status(TextChoices):
    SCHEDULED = "SCHEDULED", "Scheduled"
    CHECKED_IN = "CHECKED_IN", "Arrived"
    IN_TRIAGE = "IN_TRIAGE", "In triage"
    IN_CONSULTATION = "IN_CONSULTATION", "With the doctor"
    PLAN_CREATED = "PLAN_CREATED", "Outcome recorded"
    CLOSED = "CLOSED", "Closed"
    CANCELLED = "CANCELLED", "Cancelled"


class Outcome(TextChoices):
    """What the doctor decided; every consultation that is closed has one."""

    NO_ACTION = "NO_ACTION", "No procedure recommended"
    FOLLOW_UP = "FOLLOW_UP", "Follow-up"
    PROCEDURE_PLANNED = "PROCEDURE_PLANNED", "Procedure recommended"
    CONSERVATIVE = "CONSERVATIVE", "Treatment without a procedure"
    REFERRED = "REFERRED", "Referred to another doctor"


class Kind(TextChoices):
    INITIAL = "INITIAL", "First consultation"
    FOLLOW_UP = "FOLLOW_UP", "Follow-up"
    PRE_OP = "PRE_OP", "Before surgery"
    POST_OP = "POST_OP", "After surgery"
    REVIEW = "REVIEW", "Review"
    EMERGENCY = "EMERGENCY", "Emergency"


class Mode(TextChoices):
    IN_PERSON = "IN_PERSON", "In person"
    VIDEO = "VIDEO", "By video"
    ASYNC = "ASYNC", "In writing"


class Section(TextChoices):
    """The parts of a note, each kept and saved by itself; `advice` is the one that the patient reads."""

    COMPLAINT = "complaint", "Chief complaint"
    PRESENT_ILLNESS = "present_illness", "History of present illness"
    SYSTEMS = "systems", "Review of systems"
    SUBJECTIVE = "subjective", "What the patient says"
    OBJECTIVE = "objective", "What was measured"
    EXAMINATION = "examination", "What I see"
    ASSESSMENT = "assessment", "Assessment"
    PLAN = "plan", "Plan"
    ADVICE = "advice", "What the patient will read"


SEALED = (Status.CLOSED, Status.CANCELLED)


def allergies_asked(consultation: "Consultation") -> str | None:
    """Nobody is treated before being asked what they react to."""
    if consultation.patient.allergy_state == "NOT_RECORDED":
        return "Ask about allergies and record the answer, even when there are none."
    return None


def assessment_written(consultation: "Consultation") -> str | None:
    """What the doctor makes of it stands somewhere: in words, or as a diagnosis."""
    is_diagnosed = consultation.diagnoses.filter(withdrawn_at=None).exists()
    if not is_diagnosed and not str(consultation.assessment or "").strip():
        return "Write the assessment, or add a diagnosis."
    return None


CONSULTATION = Lifecycle(
    of="consultations.Consultation",
    noun="consultation",
    states=Status,
    initial=(Status.SCHEDULED,),
    seals=(Status.CLOSED, Status.CANCELLED),
    moves=(
        Move(
            "check_in",
            source=(Status.SCHEDULED,),
            target=Status.CHECKED_IN,
            label="check the patient in",
            permission="scheduling.check_in",
            automatic=True,
        ),
        Move(
            "undo_check_in",
            source=(Status.CHECKED_IN,),
            target=Status.SCHEDULED,
            label="take the check-in back",
            permission="scheduling.check_in",
            reason_needed=True,
            automatic=True,
        ),
        Move(
            "start_triage",
            source=(Status.CHECKED_IN,),
            target=Status.IN_TRIAGE,
            label="start triage",
            permission="consultations.triage",
            icon="heart-pulse",
        ),
        Move(
            "begin",
            source=(Status.CHECKED_IN, Status.IN_TRIAGE),
            target=Status.IN_CONSULTATION,
            label="start the consultation",
            permission="consultations.conduct",
            icon="stethoscope",
        ),
        Move(
            "undo_begin",
            source=(Status.IN_CONSULTATION,),
            target=Status.CHECKED_IN,
            label="take the start back",
            permission="scheduling.start",
            reason_needed=True,
            automatic=True,
        ),
        Move(
            "record_outcome",
            source=(Status.IN_CONSULTATION,),
            target=Status.PLAN_CREATED,
            label="record the outcome",
            permission="consultations.conduct",
            requires=(allergies_asked, assessment_written),
            where=(Row.filled("outcome", otherwise="Choose the outcome."),),
            icon="clipboard-check",
        ),
        Move(
            "reopen",
            source=(Status.PLAN_CREATED,),
            target=Status.IN_CONSULTATION,
            label="change the outcome",
            permission="consultations.conduct",
            reason_needed=True,
            icon="undo-2",
        ),
        Move(
            "close",
            source=(Status.PLAN_CREATED,),
            target=Status.CLOSED,
            label="sign and close the consultation",
            permission="consultations.close",
            where=(
                Row.filled("outcome", otherwise="Choose the outcome."),
                Row.filled("signed_by_id"),
            ),
            icon="file-signature",
        ),
        Move(
            "cancel",
            source=(Status.SCHEDULED, Status.CHECKED_IN, Status.IN_TRIAGE),
            target=Status.CANCELLED,
            label="cancel the consultation",
            permission="scheduling.cancel",
            reason_needed=True,
            automatic=True,
        ),
        Move(
            "reinstate",
            source=(Status.CANCELLED,),
            target=Status.SCHEDULED,
            label="take the cancellation back",
            permission="scheduling.no_show",
            reason_needed=True,
            automatic=True,
        ),
    ),
)


def doctor_has_closed(appointment: Any) -> str | None:
    """A visit is complete when its encounter is signed, or when it has none."""
    consultation = getattr(appointment, "consultation", None)
    if consultation is None or consultation.status == Status.CLOSED:
        return None
    return "The doctor has not signed the consultation yet. Close it from the consultation page."


VISIT.also_requires("complete", doctor_has_closed)
