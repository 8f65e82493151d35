"""The statement of a patient's account: what stood, every movement in words with the balance after it, what stands."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator

from kalon.billing.lifecycles import OPEN_BILL, VIEW
from kalon.billing.models import Bill, CreditNote, Payment, Refund
from kalon.billing.queries.bills import MoneyOfPatient, bills_of, money_of
from kalon.kernel import audit, clock
from kalon.kernel.actors import Actor
from kalon.kernel.errors import Invalid
from kalon.ledger import queries as ledger
from kalon.ledger.queries import Movement
from kalon.patients import queries as patients
from kalon.people import queries as people

PER_PAGE, ON_PAPER = 50, 2000
A_YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One movement: on which day, what it was, what it added to what the patient owes, what they owed then."""

    date: date
    kind: str
    words: str
    amount: Decimal
    balance: Decimal
    bill_id: UUID | None = None
    payment_id: UUID | None = None

    @property
    def charged(self) -> Decimal | None:
        return self.amount if self.amount > 0 else None

    @property
    def received(self) -> Decimal | None:
        return -self.amount if self.amount < 0 else None


@dataclass(frozen=True, slots=True)
class OpenBill:
    """A bill that is owed, and for how many days."""

    bill: Bill
    owed: Decimal
    days: int


@dataclass(frozen=True, slots=True)
class Statement:
    """A patient's account in some days. Balances above zero are owed by the patient, below zero held for them."""

    patient: Any
    currency: str
    since: date
    until: date
    opening: Decimal
    closing: Decimal
    count: int
    lines: list[StatementLine]
    money: MoneyOfPatient
    open_bills: list[OpenBill]

    @property
    def stands(self) -> Decimal:
        """How much is owed or held at the end, without its sign."""
        return abs(self.closing)


def statement(
    patient_id: UUID,
    since: date | None = None,
    until: date | None = None,
    *,
    start: int = 0,
    most: int = PER_PAGE,
    seen_by: Actor,
) -> Statement:
    """The account between two days, both included; the last year where none are said. `start` turns the page."""
    seen_by.must(VIEW, do="see statements")
    organization = people.organization(seen_by=seen_by)
    patient = patients.patient(patient_id, seen_by=seen_by)
    until = until or clock.today(organization.timezone)
    since = since or until - min(A_YEAR, until - date.min)
    if since > until:
        raise Invalid("The first day is after the last. Change one of them.", field="from")
    account = ledger.account_between(patient.pk, since, until, seen_by=seen_by)
    moved = ledger.movements(patient.pk, since, until, opening=account.opening, start=start, most=most, seen_by=seen_by)
    return Statement(
        patient=patient,
        currency=organization.currency,
        since=since,
        until=until,
        opening=account.opening,
        closing=account.closing,
        count=account.count,
        lines=_in_words(moved),
        money=money_of(patient.pk, seen_by=seen_by),
        open_bills=_open_bills(patient.pk, clock.today(organization.timezone), seen_by),
    )


def days_asked(said: Mapping[str, str]) -> tuple[date | None, date | None]:
    """The days that an address or a form says (`from`, `to`); what is no day counts as not said."""
    return _day(said.get("from", "")), _day(said.get("to", ""))


def statement_page(patient_id: UUID, said: Mapping[str, str], *, seen_by: Actor) -> dict[str, Any]:
    """What a page of the statement shows, for the desk and for the patient: the days and the `page` that are asked."""
    number = said.get("page", "")
    start = (max(int(number), 1) - 1) * PER_PAGE if number.isdecimal() and len(number) < 6 else 0
    made = statement(patient_id, *days_asked(said), start=start, seen_by=seen_by)
    audit.read(seen_by, made.patient, purpose="statement of account")
    page = Paginator(range(made.count), PER_PAGE).get_page(start // PER_PAGE + 1)
    return {"statement": made, "patient": made.patient, "page": page, "is_first": start == 0}


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _open_bills(patient_id: UUID, today: date, by: Actor) -> list[OpenBill]:
    rows = bills_of(patient_id, seen_by=by).filter(status__in=OPEN_BILL).order_by("bill_date", "number")
    return [OpenBill(bill, bill.owed, max((today - bill.bill_date).days, 0)) for bill in rows if bill.bill_date]


def _in_words(moved: list[Movement]) -> list[StatementLine]:
    """What each movement was: its papers are read together, one query for each kind."""
    sources = {
        model: _read(model, [one.source_id for one in moved if one.source_table == model._meta.db_table])
        for model in (Bill, Payment, CreditNote, Refund)
    }
    by_table = {model._meta.db_table: rows for model, rows in sources.items()}
    return [_line(one, by_table.get(one.source_table, {}).get(one.source_id)) for one in moved]


def _read(model: Any, ids: list[UUID]) -> dict[UUID, Any]:
    if not ids:
        return {}
    rows = model.objects.filter(pk__in=ids)
    if model is CreditNote:
        rows = rows.select_related("bill")
    if model is Refund:
        rows = rows.select_related("payment")
    return {row.pk: row for row in rows}


def _line(moved: Movement, paper: Any) -> StatementLine:
    words, bill_id, payment_id = _OTHER.get(moved.kind, "Other movement"), None, None
    if isinstance(paper, Bill):
        words, bill_id = (f"Written off, bill {paper}" if moved.kind == "WRITE_OFF" else f"Bill {paper}"), paper.pk
    elif isinstance(paper, Payment):
        words, payment_id = f"{paper.get_method_display()}, receipt {paper.receipt_number}", paper.pk
    elif isinstance(paper, CreditNote):
        words, bill_id = f"Credit note {paper.number} for bill {paper.bill}", paper.bill_id
    elif isinstance(paper, Refund):
        how = Payment.Method(paper.method or paper.payment.method)
        is_moved = how == Payment.Method.TRANSFER
        words = "Moved to another patient's account" if is_moved else f"Paid back: {how.label.lower()}"
        payment_id = paper.payment_id
    return StatementLine(
        date=moved.date,
        kind=moved.kind,
        words=words,
        amount=moved.amount,
        balance=moved.balance,
        bill_id=bill_id,
        payment_id=payment_id,
    )


# Movements that have no paper of ours to name: money of the patient's put on what an insurer owes, or taken off it.
_OTHER = {"ALLOCATION": "Used for what an insurer owes"}
