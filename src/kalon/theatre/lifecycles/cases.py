"""The theatre's reservation, the surgical case and the stages of its checklist as data (PRODUCT §3)."""

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import TextChoices

from kalon.kernel.lifecycle import Lifecycle, Move, Row
from kalon.theatre.lifecycles.clearances import ARRANGE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kalon.theatre.models import Case, Stage

OPERATE = "theatre.operate"
SLIP = timedelta(minutes=15)  # a start pressed by mistake, as with a session
SIGN_NOTE = "theatre.sign_note"


class ReservationStatus(TextChoices):
    TENTATIVE = "TENTATIVE", "Tentative"
    FIRM = "FIRM", "Firm"
    RELEASED = "RELEASED", "Released"


class CaseStatus(TextChoices):
    SCHEDULED = "SCHEDULED", "Scheduled"
    IN_PROGRESS = "IN_PROGRESS", "In theatre"
    COMPLETED = "COMPLETED", "Completed"
    POSTPONED = "POSTPONED", "Postponed"
    CANCELLED = "CANCELLED", "Cancelled"
    ABORTED = "ABORTED", "Aborted"


class Urgency(TextChoices):
    ELECTIVE = "ELECTIVE", "Planned"
    EMERGENCY = "EMERGENCY", "Return to theatre"


class Anaesthesia(TextChoices):
    GENERAL = "GENERAL", "General"
    REGIONAL = "REGIONAL", "Regional"
    SEDATION = "SEDATION", "Sedation"
    LOCAL = "LOCAL", "Local, without an anaesthetist"


class StageKind(TextChoices):
    SIGN_IN = "SIGN_IN", "Sign in"
    TIME_OUT = "TIME_OUT", "Time out"
    SIGN_OUT = "SIGN_OUT", "Sign out"


class StageStatus(TextChoices):
    OPEN = "OPEN", "Open"
    COMPLETE = "COMPLETE", "Complete"


class TeamRole(TextChoices):
    SURGEON = "SURGEON", "Surgeon"
    ANAESTHESIA = "ANAESTHESIA", "Anaesthesia"
    NURSE = "NURSE", "Nurse"


def everything_answered(stage: "Stage") -> str | None:
    """Every item of the stage has its answer."""
    left = stage.items.filter(answer="").count()
    return f"{left} item{'s' if left != 1 else ''} of the {stage.get_kind_display().lower()} left." if left else None


def everybody_signed(stage: "Stage") -> str | None:
    """Everybody whose word it needs has said it."""
    signed = set(stage.signatures.values_list("role", flat=True))
    missing = [TeamRole(role).label.lower() for role in stage.roles if role not in signed]
    return f"Still to sign: {', '.join(missing)}." if missing else None


def counts_agree(stage: "Stage") -> str | None:
    """At the sign out, what was counted before is counted again, or it is said why not."""
    if stage.kind != StageKind.SIGN_OUT:
        return None
    counts = list(stage.case.counts.select_related("patient"))
    if not counts:
        return "Count swabs, needles and instruments first."
    open_ones = [count for count in counts if not count.is_settled]
    if open_ones:
        return f"The count does not agree: {', '.join(one.get_what_display().lower() for one in open_ones)}."
    return None


def plan_still_agrees(case: "Case") -> str | None:
    """Side and procedure are those of the plan."""
    if case.lines_agree():
        return None
    return "Side or procedure differ from the plan. Stop, and look at the plan with the surgeon."


def time_out_done(case: "Case") -> str | None:
    """All three stages of the checklist are complete before a case is."""
    left = [kind.label.lower() for kind in StageKind if not case.stage_complete(kind)]
    return f"The checklist is not complete: {', '.join(left)}." if left else None


def times_written(case: "Case") -> str | None:
    left = [word for word, at in case.times if at is None and word != "Anaesthesia"]
    return f"Write the times first: {', '.join(left).lower()}." if left else None


def consumption_written(case: "Case") -> str | None:
    """What was used is written down, or it is signed that nothing was."""
    if case.nothing_used_at is not None or case.has_consumption():
        return None
    return "Write down what was used, or sign that nothing was."


def implants_written(case: "Case") -> str | None:
    """What the operation puts in stands in the registry, side by side, or it is signed why it does not."""
    return no_implant(case.implants_open())


def no_implant(sides: "Sequence[str]") -> str | None:
    """The sentence for sides on which an implant belongs and none is written down."""
    words = " and ".join(f"on the {side.lower()}" for side in sides if side in ("LEFT", "RIGHT"))
    said = " ".join(["No implant is written down", words]).strip()
    return f"{said}. Scan it, or sign why none was put in." if sides else None


def nothing_done(case: "Case") -> str | None:
    """A start is a slip only while nothing was done on it."""
    if case.nothing_done() and not case.complications:
        return None
    return "Something is answered, signed, counted or used in this case already. Abort it, with the reason."


R, C, S = ReservationStatus, CaseStatus, StageStatus

RESERVATION = Lifecycle(
    of="theatre.Reservation",
    noun="reservation",
    states=R,
    initial=(R.TENTATIVE,),
    seals=(R.RELEASED,),
    moves=(
        Move("firm", (R.TENTATIVE,), R.FIRM, "make the reservation firm", ARRANGE, automatic=True),
        Move("release", (R.TENTATIVE, R.FIRM), R.RELEASED, "release the theatre", ARRANGE, reason_needed=True,
             icon="calendar-x"),
    ),
)  # fmt: skip

DONE = ("anaesthesia_at", "incision_at", "closure_at", "out_at", "nothing_used_at")
TOO_FAR = "The operation has begun. Abort the case, with the reason."

# A planned case needs its clearance and its reservation, a return to theatre two named clinicians: the trigger of the
# table looks at the rows themselves (`models.case_guards`).
CASE = Lifecycle(
    of="theatre.Case",
    noun="case",
    states=C,
    initial=(C.SCHEDULED,),
    seals=(C.COMPLETED, C.CANCELLED, C.ABORTED),
    open_columns=("arrears_at", "arrears_by_id"),
    moves=(
        Move("start", (C.SCHEDULED,), C.IN_PROGRESS, "start the case", OPERATE, requires=(plan_still_agrees,),
             icon="play"),
        Move("undo_start", (C.IN_PROGRESS,), C.SCHEDULED, "take the start back", OPERATE, requires=(nothing_done,),
             where=(Row("in_at", present=False), *(Row(at, present=False, otherwise=TOO_FAR) for at in DONE)),
             within=SLIP, icon="undo-2"),
        Move("complete", (C.IN_PROGRESS,), C.COMPLETED, "complete the case", OPERATE,
             requires=(time_out_done, times_written, consumption_written, implants_written), icon="check"),
        Move("abort", (C.IN_PROGRESS,), C.ABORTED, "abort the case", OPERATE, reason_needed=True, icon="octagon-x"),
        Move("postpone", (C.SCHEDULED,), C.POSTPONED, "postpone the case", ARRANGE, reason_needed=True,
             where=(Row("reservation_id", present=False),), icon="calendar-clock"),
        Move("reschedule", (C.POSTPONED,), C.SCHEDULED, "schedule the case again", ARRANGE,
             where=(Row.filled("reservation_id", otherwise="Reserve a theatre first."),), icon="calendar-check"),
        Move("cancel", (C.SCHEDULED, C.POSTPONED), C.CANCELLED, "cancel the case", ARRANGE, reason_needed=True,
             icon="x"),
    ),
)  # fmt: skip

STAGE = Lifecycle(
    of="theatre.Stage",
    noun="stage of the checklist",
    states=S,
    initial=(S.OPEN,),
    seals=(S.COMPLETE,),
    moves=(
        Move("complete", (S.OPEN,), S.COMPLETE, "complete the stage", OPERATE,
             requires=(everything_answered, everybody_signed, counts_agree),
             where=(Row.filled("completed_at"),), icon="check-check"),
    ),
)  # fmt: skip
