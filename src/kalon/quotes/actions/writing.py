"""Writing a quote: begun from a plan or from the version before, changed line by line until it is sent."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from kalon.billing import queries as billing
from kalon.catalog import queries as catalog
from kalon.kernel import clock
from kalon.kernel.actors import Actor
from kalon.kernel.constraints import refusing
from kalon.kernel.errors import Clash, IllegalMove, Invalid, NotReady
from kalon.kernel.money import ZERO
from kalon.kernel.tenancy import verb
from kalon.people import queries as people
from kalon.plans import queries as plans
from kalon.pricing import queries as pricing
from kalon.quotes import queries, rules
from kalon.quotes.lifecycles import ENDED, QUOTE, WRITE, Payer, QuoteStatus, Section
from kalon.quotes.models import Quote, QuoteLine, QuoteOption

DRAFTED = Clash("This plan has a draft quote already. Open that one and change it.")


@dataclass(frozen=True, slots=True, kw_only=True)
class LineDetails:
    """One thing to be paid: a service at its price, or a description with a price and tax code of its own.

    `plan_id`: for which plan of a bundle it is, written once with the line.
    """

    section: str = Section.PROCEDURE
    service_id: UUID | None = None
    description: str = ""
    quantity: Decimal = Decimal(1)
    unit_price: Decimal | None = None
    discount: Decimal = ZERO
    discount_reason: str = ""
    hsn_sac: str = ""
    tax_code: str = ""
    payer: str = Payer.PATIENT
    plan_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """Until when it is offered, and the deposit: a per cent of the option or an amount, or neither."""

    valid_until: date
    deposit_percent: Decimal | None = None
    deposit_amount: Decimal | None = None
    words: str = ""


@verb
def draft_quote(plan_id: UUID, *, by: Actor) -> Quote:
    """Begin a quote from what is planned, with what usually comes with it; after an earlier one it is a new version.

    Refusals: Clash while a draft is open, NotReady for a plan that is over or empty, NotFound, NotPermitted.
    """
    by.must(WRITE, do="write quotes")
    plan = plans.plan(plan_id, seen_by=by, lock=True)
    planned = plans.lines_of(plan)
    if not planned:
        raise NotReady("The plan has no line yet. Write down what is to be done first.")
    _must_stand_alone(plan, by)
    made = born(plan, by)
    option = new_option(made, 1, title=str(plan.title) or planned[0].what, words="")
    for line in planned:
        payer = Payer.PATIENT if line.money_type == "COSMETIC" or queries.self_pay_of(plan.pk, seen_by=by) else ""
        _plan_line(made, option, plan, line, payer=payer or Payer.INSURER, by=by)
    return queries.quote(made.pk, seen_by=by)


@verb
def new_version(pk: UUID, *, by: Actor) -> Quote:
    """Begin the next version of a quote with what it says now; the old one stays as it was sent."""
    by.must(WRITE, do="write quotes")
    old = queries.quote(pk, seen_by=by)
    made = born(plans.plan(old.plan_id, seen_by=by, lock=True), by)
    made.deposit_percent, made.deposit_amount, made.words = old.deposit_percent, old.deposit_amount, old.words
    made.save(update_fields=["deposit_percent", "deposit_amount", "words"])
    for one in queries.offered(old):
        _copied(made, one, one.option.position, one.option.title, one.option.words)
    return queries.quote(made.pk, seen_by=by)


@verb
def add_option(pk: UUID, *, title: str, words: str = "", like: UUID | None = None, by: Actor) -> QuoteOption:
    """Offer another way beside the others, at most three; `like` names an option whose lines it begins with."""
    quote = _draft(pk, by)
    title, words = _titled(title, words)
    there = queries.offered(quote)
    free = [
        position for position in range(1, rules.MOST_OPTIONS + 1) if position not in {o.option.position for o in there}
    ]
    if not free:
        raise Invalid("Three options can be compared, not more. Take one away first.", field="title")
    if like is None:
        return new_option(quote, free[0], title=title, words=words)
    found = next((one for one in there if one.option.pk == like), None)
    if found is None:
        raise Invalid("There is no such option on this quote.", field="like")
    return _copied(quote, found, free[0], title, words)


@verb
def change_option(option_id: UUID, *, title: str, words: str = "", by: Actor) -> QuoteOption:
    """Name an option anew, and say what it is in words the patient reads."""
    option = queries.option(option_id, seen_by=by)
    _draft(option.quote_id, by)
    option.title, option.words = _titled(title, words)
    option.save(update_fields=["title", "words"])
    return option


@verb
def remove_option(option_id: UUID, *, by: Actor) -> None:
    """Take an option off a draft, with its lines."""
    option = queries.option(option_id, seen_by=by)
    _draft(option.quote_id, by)
    option.lines.all().delete()
    option.delete()


@verb
def add_line(option_id: UUID, details: LineDetails, *, by: Actor) -> QuoteLine:
    """Put one more thing on an option of a draft, with its tax worked out and explained."""
    option = queries.option(option_id, seen_by=by)
    return write_line(_draft(option.quote_id, by), option, details, by)


@verb
def change_line(line_id: UUID, details: LineDetails, *, by: Actor) -> QuoteLine:
    """Write a line of a draft anew, in its place."""
    line = queries.line(line_id, seen_by=by)
    quote = _draft(line.quote_id, by)
    for name, value in _columns(quote, details, by).items():
        setattr(line, name, value)
    line.save()
    return line


@verb
def remove_line(line_id: UUID, *, by: Actor) -> None:
    """Take a line off a draft."""
    line = queries.line(line_id, seen_by=by)
    _draft(line.quote_id, by)
    line.delete()


@verb
def set_terms(pk: UUID, terms: Terms, *, by: Actor) -> Quote:
    """Say until when a draft is offered, and which deposit it asks for."""
    quote = _draft(pk, by)
    today = clock.today(quote.branch.timezone)
    if not today <= terms.valid_until <= today + timedelta(days=365):
        raise Invalid("The last day lies between today and a year ahead.", field="valid_until")
    if terms.deposit_percent is not None and terms.deposit_amount is not None:
        raise Invalid("The deposit is a per cent or an amount. Leave one of the two empty.", field="deposit_amount")
    if terms.deposit_percent is not None and not 0 <= terms.deposit_percent <= 100:
        raise Invalid("A per cent lies between 0 and 100.", field="deposit_percent")
    if terms.deposit_amount is not None:
        rules.amount(terms.deposit_amount, field="deposit_amount")
    quote.valid_until = terms.valid_until
    quote.deposit_percent, quote.deposit_amount = terms.deposit_percent, terms.deposit_amount
    quote.words = rules.words(terms.words, field="words", most=rules.LONGEST_WORDS)
    quote.save(update_fields=["valid_until", "deposit_percent", "deposit_amount", "words"])
    return quote


def write_line(quote: Quote, option: QuoteOption, details: LineDetails, by: Actor) -> QuoteLine:
    """Put a line on an option, with its tax."""
    last = option.lines.order_by("-position").values_list("position", flat=True).first() or 0
    if last >= rules.MOST_LINES:
        raise Invalid(f"An option holds at most {rules.MOST_LINES} lines.", field="description")
    made = QuoteLine(
        organization_id=quote.organization_id, patient=quote.patient, quote=quote, option=option, position=last + 1,
        plan_id=details.plan_id, **_columns(quote, details, by),
    )  # fmt: skip
    made.save(force_insert=True)
    return made


def _must_stand_alone(plan: Any, by: Actor) -> None:
    """A plan that is offered with others in a quote that waits or was accepted has no quote beside it."""
    rows = queries.quotes_about(plan.pk, seen_by=by).exclude(plan_id=plan.pk)
    live = (QuoteStatus.DRAFT, QuoteStatus.SENT, QuoteStatus.ACCEPTED)
    other = rows.filter(status__in=live, superseded_at=None).first()
    if other is not None:
        raise Clash(f"This plan is offered with others ({other}). Change that quote, or make a new version of it.")


def born(plan: Any, by: Actor) -> Quote:
    """A draft of a plan whose row is held; the version after the last one."""
    if plan.status in ENDED:
        raise NotReady(f"The plan is {plan.get_status_display().lower()}: nothing is offered for it any more.")
    before = queries.quotes_of_plan(plan.pk, seen_by=by).first()
    if before is not None and before.status == QuoteStatus.DRAFT:
        raise DRAFTED
    asked, clinic = queries.policy(seen_by=by), people.organization(seen_by=by)
    made = Quote(
        organization_id=plan.organization_id,
        patient=plan.patient,
        plan=plan,
        branch=plan.branch,
        version=before.version + 1 if before else 1,
        replaces=before,
        currency=clinic.currency,
        place_of_supply=plan.branch.state_code,
        valid_until=clock.today(plan.branch.timezone) + timedelta(days=asked.valid_days),
        hold_days=asked.hold_days,
        deposit_percent=asked.deposit_percent,
    )
    with refusing({"quotes_quote_one_draft": DRAFTED, "quotes_quote_version_once": DRAFTED}):
        QUOTE.born(made, name="draft")
    return made


def _plan_line(quote: Quote, option: QuoteOption, plan: Any, line: Any, *, payer: str, by: Actor) -> None:
    """The procedure at its price, and what usually comes with it; a series is priced by its sessions."""
    count = Decimal(line.quantity * plan.session_count)
    price = None if line.service_id else ZERO
    write_line(
        quote,
        option,
        LineDetails(service_id=line.service_id, description=line.what, quantity=count, unit_price=price, payer=payer),
        by,
    )
    if line.service_id is not None:
        usual_lines(quote, option, line.service_id, line.quantity, payer=payer, plan_id=None, by=by)


def usual_lines(
    quote: Quote, option: QuoteOption, service_id: UUID, count: int, *, payer: str, plan_id: UUID | None, by: Actor
) -> None:
    """What usually comes with a service, as often as it is planned."""
    for usual in queries.defaults_of({service_id}, seen_by=by):
        details = LineDetails(
            section=usual.section,
            description=usual.description,
            quantity=usual.quantity * count,
            plan_id=plan_id,
            unit_price=usual.unit_price,
            tax_code=usual.tax_code,
            hsn_sac=usual.hsn_sac,
            payer=payer,
        )
        write_line(quote, option, details, by)


def _columns(quote: Quote, details: LineDetails, by: Actor) -> dict[str, Any]:
    """What a line says, with its price where none was written, and its tax."""
    if details.section not in Section.values:
        raise Invalid("Choose which part of the price it belongs to.", field="section")
    if details.payer not in Payer.values:
        raise Invalid("Say who is asked for it: the patient or the insurer.", field="payer")
    facts = _priced(quote, details, by)
    today = clock.today(quote.branch.timezone)
    registered, clinic = bool(quote.branch.gstin), people.organization(seen_by=by)
    code = facts["tax_code"]
    amounts = billing.taxed(
        quantity=facts["quantity"],
        unit_price=facts["unit_price"],
        discount=facts["discount"],
        rate=catalog.tax_rate(code, today, seen_by=by) if code and registered else ZERO,
        supplier_state=quote.branch.state_code,
        place_of_supply=quote.place_of_supply,
        is_registered=registered,
        has_code=bool(code),
        rounding=clinic.rounding,
        scheme=catalog.tax_scheme(today, country=clinic.country, seen_by=by),
    )
    if amounts.total > rules.MOST:
        raise Invalid("This amount is too large for one line.", field="unit_price")
    if facts["discount"] > 0 and not facts["discount_reason"]:
        raise Invalid("Write why there is a discount.", field="discount_reason")
    return {
        "section": details.section, "service_id": details.service_id, "payer": details.payer, **facts,
        "taxable": amounts.taxable, "tax_percent": amounts.percent, "cgst": amounts.cgst, "sgst": amounts.sgst,
        "igst": amounts.igst, "tax_note": amounts.note, "total": amounts.total,
    }  # fmt: skip


def _priced(quote: Quote, details: LineDetails, by: Actor) -> dict[str, Any]:
    count = rules.quantity(details.quantity)
    description, code, hsn = details.description.strip(), details.tax_code, details.hsn_sac
    price, discount = details.unit_price, rules.amount(details.discount, field="discount")
    reasons = [details.discount_reason.strip()]
    if details.service_id is not None:
        said = pricing.price_of(
            service_id=details.service_id, branch_id=quote.branch_id, patient_id=quote.patient_id, quantity=count,
            place_of_supply=quote.place_of_supply, seen_by=by,
        )  # fmt: skip
        description, code, hsn = description or said.name, code or said.tax_code, hsn or said.hsn_sac
        if price is None:
            price, discount = said.unit_price, discount + said.discount
            reasons.insert(0, said.reason)
    return {
        "description": rules.needed(
            description, field="description", most=200, otherwise="Write what it is, or choose a service."
        ),
        "quantity": count,
        "unit_price": rules.amount(price, field="unit_price"),
        "discount": discount,
        "discount_reason": "; ".join(reason for reason in reasons if reason)[:400],
        "tax_code": code,
        "hsn_sac": hsn,
    }


def new_option(quote: Quote, position: int, *, title: str, words: str) -> QuoteOption:
    made = QuoteOption(
        organization_id=quote.organization_id, patient=quote.patient, quote=quote, position=position,
        title=title[: rules.LONGEST_TITLE], words=words,
    )  # fmt: skip
    made.save(force_insert=True)
    return made


def _copied(quote: Quote, one: queries.Offered, position: int, title: str, words: str) -> QuoteOption:
    """An option with the lines of another, at the prices that stand there."""
    made = new_option(quote, position, title=title, words=words)
    kept = (
        "position", "section", "service_id", "description", "hsn_sac", "quantity", "unit_price", "discount",
        "discount_reason", "plan_id", "taxable", "tax_code", "tax_percent", "cgst", "sgst", "igst", "tax_note", "total",
        "payer",
    )  # fmt: skip
    for line in one.lines:
        facts = {name: getattr(line, name) for name in kept}
        QuoteLine(organization_id=quote.organization_id, patient=quote.patient, quote=quote, option=made, **facts).save(
            force_insert=True
        )
    return made


def _draft(pk: UUID, by: Actor) -> Quote:
    """A draft under its lock; what was sent is refused."""
    by.must(WRITE, do="write quotes")
    quote = queries.quote(pk, seen_by=by, lock=True)
    if quote.status != QuoteStatus.DRAFT:
        raise IllegalMove(
            f"Quote {quote} is {quote.get_status_display().lower()} and stays as it is. Make a new version of it.",
            status_is=str(quote.status),
        )
    return quote


def _titled(title: str, words: str) -> tuple[str, str]:
    said = rules.needed(title, field="title", most=rules.LONGEST_TITLE, otherwise="Give the option a name.")
    return said, rules.words(words, field="words", most=rules.LONGEST_WORDS)
