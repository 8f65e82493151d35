"""The procedure plan as data (PRODUCT §3): which state may follow which, and what must hold first."""

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import TextChoices

from kalon.consultations.lifecycles import Outcome
from kalon.consultations.lifecycles import Status as Encounter
from kalon.kernel.lifecycle import Lifecycle, Move, Row
from kalon.scheduling.lifecycles import BOOK, CANCEL, HERE

if TYPE_CHECKING:
    from kalon.plans.models import ProcedurePlan

READ = "plans.read"
WRITE = "plans.write"
APPROVE = "plans.approve"
ARRANGE = "plans.arrange"
MANAGE = "plans.manage"
SUPPLY = "plans.supply"
ACKNOWLEDGE = "plans.acknowledge"
TICK = "plans.tick"
PREFER = "plans.prefer"
SIGN = "consultations.close"


class PlanStatus(TextChoices):
    DRAFT = "DRAFT", "Being written"
    PENDING_APPROVAL = "PENDING_APPROVAL", "Waiting for approval"
    APPROVED = "APPROVED", "Approved"
    CONSENT_PENDING = "CONSENT_PENDING", "Consent asked for"
    CONSENT_SIGNED = "CONSENT_SIGNED", "Consent signed"
    SCHEDULED = "SCHEDULED", "Booked"
    IN_PROGRESS = "IN_PROGRESS", "Under way"
    COMPLETED = "COMPLETED", "Completed"
    ON_HOLD = "ON_HOLD", "On hold"
    CANCELLED = "CANCELLED", "Cancelled"


class PlanType(TextChoices):
    SURGICAL = "SURGICAL", "Surgery"
    NON_SURGICAL = "NON_SURGICAL", "One treatment"
    SERIES = "SERIES", "Series of sessions"
    CONSERVATIVE = "CONSERVATIVE", "Without a procedure"


class MoneyType(TextChoices):
    COSMETIC = "COSMETIC", "Cosmetic"
    RECONSTRUCTIVE = "RECONSTRUCTIVE", "Reconstructive"
    HYBRID = "HYBRID", "Hybrid"


class ConsentNeed(TextChoices):
    REQUIRED = "REQUIRED", "Consent is signed first"
    NOT_REQUIRED = "NOT_REQUIRED", "No consent is needed"


class Side(TextChoices):
    NONE = "NONE", "No side"
    LEFT = "LEFT", "Left"
    RIGHT = "RIGHT", "Right"
    BOTH = "BOTH", "Both sides"
    MIDLINE = "MIDLINE", "Midline"


S = PlanStatus
SLIP = timedelta(minutes=15)  # a case started by mistake
UNAPPROVED = (S.DRAFT, S.PENDING_APPROVAL)
UNFINISHED = (
    S.DRAFT, S.PENDING_APPROVAL, S.APPROVED, S.CONSENT_PENDING, S.CONSENT_SIGNED, S.SCHEDULED, S.IN_PROGRESS,
)  # fmt: skip
NEEDS_CONSENT = Row.is_in("consent", ConsentNeed.REQUIRED, otherwise="This plan needs no consent.")
NEEDS_NONE = Row.is_in("consent", ConsentNeed.NOT_REQUIRED, otherwise="The consent is signed first.")
PROCEDURE = Row.is_in(
    "plan_type", PlanType.SURGICAL, PlanType.NON_SURGICAL, PlanType.SERIES,
    otherwise="A plan without a procedure has no procedure to book.",
)  # fmt: skip
CONSERVATIVE = Row.is_in(
    "plan_type", PlanType.CONSERVATIVE, otherwise="Only a plan without a procedure is begun by hand."
)
SURGICAL = Row.is_in("plan_type", PlanType.SURGICAL, otherwise="Only a surgery has a case that can be aborted.")


def outcome_stands(plan: "ProcedurePlan") -> str | None:
    """The consultation still says that something is planned."""
    made_from = plan.consultation
    if made_from.status in (Encounter.PLAN_CREATED, Encounter.CLOSED) and made_from.outcome in (
        Outcome.PROCEDURE_PLANNED,
        Outcome.CONSERVATIVE,
    ):
        return None
    return "The consultation no longer says that a treatment is planned. Record its outcome first."


def lines_complete(plan: "ProcedurePlan") -> str | None:
    """There is something to do, and for a surgery it is said on which side and how."""
    lines = list(plan.lines.select_related("entry", "patient"))
    if not lines:
        return "Add what is to be done: at least one line."
    if plan.plan_type == PlanType.SURGICAL and any(not line.side or not str(line.technique).strip() for line in lines):
        return "Say for each line of a surgery on which side and by which technique."
    for line in lines:
        if line.entry and line.entry.has_side and line.side in ("", Side.NONE):
            return f"Line {line.position}: {line.what} has a left and a right. Say on which side it is done."
        if line.entry and line.entry.takes_implant and not str(line.implant_choice or "").strip():
            return f"Line {line.position}: {line.what} puts an implant in. Write which one, such as its shape and size."
    return None


def money_agrees(plan: "ProcedurePlan") -> str | None:
    """A hybrid plan has lines of both kinds, the others only their own."""
    kinds = {line.money_type for line in plan.lines.all()}
    if plan.money_type == MoneyType.HYBRID:
        if kinds >= {MoneyType.COSMETIC, MoneyType.RECONSTRUCTIVE}:
            return None
        return "A hybrid plan has a cosmetic and a reconstructive line. Mark the lines, or choose another money type."
    if kinds <= {plan.money_type}:
        return None
    return f"Every line of this plan is {plan.get_money_type_display().lower()}, or the plan is hybrid."


def no_session_under_way(plan: "ProcedurePlan") -> str | None:
    """Nobody stops a plan while its patient is being treated."""
    here = plan.sessions.filter(status__in=("SCHEDULED", "CONSENT_PENDING", "READY"), appointment__status__in=HERE)
    session = plan.sessions.filter(status="IN_PROGRESS").first() or here.first()
    if session is None:
        return None
    return f"The patient is here for session {session.number}. Complete it, or take the arrival back first."


def _resume(state: PlanStatus) -> Move:
    return Move(
        way_back(state), (S.ON_HOLD,), state, "go on with the plan", ARRANGE,
        where=(Row.is_in("held_from", state, otherwise="A plan on hold goes on where it stood."),), icon="play",
    )  # fmt: skip


def way_back(state: str) -> str:
    """The name of the move from ON_HOLD to the state that was left."""
    return f"resume_{state.lower()}"


# `automatic` moves follow from what happened elsewhere: a visit named the plan, a consent was signed, a case ended.
PLAN = Lifecycle(
    of="plans.ProcedurePlan",
    noun="plan",
    states=PlanStatus,
    initial=(S.DRAFT,),
    seals=tuple(state for state in PlanStatus if state not in UNAPPROVED),
    open_columns=("held_from", "acknowledged_at", "acknowledged_by_id"),
    moves=(
        Move("submit", (S.DRAFT,), S.PENDING_APPROVAL, "send the plan for approval", WRITE,
             requires=(outcome_stands, lines_complete, money_agrees), icon="send"),
        Move("approve", (S.PENDING_APPROVAL,), S.APPROVED, "approve the plan", APPROVE,
             requires=(outcome_stands, lines_complete, money_agrees), where=(Row.filled("approved_by_id"),),
             icon="clipboard-check"),
        Move("ask_consent", (S.APPROVED,), S.CONSENT_PENDING, "ask for consent", READ,
             where=(NEEDS_CONSENT,), automatic=True),
        Move("consent_signed", (S.CONSENT_PENDING,), S.CONSENT_SIGNED, "note the signed consent", READ,
             where=(NEEDS_CONSENT,), automatic=True),
        Move("consent_lost", (S.CONSENT_PENDING, S.CONSENT_SIGNED, S.SCHEDULED), S.APPROVED,
             "note that the consent ended", READ, where=(NEEDS_CONSENT,), reason_needed=True, automatic=True),
        Move("schedule", (S.APPROVED,), S.SCHEDULED, "book the plan", BOOK,
             where=(NEEDS_NONE, PROCEDURE), automatic=True),
        Move("schedule_signed", (S.CONSENT_SIGNED,), S.SCHEDULED, "book the plan", BOOK,
             where=(NEEDS_CONSENT, PROCEDURE), automatic=True),
        Move("begin", (S.APPROVED,), S.IN_PROGRESS, "begin the treatment", WRITE,
             where=(CONSERVATIVE,), icon="play"),
        Move("start", (S.SCHEDULED,), S.IN_PROGRESS, "start what was planned", SIGN,
             where=(PROCEDURE,), automatic=True),
        Move("finish", (S.IN_PROGRESS,), S.COMPLETED, "complete the treatment", WRITE,
             where=(CONSERVATIVE,), icon="check"),
        Move("complete", (S.IN_PROGRESS,), S.COMPLETED, "complete what was planned", SIGN,
             where=(PROCEDURE,), automatic=True),
        Move("lose_date", (S.SCHEDULED,), S.CONSENT_SIGNED, "take the date back", CANCEL,
             where=(NEEDS_CONSENT,), reason_needed=True, automatic=True),
        # PRODUCT §3 names the way back of a plan with consent; without one it is the state it was booked from.
        Move("lose_visit", (S.SCHEDULED,), S.APPROVED, "take the visit back", CANCEL,
             where=(NEEDS_NONE,), reason_needed=True, automatic=True),
        Move("abort", (S.IN_PROGRESS,), S.CONSENT_SIGNED, "note the aborted case", SIGN,
             where=(SURGICAL, NEEDS_CONSENT), reason_needed=True, automatic=True),
        Move("undo_start", (S.IN_PROGRESS,), S.SCHEDULED, "note that the case was started by mistake", SIGN,
             where=(SURGICAL,), within=SLIP, automatic=True),
        # Its consent was withdrawn or ran out while the case was under way: nothing is signed to go back to.
        Move("abort_unconsented", (S.IN_PROGRESS,), S.APPROVED, "note the aborted case, whose consent has ended", SIGN,
             where=(SURGICAL, NEEDS_CONSENT), reason_needed=True, automatic=True),
        Move("hold", UNFINISHED, S.ON_HOLD, "put the plan on hold", ARRANGE,
             requires=(no_session_under_way,), where=(Row.filled("held_from"),), reason_needed=True, icon="pause"),
        *(_resume(state) for state in UNFINISHED),
        Move("cancel", (*UNFINISHED, S.ON_HOLD), S.CANCELLED, "cancel the plan", WRITE,
             requires=(no_session_under_way,), reason_needed=True, icon="x"),
    ),
)  # fmt: skip
