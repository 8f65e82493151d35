"""Money at the desk as JSON: `checkouts` (/api/checkouts), `drawers` (/api/drawers), `till_days` (/api/day-closes)."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Schema
from pydantic import AfterValidator, Field, PlainSerializer

from kalon.api import Page, Router, paged
from kalon.kernel import audit
from kalon.kernel.errors import NotFound
from kalon.people import queries as people
from kalon.tills import actions, queries
from kalon.tills.models import Checkout, DayClose, Drawer, DrawerEntry, DrawerSession
from kalon.web.fronts import actor_of

checkouts = Router(tags=["checkouts"])
drawers = Router(tags=["drawers"])
till_days = Router(tags=["day closes"])


def _without_nul(text: str) -> str:
    if "\x00" in text:
        raise ValueError("must not hold a NUL character")
    return text


Money = Annotated[Decimal, PlainSerializer(lambda amount: f"{amount:.2f}", return_type=str)]
Amount = Annotated[Decimal, Field(gt=0, max_digits=12, decimal_places=2, allow_inf_nan=False)]
Limit = Annotated[Decimal, Field(ge=0, max_digits=12, decimal_places=2, allow_inf_nan=False)]
Said = Annotated[Decimal, Field(max_digits=12, decimal_places=2, allow_inf_nan=False)]
Text = Annotated[str, AfterValidator(_without_nul)]
Count = dict[Annotated[Text, Field(max_length=8)], Annotated[int, Field(ge=0, le=100_000)]]


class TenderIn(Schema):
    """One way of paying; WALLET is money on account. The reference of a VOUCHER is its code, of FINANCE the lender."""

    method: Annotated[str, Field(pattern=r"^(CASH|CARD|UPI|BANK|FINANCE|VOUCHER|WALLET)$")]
    amount: Amount
    reference: Annotated[Text, Field(max_length=80)] = ""
    given: Amount | None = None


class CheckoutIn(Schema):
    """A bill and how it is paid; `key`, or the Idempotency-Key header, makes a retry the same checkout."""

    bill_id: UUID
    tenders: Annotated[list[TenderIn], Field(min_length=1, max_length=12)]
    key: Annotated[Text, Field(max_length=100)] = ""


class CheckoutPartOut(Schema):
    """What one tender became."""

    tender: str
    amount: Money
    on_bill: Money
    payment_id: UUID


class CheckoutOut(Schema):
    """What was paid in one go."""

    id: UUID
    bill_id: UUID
    patient_id: UUID
    given: Money
    change: Money
    taken_by: str
    taken_at: datetime
    parts: list[CheckoutPartOut]


class BeginOut(Schema):
    """The bill a visit is checked out with."""

    bill_id: UUID


class DrawerIn(Schema):
    """A new drawer."""

    branch_id: UUID
    name: Annotated[Text, Field(max_length=60)]


class DrawerOut(Schema):
    """A cash drawer."""

    id: UUID
    branch_id: UUID
    name: str


class CashCountIn(Schema):
    """How many of each note and coin, by what it is worth."""

    count: Count


class MoveIn(Schema):
    """Cash put in (ADDED) or taken out (BANKED, PETTY)."""

    kind: Annotated[str, Field(pattern=r"^(BANKED|PETTY|ADDED)$")]
    amount: Amount
    reason: Annotated[Text, Field(max_length=200)]
    key: Annotated[Text, Field(max_length=120)] = ""


class TillWordsIn(Schema):
    """Why."""

    words: Annotated[Text, Field(max_length=500)]


class EntryOut(Schema):
    """Cash that came into a drawer or left it."""

    id: UUID
    kind: str
    amount: Money
    reason: str
    payment_id: UUID | None
    made_by: str
    made_at: datetime


class SessionOut(Schema):
    """A drawer from float to count; what it should hold is empty until it is counted."""

    id: UUID
    drawer_id: UUID
    status: str
    float_amount: Money
    opened_by: str
    opened_at: datetime
    counted_amount: Money | None
    expected: Money | None
    variance: Money | None
    explanation: str
    closed_by: str


class TillPolicyIn(Schema):
    """How cash is kept."""

    cash: Annotated[str, Field(pattern=r"^(OPTIONAL|REQUIRED)$")]
    variance_limit: Limit


class TillPolicyOut(Schema):
    """How cash is kept."""

    cash: str
    variance_limit: Money


class CloseIn(Schema):
    """A day, and what the terminal, the app and the bank say of it, by method."""

    branch_id: UUID
    day: date
    counted: dict[Annotated[Text, Field(max_length=8)], Said] = Field(default_factory=dict)
    note: Annotated[Text, Field(max_length=500)] = ""


class CloseOut(Schema):
    """A closed day."""

    id: UUID
    number: str
    status: str
    branch_id: UUID
    day: date
    received: dict[str, str]
    paid_back: dict[str, str]
    counted: dict[str, str]
    unsettled: dict[str, int]
    note: str
    closed_by: str
    closed_at: datetime


@checkouts.post("", response={201: CheckoutOut})
def check_out(request: HttpRequest, body: CheckoutIn) -> tuple[int, dict[str, Any]]:
    """Take what a patient pays by one tender or several, all of it or nothing."""
    key = body.key or request.headers.get("Idempotency-Key", "")[:100]
    tenders = [actions.Tender(**tender.dict()) for tender in body.tenders]
    made = actions.checkout(body.bill_id, tenders, key, by=actor_of(request))
    return 201, _checkout(made)


@checkouts.post("/visits/{uuid:appointment_id}", response=BeginOut)
def begin(request: HttpRequest, appointment_id: UUID) -> dict[str, Any]:
    """Collect everything a visit left to be billed on one bill."""
    return {"bill_id": actions.begin_checkout(appointment_id, by=actor_of(request)).pk}


@checkouts.get("/{uuid:checkout_id}", response=CheckoutOut)
def read_checkout(request: HttpRequest, checkout_id: UUID) -> dict[str, Any]:
    """One checkout."""
    found = queries.checkout(checkout_id, seen_by=actor_of(request))
    if found is None:
        raise NotFound("There is no such checkout.")
    audit.read(actor_of(request), found, purpose="checkout")
    return _checkout(found)


@checkouts.get("/{uuid:checkout_id}/receipt.pdf", response={200: bytes})
def receipt_pdf(request: HttpRequest, checkout_id: UUID) -> HttpResponse:
    """Everything of one checkout on one receipt."""
    return _pdf(actions.checkout_pdf(checkout_id, by=actor_of(request)), f"checkout-{checkout_id}.pdf")


@drawers.get("", response=Page[DrawerOut])
def list_drawers(request: HttpRequest, cursor: str = "", limit: str = "") -> dict[str, Any]:
    """The drawers in use."""
    return paged(request, queries.drawers(seen_by=actor_of(request)).order_by("-created_at", "-id"), _drawer)


@drawers.post("", response={201: DrawerOut})
def add_drawer(request: HttpRequest, body: DrawerIn) -> tuple[int, dict[str, Any]]:
    """Give a branch one more drawer."""
    return 201, _drawer(actions.add_drawer(body.branch_id, body.name, by=actor_of(request)))


@drawers.get("/policy", response=TillPolicyOut)
def read_policy(request: HttpRequest) -> dict[str, Any]:
    """How cash is kept."""
    chosen = queries.policy(seen_by=actor_of(request))
    return {"cash": chosen.cash, "variance_limit": chosen.variance_limit}


@drawers.put("/policy", response=TillPolicyOut)
def set_policy(request: HttpRequest, body: TillPolicyIn) -> dict[str, Any]:
    """Choose how cash is kept."""
    chosen = actions.set_policy(**body.dict(), by=actor_of(request))
    return {"cash": chosen.cash, "variance_limit": chosen.variance_limit}


@drawers.post("/{uuid:drawer_id}/open", response={201: SessionOut})
def open_drawer(request: HttpRequest, drawer_id: UUID, body: CashCountIn) -> tuple[int, dict[str, Any]]:
    """Open a drawer with its float."""
    return 201, _session(actions.open_drawer(drawer_id, body.count, by=actor_of(request)))


@drawers.get("/sessions", response=Page[SessionOut])
def list_sessions(request: HttpRequest, cursor: str = "", limit: str = "") -> dict[str, Any]:
    """Drawers from float to count, newest first."""
    return paged(request, queries.sessions(seen_by=actor_of(request)).order_by("-created_at", "-id"), _session)


@drawers.get("/sessions/{uuid:session_id}", response=SessionOut)
def read_session(request: HttpRequest, session_id: UUID) -> dict[str, Any]:
    """One drawer."""
    return _session(queries.session(session_id, seen_by=actor_of(request)))


@drawers.get("/sessions/{uuid:session_id}/entries", response=list[EntryOut])
def list_entries(request: HttpRequest, session_id: UUID) -> list[dict[str, Any]]:
    """What went through a drawer."""
    by = actor_of(request)
    rows = list(queries.entries(session_id, seen_by=by))
    audit.reads(by, [row.payment for row in rows if row.payment], purpose="cash drawer")
    return [_entry(row) for row in rows]


@drawers.post("/sessions/{uuid:session_id}/entries", response={201: EntryOut})
def move_cash(request: HttpRequest, session_id: UUID, body: MoveIn) -> tuple[int, dict[str, Any]]:
    """Put cash in, or take it out."""
    key = body.key or request.headers.get("Idempotency-Key", "")[:120]
    return 201, _entry(actions.move_cash(session_id, body.kind, body.amount, body.reason, key, by=actor_of(request)))


@drawers.post("/sessions/{uuid:session_id}/count", response=SessionOut)
def count(request: HttpRequest, session_id: UUID, body: CashCountIn) -> dict[str, Any]:
    """Say what is in the drawer; what should be in it is in the answer."""
    return _session(actions.count_drawer(session_id, body.count, by=actor_of(request)))


@drawers.post("/sessions/{uuid:session_id}/explain", response=SessionOut)
def explain(request: HttpRequest, session_id: UUID, body: TillWordsIn) -> dict[str, Any]:
    """Write why the count differs."""
    return _session(actions.explain(session_id, body.words, by=actor_of(request)))


@drawers.post("/sessions/{uuid:session_id}/count-again", response=SessionOut)
def count_again(request: HttpRequest, session_id: UUID, body: TillWordsIn) -> dict[str, Any]:
    """Put a count aside."""
    return _session(actions.count_again(session_id, body.words, by=actor_of(request)))


@drawers.post("/sessions/{uuid:session_id}/close", response=SessionOut)
def close_drawer(request: HttpRequest, session_id: UUID) -> dict[str, Any]:
    """Close a counted drawer."""
    return _session(actions.close_drawer(session_id, by=actor_of(request)))


@till_days.get("", response=Page[CloseOut])
def list_closes(request: HttpRequest, cursor: str = "", limit: str = "") -> dict[str, Any]:
    """Closed days, newest first."""
    return paged(request, queries.closes(seen_by=actor_of(request)).order_by("-created_at", "-id"), _close)


@till_days.post("", response={201: CloseOut})
def close_day(request: HttpRequest, body: CloseIn) -> tuple[int, dict[str, Any]]:
    """Close a day of a branch."""
    people.branch(body.branch_id, seen_by=actor_of(request))
    return 201, _close(actions.close_day(body.branch_id, body.day, body.counted, body.note, by=actor_of(request)))


@till_days.post("/{uuid:close_id}/reopen", response=CloseOut)
def reopen_day(request: HttpRequest, close_id: UUID, body: TillWordsIn) -> dict[str, Any]:
    """Open a closed day again, with the reason."""
    return _close(actions.reopen_day(close_id, body.words, by=actor_of(request)))


@till_days.get("/{uuid:close_id}/report.pdf", response={200: bytes})
def report_pdf(request: HttpRequest, close_id: UUID) -> HttpResponse:
    """The Z-report on paper."""
    return _pdf(actions.z_report_pdf(close_id, by=actor_of(request)), f"day-{close_id}.pdf")


def _pdf(content: bytes, name: str) -> HttpResponse:
    return HttpResponse(
        content,
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{name}"', "Cache-Control": "private, no-store"},
    )


def _checkout(made: Checkout) -> dict[str, Any]:
    parts = [
        {"tender": part.tender, "amount": part.amount, "on_bill": part.on_bill, "payment_id": part.payment_id}
        for part in made.parts.all()
    ]
    return {
        "id": made.pk, "bill_id": made.bill_id, "patient_id": made.patient_id, "given": made.given,
        "change": made.change, "taken_by": made.taken_by_name, "taken_at": made.created_at, "parts": parts,
    }  # fmt: skip


def _drawer(row: Drawer) -> dict[str, Any]:
    return {"id": row.pk, "branch_id": row.branch_id, "name": row.name}


def _session(row: DrawerSession) -> dict[str, Any]:
    return {
        "id": row.pk, "drawer_id": row.drawer_id, "status": row.status, "float_amount": row.float_amount,
        "opened_by": row.opened_by_name, "opened_at": row.opened_at, "counted_amount": row.counted_amount,
        "expected": row.expected, "variance": row.variance, "explanation": row.explanation,
        "closed_by": row.closed_by_name,
    }  # fmt: skip


def _entry(row: DrawerEntry) -> dict[str, Any]:
    return {
        "id": row.pk, "kind": row.kind, "amount": row.amount, "reason": row.reason, "payment_id": row.payment_id,
        "made_by": row.made_by_name, "made_at": row.created_at,
    }  # fmt: skip


def _close(row: DayClose) -> dict[str, Any]:
    return {
        "id": row.pk, "number": str(row), "status": row.status, "branch_id": row.branch_id, "day": row.day,
        "received": row.received, "paid_back": row.paid_back, "counted": row.counted, "unsettled": row.unsettled,
        "note": row.note, "closed_by": row.closed_by_name, "closed_at": row.closed_at,
    }  # fmt: skip
