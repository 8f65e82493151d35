"""JSON of quotes (/api/quotes), of what is written from a plan (/api/procedure-plans), and the clinic's policy."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Field, Schema

from kalon.api import Page, Router, paged
from kalon.kernel import audit
from kalon.quotes import actions, queries
from kalon.quotes.actions import DefaultLine, LineDetails, PolicyDetails, Signing, Terms
from kalon.quotes.models import Quote
from kalon.quotes.pages.looks import pdf
from kalon.web.fronts import actor_of

router = Router(tags=["quotes"])
of_plans = Router(tags=["quotes"])

Amount = Annotated[Decimal, Field(ge=0, max_digits=12, decimal_places=2, allow_inf_nan=False)]
Count = Annotated[Decimal, Field(gt=0, max_digits=9, decimal_places=3, allow_inf_nan=False)]


class QuoteLineIn(Schema):
    """A service at its price, or a description with a price and tax code of its own."""

    section: str = Field("PROCEDURE", description="PROCEDURE, FACILITY, ANAESTHESIA, IMPLANTS, CONSUMABLES or OTHER")
    service_id: UUID | None = None
    description: str = Field("", max_length=200)
    quantity: Count = Decimal(1)
    unit_price: Amount | None = Field(None, description="Before tax; empty: what the service costs today")
    discount: Amount = Decimal("0.00")
    discount_reason: str = Field("", max_length=200)
    hsn_sac: str = Field("", max_length=8)
    tax_code: str = Field("", max_length=40)
    payer: str = Field("PATIENT", description="PATIENT or INSURER")


class QuoteLineOut(Schema):
    id: UUID
    section: str
    plan_id: UUID | None = Field(description="For which plan of a bundle; null: the quote's own plan")
    service_id: UUID | None
    description: str
    quantity: Decimal
    unit_price: Decimal
    discount: Decimal
    discount_reason: str
    taxable: Decimal
    tax_percent: Decimal
    cgst: Decimal
    sgst: Decimal
    igst: Decimal
    total: Decimal
    payer: str


class QuoteBillOut(Schema):
    bill_id: UUID


class QuoteOptionIn(Schema):
    title: str = Field(max_length=120)
    words: str = Field("", max_length=4000)


class QuoteOptionNew(QuoteOptionIn):
    like: UUID | None = Field(None, description="An option of this quote whose lines it begins with")


class QuoteOptionOut(Schema):
    id: UUID
    position: int
    title: str
    words: str
    taxable: Decimal
    cgst: Decimal
    sgst: Decimal
    igst: Decimal
    total: Decimal = Field(description="Asked of the patient")
    insurer_total: Decimal
    deposit_due: Decimal
    lines: list[QuoteLineOut]


class QuoteRowOut(Schema):
    id: UUID
    plan_id: UUID
    patient_id: UUID
    branch_id: UUID
    status: str
    number: str | None
    version: int
    replaces_id: UUID | None
    currency: str
    valid_until: date
    sent_at: datetime | None
    opened_at: datetime | None = Field(description="When the patient read it first")
    chosen_option_id: UUID | None
    total: Decimal | None = Field(description="Of the accepted option")
    deposit_due: Decimal | None
    accepted_at: datetime | None
    held_until: date | None = Field(description="To which day the accepted price holds for booking")
    superseded_at: datetime | None


class QuoteOut(QuoteRowOut):
    words: str
    deposit_percent: Decimal | None
    deposit_amount: Decimal | None
    content_sha256: str
    rejection: str
    options: list[QuoteOptionOut]


class QuoteTermsIn(Schema):
    valid_until: date
    deposit_percent: Decimal | None = None
    deposit_amount: Amount | None = None
    words: str = Field("", max_length=4000)


class QuoteSigningIn(Schema):
    option_id: UUID
    name: str = Field("", max_length=200)
    strokes: list[list[list[float]]] | None = Field(
        None, description="Drawn: strokes of [x 0..1000, y 0..300, milliseconds]; without them the name counts as typed"
    )
    on_paper: bool = Field(False, description="Signed on paper at the clinic; the note says why and where it is kept")
    note: str = Field("", max_length=500)
    words: str = Field(description="content_sha256 of what was on the screen; another answers 409")


class QuoteSelfPayIn(Schema):
    name: str = Field("", max_length=200)
    strokes: list[list[list[float]]] | None = None
    note: str = Field(max_length=500, description="Why no insurer is asked")


class QuoteReasonIn(Schema):
    reason: str = Field("", max_length=500)


class QuoteWordsIn(Schema):
    words: str = Field("", max_length=4000)


class QuoteQuestionOut(Schema):
    id: UUID
    words: str
    asked_at: datetime
    answer: str
    answered_at: datetime | None


class PlanMoneyOut(Schema):
    in_order: bool = Field(description="Whether the plan may be booked as far as money goes")
    missing: str = Field(description='"quote", "lapsed", "deposit", or empty')
    why: str
    quote_id: UUID | None
    deposit_due: Decimal
    deposit_held: Decimal
    waived: bool
    self_pay: bool


class QuotePolicyBody(Schema):
    asked_for: list[str] = Field(description="Types of plan: SURGICAL, SERIES, NON_SURGICAL")
    deposit_percent: Decimal
    valid_days: int = 30
    remind_days: int = 3
    hold_days: int = 180


class QuoteDefaultBody(Schema):
    section: str
    description: str = Field(max_length=200)
    unit_price: Amount
    quantity: Count = Decimal(1)
    tax_code: str = Field("", max_length=40)
    hsn_sac: str = Field("", max_length=8)


@of_plans.post("/{plan_id}/quote", response={201: QuoteOut}, summary="Begin a quote from what is planned")
def draft(request: HttpRequest, plan_id: UUID) -> Any:
    return 201, shown(request, actions.draft_quote(plan_id, by=actor_of(request)))


@of_plans.get("/{plan_id}/quotes", response=list[QuoteRowOut], summary="A plan's versions, the latest first")
def of_plan(request: HttpRequest, plan_id: UUID) -> Any:
    by = actor_of(request)
    rows = list(queries.quotes_about(plan_id, seen_by=by))
    audit.reads(by, rows, purpose="API")
    return [row_out(one) for one in rows]


@of_plans.get("/{plan_id}/money", response=PlanMoneyOut, summary="Whether a plan's money is in order for booking")
def money(request: HttpRequest, plan_id: UUID) -> Any:
    said = queries.money_of_plan(plan_id, seen_by=actor_of(request))
    return PlanMoneyOut(
        in_order=said.is_in_order,
        missing=said.missing,
        why=said.why,
        quote_id=said.accepted.pk if said.accepted else None,
        deposit_due=said.deposit.due,
        deposit_held=said.deposit.held,
        waived=said.waiver is not None,
        self_pay=said.self_pay is not None,
    )


@of_plans.post("/{plan_id}/money-waiver", response={201: PlanMoneyOut}, summary="Ask neither quote nor deposit")
def waive(request: HttpRequest, plan_id: UUID, body: QuoteReasonIn) -> Any:
    actions.waive_money(plan_id, body.reason, by=actor_of(request))
    return 201, money(request, plan_id)


@of_plans.delete("/{plan_id}/money-waiver", response=PlanMoneyOut, summary="Ask for quote and deposit again")
def end_waiver(request: HttpRequest, plan_id: UUID) -> Any:
    actions.end_waiver(plan_id, by=actor_of(request))
    return money(request, plan_id)


@of_plans.post("/{plan_id}/self-pay", response={201: PlanMoneyOut}, summary="The patient signs to pay it themselves")
def self_pay(request: HttpRequest, plan_id: UUID, body: QuoteSelfPayIn) -> Any:
    actions.sign_self_pay(plan_id, Signing(**body.model_dump()), by=actor_of(request))
    return 201, money(request, plan_id)


@router.get("", response=Page[QuoteRowOut], summary="Quotes, newest first")
def list_quotes(request: HttpRequest, patient_id: UUID | None = None, status: str = "") -> Any:
    by = actor_of(request)
    rows = queries.quotes(seen_by=by)
    if patient_id:
        rows = rows.filter(patient_id__person=patient_id)
    if status:
        rows = rows.filter(status=status)
    return paged(request, rows, row_out, seen=lambda seen: audit.reads(by, seen, purpose="list of quotes"))


@router.get("/policy", response=QuotePolicyBody, summary="What is asked before a plan is booked")
def policy(request: HttpRequest) -> Any:
    return queries.policy(seen_by=actor_of(request))


@router.put("/policy", response=QuotePolicyBody, summary="Decide what is asked before a plan is booked")
def set_policy(request: HttpRequest, body: QuotePolicyBody) -> Any:
    return actions.set_policy(PolicyDetails(**body.model_dump()), by=actor_of(request))


@router.put("/defaults/{service_id}", response=list[QuoteDefaultBody], summary="What usually comes with a service")
def set_defaults(request: HttpRequest, service_id: UUID, body: list[QuoteDefaultBody]) -> Any:
    lines = [DefaultLine(**one.model_dump()) for one in body]
    return actions.set_defaults(service_id, lines, by=actor_of(request))


@router.get("/{quote_id}", response=QuoteOut, summary="One quote with all it offers")
def get(request: HttpRequest, quote_id: UUID) -> Any:
    by = actor_of(request)
    found = actions.open_quote(quote_id, by=by) if by.is_patient else actions.read(quote_id, purpose="API", by=by)
    return shown(request, found)


@router.get("/{quote_id}/pdf", summary="The quote on A4")
def get_pdf(request: HttpRequest, quote_id: UUID) -> HttpResponse:
    by = actor_of(request)
    return pdf(actions.quote_pdf(quote_id, by=by), str(queries.quote(quote_id, seen_by=by)))


@router.post("/{quote_id}/versions", response={201: QuoteOut}, summary="Begin the next version with what it says")
def new_version(request: HttpRequest, quote_id: UUID) -> Any:
    return 201, shown(request, actions.new_version(quote_id, by=actor_of(request)))


@router.put("/{quote_id}/terms", response=QuoteOut, summary="Until when it is offered, and the deposit")
def set_terms(request: HttpRequest, quote_id: UUID, body: QuoteTermsIn) -> Any:
    return shown(request, actions.set_terms(quote_id, Terms(**body.model_dump()), by=actor_of(request)))


@router.post("/{quote_id}/options", response={201: QuoteOut}, summary="Offer another way")
def add_option(request: HttpRequest, quote_id: UUID, body: QuoteOptionNew) -> Any:
    by = actor_of(request)
    actions.add_option(quote_id, title=body.title, words=body.words, like=body.like, by=by)
    return 201, shown(request, queries.quote(quote_id, seen_by=by))


@router.put("/options/{option_id}", response=QuoteOut, summary="Name an option anew")
def change_option(request: HttpRequest, option_id: UUID, body: QuoteOptionIn) -> Any:
    by = actor_of(request)
    option = actions.change_option(option_id, title=body.title, words=body.words, by=by)
    return shown(request, queries.quote(option.quote_id, seen_by=by))


@router.delete("/options/{option_id}", response=QuoteOut, summary="Take an option off a draft")
def remove_option(request: HttpRequest, option_id: UUID) -> Any:
    by = actor_of(request)
    option = queries.option(option_id, seen_by=by)
    actions.remove_option(option_id, by=by)
    return shown(request, queries.quote(option.quote_id, seen_by=by))


@router.post("/options/{option_id}/lines", response={201: QuoteOut}, summary="One more thing on an option")
def add_line(request: HttpRequest, option_id: UUID, body: QuoteLineIn) -> Any:
    by = actor_of(request)
    line = actions.add_line(option_id, LineDetails(**body.model_dump()), by=by)
    return 201, shown(request, queries.quote(line.quote_id, seen_by=by))


@router.put("/lines/{line_id}", response=QuoteOut, summary="Write a line anew")
def change_line(request: HttpRequest, line_id: UUID, body: QuoteLineIn) -> Any:
    by = actor_of(request)
    line = actions.change_line(line_id, LineDetails(**body.model_dump()), by=by)
    return shown(request, queries.quote(line.quote_id, seen_by=by))


@router.delete("/lines/{line_id}", response=QuoteOut, summary="Take a line off")
def remove_line(request: HttpRequest, line_id: UUID) -> Any:
    by = actor_of(request)
    line = queries.line(line_id, seen_by=by)
    actions.remove_line(line_id, by=by)
    return shown(request, queries.quote(line.quote_id, seen_by=by))


@router.post("/{quote_id}/send", response=QuoteOut, summary="Put it before the patient")
def send(request: HttpRequest, quote_id: UUID) -> Any:
    return shown(request, actions.send(quote_id, by=actor_of(request)))


@router.post("/{quote_id}/withdraw", response=QuoteOut, summary="Take it back before it is accepted")
def withdraw(request: HttpRequest, quote_id: UUID, body: QuoteReasonIn) -> Any:
    return shown(request, actions.withdraw(quote_id, body.reason, by=actor_of(request)))


@router.post("/{quote_id}/accept", response=QuoteOut, summary="Accept one option with a signature")
def accept(request: HttpRequest, quote_id: UUID, body: QuoteSigningIn) -> Any:
    return shown(request, actions.accept(quote_id, Signing(**body.model_dump()), by=actor_of(request)))


@router.post("/{quote_id}/reject", response=QuoteOut, summary="Decline it, with a reason")
def reject(request: HttpRequest, quote_id: UUID, body: QuoteReasonIn) -> Any:
    return shown(request, actions.reject(quote_id, body.reason, by=actor_of(request)))


@router.post("/{quote_id}/bill", response={201: QuoteBillOut}, summary="Make the bill of what was accepted")
def bill(request: HttpRequest, quote_id: UUID) -> Any:
    made = actions.bill_quote(quote_id, by=actor_of(request))
    return 201, {"bill_id": made.pk}


@router.post("/{quote_id}/questions", response={201: QuoteQuestionOut}, summary="Ask something before deciding")
def ask(request: HttpRequest, quote_id: UUID, body: QuoteWordsIn) -> Any:
    return 201, actions.ask(quote_id, body.words, by=actor_of(request))


@router.post("/questions/{question_id}/answer", response=QuoteQuestionOut, summary="Answer what a patient asked")
def answer(request: HttpRequest, question_id: UUID, body: QuoteWordsIn) -> Any:
    return actions.answer(question_id, body.words, by=actor_of(request))


def shown(request: HttpRequest, found: Quote) -> QuoteOut:
    """One quote with its options and their lines."""
    found = queries.quote(found.pk, seen_by=actor_of(request))
    options = [
        QuoteOptionOut(
            **{name: getattr(one.option, name) for name in QuoteOptionOut.model_fields if name != "lines"},
            lines=[
                QuoteLineOut(**{name: getattr(line, name) for name in QuoteLineOut.model_fields}) for line in one.lines
            ],
        )
        for one in queries.offered(found)
    ]
    facts = {name: getattr(found, name) for name in QuoteOut.model_fields if name != "options"}
    return QuoteOut(**facts, options=options)


def row_out(found: Quote) -> QuoteRowOut:
    return QuoteRowOut(**{name: getattr(found, name) for name in QuoteRowOut.model_fields})
