"""What stands in place of quote and deposit: money waived by the clinic, or a patient who pays for themselves."""

from uuid import UUID

from kalon.kernel import audit, clock
from kalon.kernel.actors import Actor
from kalon.kernel.constraints import refusing
from kalon.kernel.errors import Clash, Invalid, NotFound
from kalon.kernel.events import announce
from kalon.kernel.tenancy import verb
from kalon.plans import queries as plans
from kalon.quotes import queries, rules
from kalon.quotes.actions.deciding import Signing, place_of, signed_as
from kalon.quotes.events import MoneyWaived, MoneyWaiverEnded, SelfPaySigned
from kalon.quotes.lifecycles import ACCEPT, WAIVE
from kalon.quotes.models import MoneyWaiver, SelfPayWaiver

TWICE = Clash("The money of this plan is waived already.")


@verb
def waive_money(plan_id: UUID, reason: str, *, by: Actor) -> MoneyWaiver:
    """Let a plan be booked without quote and deposit, with a reason: a free revision, a colleague."""
    plan = plans.plan(plan_id, seen_by=by, lock=True)
    by.must(WAIVE, at=plan.branch_id, do="waive the money of a plan")
    why = rules.needed(
        reason, field="reason", most=rules.LONGEST_REASON, otherwise="Write why nothing is asked for this plan."
    )
    made = MoneyWaiver(
        organization_id=plan.organization_id, patient=plan.patient, plan=plan, reason=why, waived_at=clock.now(),
        waived_by_id=by.user_id,
    )  # fmt: skip
    with refusing({"quotes_moneywaiver_one": TWICE}):
        made.save(force_insert=True)
    audit.note(by, audit.Kind.CHANGE, made, reason=why, purpose="the money of a plan is waived")
    announce(MoneyWaived(plan.pk, plan.patient_id, plan.organization_id, by))
    return made


@verb
def end_waiver(plan_id: UUID, *, by: Actor) -> MoneyWaiver:
    """Ask for quote and deposit again from now on; what is booked stays booked."""
    plan = plans.plan(plan_id, seen_by=by, lock=True)
    by.must(WAIVE, at=plan.branch_id, do="end the waiver of a plan")
    found = queries.waiver_of(plan_id, seen_by=by)
    if found is None:
        raise NotFound("The money of this plan is not waived.")
    found.ended_at, found.ended_by_id = clock.now(), by.user_id
    found.save(update_fields=["ended_at", "ended_by"])
    audit.note(by, audit.Kind.CHANGE, found, purpose="the waiver of a plan ended")
    announce(MoneyWaiverEnded(plan.pk, plan.patient_id, plan.organization_id, by))
    return found


@verb
def sign_self_pay(plan_id: UUID, signing: Signing, *, by: Actor) -> SelfPayWaiver:
    """The patient signs that they pay a reconstructive plan themselves: it is then quoted like a cosmetic one."""
    by.must(ACCEPT, do="take the signature of a patient who pays themselves")
    plan = plans.plan(plan_id, seen_by=by, lock=True)
    if plan.money_type == "COSMETIC":
        raise Invalid("A cosmetic plan is always paid by the patient. Nothing needs to be signed.", field="plan")
    if not signing.note.strip():
        raise Invalid("Write why no insurer is asked.", field="note")
    again = Clash("The patient has signed this already.")
    facts = signed_as(plan.patient, signing, place=place_of(plan.branch, by), by=by)
    made = SelfPayWaiver(plan=plan, **facts)
    with refusing({"quotes_selfpaywaiver_once": again}):
        made.save(force_insert=True)
    announce(SelfPaySigned(made.pk, plan.pk, plan.patient_id, plan.organization_id, by))
    return made
