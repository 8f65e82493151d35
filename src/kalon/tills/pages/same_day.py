"""A treatment on the day it is decided, on one screen: every step with its state, the next one as the large button."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from kalon.billing import actions as billing
from kalon.billing.lifecycles import TAKE_PAYMENT
from kalon.consents import actions as consents
from kalon.consents import queries as consent_queries
from kalon.consents.lifecycles import PRESENT, SIGN
from kalon.consents.lifecycles import Status as ConsentStatus
from kalon.kernel import audit
from kalon.kernel.actors import Actor
from kalon.kernel.errors import Invalid, NotReady
from kalon.kernel.money import ZERO
from kalon.patients import queries as patients
from kalon.people import queries as people
from kalon.plans.lifecycles import APPROVE, READ, ConsentNeed, PlanStatus
from kalon.quotes import actions as quotes
from kalon.quotes.lifecycles import ACCEPT, SEND, WRITE
from kalon.scheduling.lifecycles import BOOK, Status
from kalon.tills import actions, queries
from kalon.tills.forms import PayTodayForm, TodayForm
from kalon.tills.lifecycles import TAKE
from kalon.tills.queries import SameDay, Step
from kalon.web import handing
from kalon.web.fronts import actor_of, go, refusals_on, render, staff_page

CHECK_IN = "scheduling.check_in"
# Who may do a step, and who does it otherwise.
WHO = {
    Step.PLAN: ((APPROVE, "consultations.conduct"), "A doctor decides what is done"),
    Step.APPROVE: ((APPROVE,), "A doctor approves the plan"),
    Step.CONSENT: ((PRESENT, SIGN), "The front desk or a nurse puts the consent before the patient"),
    Step.QUOTE: ((WRITE, SEND), "The front desk or the doctor makes the quote"),
    Step.SIGN: ((ACCEPT,), "The front desk or the doctor takes the signature"),
    Step.DEPOSIT: ((TAKE_PAYMENT,), "The front desk takes the deposit"),
    Step.TIME: ((BOOK,), "The front desk books it"),
    Step.BILL: ((TAKE,), "The front desk takes the money"),
    Step.MONEY: ((TAKE,), "The front desk takes the money"),
    Step.ARRIVE: ((CHECK_IN,), "The front desk checks the patient in"),
}
AFTER = (Status.CHECKED_IN, Status.IN_PROGRESS, Status.COMPLETED)


@dataclass(frozen=True, slots=True)
class Mark:
    """One step as it is drawn."""

    label: str
    fact: str
    state: str  # done, now, todo or warn


@require_GET
@staff_page(READ)
def same_day(request: HttpRequest, appointment_id: UUID) -> HttpResponse:
    """Where the treatment of this visit stands, and the one thing to do next."""
    return _page(request, appointment_id)


@require_POST
@staff_page(APPROVE)
def plan(request: HttpRequest, appointment_id: UUID) -> HttpResponse:
    """A doctor decides: outcome, plan and approval in one press."""
    by = actor_of(request)
    form = _today_form(queries.same_day(appointment_id, seen_by=by), by, request.POST)
    if form.is_valid():
        with refusals_on(form):
            actions.plan_today(appointment_id, form.treatment(), by=by)
        if not form.errors:
            return go(request, "tills:same_day", appointment_id, toast="Planned and approved")
    return _page(request, appointment_id, plan_form=form)


@require_POST
@staff_page(APPROVE)
def approve(request: HttpRequest, appointment_id: UUID) -> HttpResponse:
    """A plan that was written elsewhere is approved."""
    by = actor_of(request)
    actions.approve_today(_plan_of(appointment_id, by), by=by)
    return go(request, "tills:same_day", appointment_id, toast="Plan approved")


@require_POST
@staff_page(PRESENT)
def consent(request: HttpRequest, appointment_id: UUID) -> HttpResponse:
    """Put the consent before the patient and hand the tablet over; it comes back to this screen."""
    by = actor_of(request)
    shown = queries.same_day(appointment_id, seen_by=by)
    if shown.step != Step.CONSENT or shown.plan is None:
        return go(request, "tills:same_day", appointment_id)
    asked = shown.consent or consents.ask_of_plan(shown.plan.pk, _form_of(shown), by=by)
    if asked.status == ConsentStatus.DRAFT:
        asked = consents.present(asked.pk, by=by)
    if _countersigns(shown, by):
        return go(request, "tills:same_day", appointment_id, toast="The patient can read it on their own pages")
    consents.open_to_sign(asked.pk, by=by)
    to, within = reverse("consents:sign", args=[asked.pk]), consent_queries.signing_addresses(asked.pk)
    return handing.over(request, to=to, within=within, back=reverse("tills:same_day", args=[appointment_id]))


@require_POST
@staff_page(WRITE)
def quote(request: HttpRequest, appointment_id: UUID) -> HttpResponse:
    """The quote that the clinic asks for, made and put before the patient."""
    by = actor_of(request)
    sent = actions.quote_today(_plan_of(appointment_id, by), by=by)
    return go(request, "tills:same_day", appointment_id, toast=f"Quote {sent.number} is before the patient")


@require_POST
@staff_page(ACCEPT)
def sign(request: HttpRequest, appointment_id: UUID) -> HttpResponse:
    """Give the tablet to the patient: it shows only the quote, and comes back to this screen."""
    by = actor_of(request)
    shown = queries.same_day(appointment_id, seen_by=by)
    if shown.step != Step.SIGN or shown.quote is None:
        return go(request, "tills:same_day", appointment_id)
    quotes.open_quote(shown.quote.pk, by=by)
    to, back = reverse("quotes:sign", args=[shown.quote.pk]), reverse("tills:same_day", args=[appointment_id])
    return handing.over(request, to=to, back=back)


@require_POST
@staff_page(TAKE_PAYMENT)
def deposit(request: HttpRequest, appointment_id: UUID) -> HttpResponse:
    """What is missing of the deposit, kept for this plan."""
    by = actor_of(request)
    shown = queries.same_day(appointment_id, seen_by=by)
    form = PayTodayForm(request.POST)
    if form.is_valid() and shown.plan is not None:
        with refusals_on(form):
            asked = form.cleaned_data
            billing.receive_advance(
                shown.plan.patient_id, shown.plan.branch_id, asked["way"], asked["amount"], plan_id=shown.plan.pk,
                reference=asked["reference"], key=asked["key"], by=by,
            )  # fmt: skip
        if not form.errors:
            return go(request, "tills:same_day", appointment_id, toast="Deposit taken")
    return _page(request, appointment_id, pay_form=form)


@require_POST
@staff_page(BOOK)
def book(request: HttpRequest, appointment_id: UUID) -> HttpResponse:
    """Book the treatment at the time that was shown."""
    try:
        start = datetime.fromisoformat(request.POST.get("start", ""))
    except ValueError:
        raise Invalid("This is not a time. Open the page again.", field="start") from None
    booked = actions.book_today(appointment_id, start, by=actor_of(request))
    return go(request, "tills:same_day", appointment_id, toast=f"Booked for {booked.local_start:%H:%M}")


@require_POST
@staff_page(TAKE)
def bill(request: HttpRequest, appointment_id: UUID) -> HttpResponse:
    """The bill of a treatment that somebody booked who takes no money."""
    by = actor_of(request)
    shown = queries.same_day(appointment_id, seen_by=by)
    if shown.session is not None:
        actions.begin_checkout(shown.session.pk, by=by)
    return go(request, "tills:same_day", appointment_id)


@require_POST
@staff_page(TAKE)
def pay(request: HttpRequest, appointment_id: UUID) -> HttpResponse:
    """Take the money; with it the patient is checked in for the treatment."""
    by = actor_of(request)
    form = PayTodayForm(request.POST)
    if form.is_valid():
        with refusals_on(form):
            _as_shown(form, appointment_id, by)
            done = actions.pay_today(appointment_id, form.tenders(), form.cleaned_data["key"], by=by)
        if not form.errors:
            word = "Paid" if done.step == Step.ARRIVE else "Paid and checked in"
            return go(request, "tills:same_day", appointment_id, toast=word)
    return _page(request, appointment_id, pay_form=form)


@require_POST
@staff_page(CHECK_IN)
def arrive(request: HttpRequest, appointment_id: UUID) -> HttpResponse:
    """Check the patient in for a treatment that is paid."""
    actions.open_today(appointment_id, by=actor_of(request))
    return go(request, "tills:same_day", appointment_id, toast="Checked in")


def visit_card(request: HttpRequest, visit: Any) -> str | None:
    """The way to this screen from the page of the visit in which a treatment is decided."""
    if visit.status not in AFTER or visit.kind in ("SESSION", "SURGERY") or not actor_of(request).may(READ):
        return None
    return render_to_string("tills/_same_day_card.html", {"visit_id": visit.pk}, request=request)


def consultation_card(request: HttpRequest, consultation: Any) -> str | None:
    """The way to this screen for the doctor, while or after the patient is seen."""
    if consultation.appointment_id is None or consultation.status not in ("IN_CONSULTATION", "PLAN_CREATED"):
        return None
    if not actor_of(request).may(APPROVE):
        return None
    return render_to_string("tills/_same_day_card.html", {"visit_id": consultation.appointment_id}, request=request)


def _page(request: HttpRequest, appointment_id: UUID, **forms: Any) -> HttpResponse:
    by = actor_of(request)
    shown = queries.same_day(appointment_id, seen_by=by)
    audit.read(by, shown.plan or shown.visit, purpose="treatment today")
    needs, helper = WHO.get(shown.step, ((), ""))
    may = all(by.may(name) for name in needs)
    context: dict[str, Any] = {
        "shown": shown,
        "visit": shown.visit,
        "patient": shown.visit.patient,
        "banner": patients.banner(shown.visit.patient),
        "step": shown.step.value,
        "marks": _marks(shown),
        "may": may,
        "helper": helper,
        "is_required": shown.plan is not None and shown.plan.consent == ConsentNeed.REQUIRED,
        "plan_form": _today_form(shown, by) if shown.step == Step.PLAN and may else None,
        "offer": queries.next_time(shown, seen_by=by) if shown.step == Step.TIME else None,
        "countersigns": _countersigns(shown, by),
        "may_self_pay": shown.plan is not None
        and shown.plan.money_type != "COSMETIC"
        and shown.self_pay is None
        and shown.session is None
        and by.may(ACCEPT),
        **(_money(shown, by) if may else {}),
        **forms,
    }
    return render(request, "tills/same_day.html", context, status=422 if forms else 200)


def _form_of(shown: SameDay) -> UUID:
    if not shown.forms:
        raise NotReady("No consent form fits this treatment. Publish one under Settings, Consent forms.")
    pk: UUID = shown.forms[0].pk
    return pk


def _countersigns(shown: SameDay, by: Actor) -> bool:
    """Whether it is this doctor's plan: then the patient's signature is taken by somebody else."""
    member = people.staff_of(by)
    return shown.plan is not None and member is not None and member.pk == shown.plan.doctor_id


def _money(shown: SameDay, by: Actor) -> dict[str, Any]:
    """What is taken now: the deposit that is asked, or what the bill still owes less what is on account."""
    if shown.step == Step.DEPOSIT and shown.deposit is not None:
        first = {"amount": shown.deposit.left, "key": str(uuid4()), "way": "UPI"}
        return {"to_pay": shown.deposit.left, "pay_form": PayTodayForm(initial=first)}
    if shown.step == Step.DONE and by.may("billing.view") and shown.bill is not None and by.may("tills.view"):
        return {"basket": queries.basket(shown.bill.pk, seen_by=by)}
    if shown.step != Step.MONEY or shown.bill is None:
        return {}
    basket = queries.basket(shown.bill.pk, seen_by=by)
    to_pay = basket.owed - basket.from_account
    first = {"amount": to_pay, "wallet": basket.from_account, "key": str(uuid4()), "way": "UPI"}
    return {
        "basket": basket,
        "to_pay": to_pay,
        "from_account": basket.from_account,
        "pay_form": PayTodayForm(initial=first),
        "upi_link": billing.upi_link_of(basket.bill, amount=to_pay, by=by) if to_pay else "",
        "drawer": queries.session_of(by, basket.bill.branch_id),
    }


def _as_shown(form: PayTodayForm, appointment_id: UUID, by: Actor) -> None:
    """Nobody pays another amount than the one that stood on the screen, unless this is a retry of a paid one."""
    shown = queries.same_day(appointment_id, seen_by=by)
    if shown.step != Step.MONEY or shown.bill is None:
        return
    basket = queries.basket(shown.bill.pk, seen_by=by)
    asked = form.cleaned_data
    if basket.owed - basket.from_account != (asked["amount"] or ZERO) or basket.from_account != asked["wallet"]:
        raise Invalid("The bill has changed meanwhile. Look at the amount again, then take it.")


def _today_form(shown: SameDay, by: Actor, data: Any = None) -> TodayForm:
    decided = shown.encounter is None or shown.encounter.status != "IN_CONSULTATION"
    is_written = decided or bool(str(shown.encounter.assessment or "").strip())  # type: ignore[union-attr]
    is_written = is_written or shown.encounter.diagnoses.filter(withdrawn_at=None).exists()  # type: ignore[union-attr]
    return TodayForm(data, services=queries.treatments(seen_by=by), needs_assessment=not is_written)


def _plan_of(appointment_id: UUID, by: Actor) -> UUID:
    found = queries.same_day(appointment_id, seen_by=by).plan
    if found is None:
        raise Invalid("Nothing is planned in this visit yet. Plan the treatment first.")
    pk: UUID = found.pk
    return pk


def _marks(shown: SameDay) -> list[Mark]:
    """Plan, consent, quote, time, money, here: each done, the next one, still to come, or what stands in the way."""
    return [_plan_mark(shown), _consent_mark(shown), _quote_mark(shown), _time_mark(shown), _paid_mark(shown),
            _here_mark(shown)]  # fmt: skip


def _state(done: bool, now: bool) -> str:
    return "done" if done else "now" if now else "todo"


def _plan_mark(shown: SameDay) -> Mark:
    if shown.step in (Step.WAIT, Step.HELD):
        return Mark("Plan", "On hold" if shown.step == Step.HELD else "Decided by the doctor", "warn")
    done = shown.plan is not None and shown.plan.approved_at is not None
    fact = str(shown.plan.title) if shown.plan is not None else "Decided by the doctor"
    return Mark("Plan", fact, _state(done, shown.step in (Step.PLAN, Step.APPROVE)))


def _consent_mark(shown: SameDay) -> Mark:
    if shown.plan is None:
        return Mark("Consent", "As the plan says", "todo")
    if shown.plan.consent == ConsentNeed.NOT_REQUIRED:
        return Mark("Consent", "None needed", "done")
    if shown.step == Step.CONSENT:
        return Mark("Consent", "Signed first", "warn")
    done = shown.plan.status not in (PlanStatus.DRAFT, PlanStatus.PENDING_APPROVAL, PlanStatus.APPROVED)
    return Mark("Consent", "Signed" if done else "Signed first", "done" if done else "todo")


def _quote_mark(shown: SameDay) -> Mark:
    if shown.waiver is not None:
        return Mark("Quote", "Waived", "done")
    if shown.plan is None or shown.missing in ("quote", "lapsed"):
        fact = "If it is asked" if shown.plan is None else "Asked before booking"
        return Mark("Quote", fact, _state(done=False, now=shown.step in (Step.QUOTE, Step.SIGN)))
    if shown.missing == "deposit":
        return Mark("Quote", "Accepted, deposit to pay", _state(done=False, now=shown.step == Step.DEPOSIT))
    if shown.quote is not None and shown.quote.status == "ACCEPTED":
        return Mark("Quote", f"Accepted, {shown.quote.number}", "done")
    return Mark("Quote", "Patient pays" if shown.self_pay else "Not asked", "done")


def _time_mark(shown: SameDay) -> Mark:
    fact = f"{shown.session.local_start:%a %-d %b, %H:%M}" if shown.session else "Next free time"
    return Mark("Visit", fact, _state(shown.session is not None, shown.step == Step.TIME))


def _paid_mark(shown: SameDay) -> Mark:
    fact = f"Bill {shown.bill.number}" if shown.is_paid and shown.bill is not None else "UPI, card or cash"
    return Mark("Paid", fact, _state(shown.is_paid, shown.step in (Step.BILL, Step.MONEY)))


def _here_mark(shown: SameDay) -> Mark:
    done = shown.step == Step.DONE
    return Mark("Treatment", "Checked in" if done else "Check in", _state(done, shown.step == Step.ARRIVE))
