"""The checkout: one page from what the visit left to the money taken."""

from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from kalon.billing import actions as billing
from kalon.billing import queries as bills
from kalon.billing.lifecycles import CHARGE
from kalon.catalog import queries as catalog
from kalon.entitlements import actions as entitlements
from kalon.entitlements.lifecycles import SELL
from kalon.kernel import audit
from kalon.kernel.money import ZERO
from kalon.people import queries as people
from kalon.tills import actions, queries
from kalon.tills.forms import WAYS, SellForm, TakeForm
from kalon.tills.lifecycles import TAKE, VIEW
from kalon.web.fronts import actor_of, go, refusals_on, render, staff_page


@require_POST
@staff_page(TAKE)
def of_visit(request: HttpRequest, appointment_id: UUID) -> HttpResponse:
    """From the day's row or the visit's page: the bill with everything of the visit."""
    bill = actions.begin_checkout(appointment_id, by=actor_of(request))
    return go(request, "tills:checkout", bill.pk)


@require_GET
@staff_page(VIEW)
def checkout(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One bill ready to be paid; what is typed so far comes with the address, so that the sums follow."""
    return _page(request, pk)


@require_POST
@staff_page(TAKE)
def take(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take the money, all of it or none."""
    typed = request.POST.copy()
    if "seen" in typed and "account" not in typed:
        typed.pop("wallet", None)  # switched off
    form = TakeForm(typed)
    if form.is_valid():
        with refusals_on(form):
            made = actions.checkout(pk, form.tenders(), form.cleaned_data["key"], by=actor_of(request))
            change = f", give {made.change} back" if made.change else ""
            return go(request, "tills:checkout", pk, toast=f"Payment taken{change}")
    return _page(request, pk, form=form, status=422)


@require_POST
@staff_page(TAKE)
def send_link(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Have the patient pay what is due on their phone: the bill is finalised and an online payment waits."""
    by = actor_of(request)
    if queries.basket(pk, seen_by=by).is_draft:
        billing.finalize(pk, by=by)
    billing.start_online_payment(pk, return_url=reverse("tills:checkout", args=[pk]), by=by)
    return go(request, "tills:checkout", pk, toast="Payment link made")


@require_POST
@staff_page(CHARGE)
def charge(request: HttpRequest, pk: UUID, line_id: UUID) -> HttpResponse:
    """A session is billed at its price, and the package keeps it."""
    actions.charge_session(pk, line_id, by=actor_of(request))
    return go(request, "tills:checkout", pk, toast="Billed at its price; the package keeps the session")


@require_POST
@staff_page(CHARGE)
def cover(request: HttpRequest, pk: UUID, line_id: UUID) -> HttpResponse:
    """A package of the patient pays for a session."""
    actions.cover_session(pk, line_id, by=actor_of(request))
    return go(request, "tills:checkout", pk, toast="The package pays for this session")


@require_POST
@staff_page(SELL)
def sell(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Sell a package to the patient who is at the desk: its own bill, ready to be paid."""
    by = actor_of(request)
    bill = bills.bill(pk, seen_by=by)
    form = SellForm(request.POST, packages=list(catalog.packages(seen_by=by)))
    if not form.is_valid():
        return _page(request, pk, sell_form=form, status=422)
    held = entitlements.sell_package(bill.patient_id, form.cleaned_data["package"], bill.branch_id, by=by)
    return go(request, "tills:checkout", held.bill_line.bill_id, toast=f"{held.name} sold; take the money for it")


@require_POST
@staff_page(TAKE)
def send_receipt(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The receipt goes to the patient, as they wish to be told."""
    by = actor_of(request)
    sent = actions.send_receipt(pk, by=by)
    made = queries.checkout(pk, seen_by=by)
    word = "Receipt sent" if sent else "Nothing reaches this patient: write down a phone number or an e-mail first"
    return go(request, "tills:checkout", made.bill_id if made else pk, toast=word)


@require_GET
@staff_page(VIEW)
def receipt(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Everything of one checkout on one receipt."""
    return HttpResponse(
        actions.checkout_pdf(pk, by=actor_of(request)),
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="checkout-{pk}.pdf"', "Cache-Control": "private, no-store"},
    )


def _page(
    request: HttpRequest, pk: UUID, *, form: TakeForm | None = None, sell_form: Any = None, status: int = 200
) -> HttpResponse:
    by = actor_of(request)
    shown = queries.basket(pk, seen_by=by)
    audit.read(by, shown.bill, purpose="checkout")
    typed = request.POST if form is not None else request.GET
    use_account = shown.from_account > 0 and ("seen" not in typed or "account" in typed)
    from_account = shown.from_account if use_account else ZERO
    to_pay = shown.asked - from_account
    amounts = _amounts(typed, to_pay, rest=shown.owed - from_account)
    form = form or TakeForm(
        initial={
            "wallet": from_account or None,
            "key": str(uuid4()),
            "given": typed.get("given", ""),
            **{name: amounts[name] or None for _, name in WAYS},
            **_references(typed),
        }
    )
    given = _decimal(typed.get("given", ""))
    context: dict[str, Any] = {
        "basket": shown,
        "bill": shown.bill,
        "form": form,
        "use_account": use_account,
        "from_account": from_account,
        "to_pay": to_pay,
        "by_hand": sum(amounts.values(), ZERO),
        "left": shown.owed - from_account - sum(amounts.values(), ZERO),
        "change": given - amounts["cash"] if given and given > amounts["cash"] > 0 else None,
        "shown_ways": [name for _, name in WAYS if amounts[name]],
        "upi_link": billing.upi_link_of(shown.bill, amount=amounts["upi"], by=by) if amounts["upi"] else "",
        "drawer": queries.session_of(by, shown.bill.branch_id) if by.may(TAKE) else None,
        "may_take": by.may(TAKE, at=shown.bill.branch_id) and shown.is_payable,
        "may_charge": by.may(CHARGE, at=shown.bill.branch_id) and shown.is_draft,
        "other_ways": any(amounts[name] for name in ("bank", "finance", "voucher")) or bool(form.errors),
        "in_parts": next((due for due in shown.dues if due.is_here), None),
        "other_dues": [due for due in shown.dues if not due.is_here],
        "sell_form": sell_form or _sell_form(by),
        "clinic_name": people.organization(seen_by=by).name,
    }
    return render(request, "tills/checkout.html", context, status=status)


def _amounts(typed: Any, to_pay: Decimal, *, rest: Decimal) -> dict[str, Decimal]:
    """What goes by which way: all of it by the way that was pressed, else what was typed, else all by UPI.

    Where nothing of a bill in parts is due now, "all of it" is all that is still owed.
    """
    pressed = typed.get("all", "")
    names = [name for _, name in WAYS]
    if pressed in names:
        wanted = to_pay if to_pay > 0 else rest
        return {name: max(wanted, ZERO) if name == pressed else ZERO for name in names}
    amounts = {name: _decimal(typed.get(name, "")) for name in names}
    if any(name in typed for name in names):
        return amounts
    return {**amounts, "upi": max(to_pay, ZERO)}


def _references(typed: Any) -> dict[str, str]:
    names = ("upi_ref", "card_ref", "bank_ref", "lender")  # a voucher's code stands in no address
    return {name: typed.get(name, "")[:80] for name in names}


def _sell_form(by: Any) -> SellForm | None:
    return SellForm(packages=list(catalog.packages(seen_by=by))) if by.may(SELL) else None


def _decimal(text: str) -> Decimal:
    try:
        amount = Decimal(text.replace(",", "").strip() or 0)
    except ArithmeticError:
        return ZERO
    return amount.quantize(Decimal("0.01")) if amount.is_finite() and 0 < amount < 10**9 else ZERO
