"""A patient's statement follows from the books to the last paisa, whatever the days and whatever the page."""

import io
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pypdf import PdfReader

from kalon.billing import actions, queries
from kalon.billing.tests.clinic import Clinic
from kalon.kernel import clock
from kalon.kernel.errors import Invalid, NotFound, NotPermitted
from kalon.kernel.tenancy import acting_as
from kalon.ledger.models import Posting
from kalon.messaging.models import Message

TODAY = date(2026, 11, 20)


def on(day: date) -> Any:
    return clock.at(datetime(day.year, day.month, day.day, 5, tzinfo=UTC))


@pytest.fixture
def moved(clinic: Clinic) -> Clinic:
    """Three days of a patient's money: billed, paid, credited, written off, paid back, billed again."""
    with on(TODAY - timedelta(days=40)):
        clinic.pay(clinic.bill(), "800")
        actions.write_off(clinic.bill().pk, "A gift", by=clinic.desk)
    with on(TODAY - timedelta(days=10)):
        clinic.pay(bill := clinic.bill(clinic.botox), "1000")
        actions.void_bill(bill.pk, "Twice", by=clinic.desk)
        advance = actions.receive_advance(clinic.patient.pk, clinic.branch.pk, "UPI", Decimal("300.50"), by=clinic.desk)
        refund = actions.request_refund(advance.pk, Decimal("100.50"), "Asked", by=clinic.desk)
        actions.approve_refund(refund.pk, by=clinic.desk)
        actions.refund_done(refund.pk, by=clinic.desk)
        clinic.pay(clinic.bill(patient=clinic.other_patient), "800")
    with on(TODAY):
        clinic.bill()
    return clinic


def read(clinic: Clinic, since: int, until: int = 0, **page: int) -> Any:
    days = (TODAY - timedelta(days=since), TODAY - timedelta(days=until))
    with on(TODAY), acting_as(clinic.desk):
        return queries.statement(clinic.patient.pk, *days, seen_by=clinic.desk, **page)


def test_every_movement_stands_there_with_the_balance_after_it(moved: Clinic):
    made = read(moved, 365)
    assert (made.opening, made.closing, made.count) == (0, Decimal("-400.00"), 10)
    assert " ".join(line.kind for line in made.lines) == (
        "BILL PAYMENT BILL WRITE_OFF BILL PAYMENT CREDIT_NOTE PAYMENT REFUND BILL"
    )
    balance = made.opening
    for line in made.lines:
        balance += line.amount
        assert line.balance == balance
    words = [line.words for line in made.lines]
    assert words[0].startswith("Bill KOC/") and words[1].startswith("Cash, receipt KOC/")
    assert [row.days for row in made.open_bills] == [0] and made.open_bills[0].owed == Decimal(800)
    assert made.money.on_account == Decimal("1200.00")
    assert made.closing == made.money.owed - made.money.on_account - made.money.deposits


def test_it_is_what_the_books_say_whatever_the_days(moved: Clinic):
    with acting_as(moved.system):
        posted = list(
            Posting.objects.filter(patient_id=moved.patient.pk, account__in=("RECEIVABLE", "ADVANCES")).values_list(
                "date", "amount"
            )
        )
    for since, until in ((365, 0), (40, 40), (39, 11), (30, 0), (10, 10), (9, 0), (0, 0), (365, 300)):
        made = read(moved, since, until)
        first, last = TODAY - timedelta(days=since), TODAY - timedelta(days=until)
        assert made.opening == sum((amount for day, amount in posted if day < first), Decimal(0)), (since, until)
        assert made.closing == sum((amount for day, amount in posted if day <= last), Decimal(0)), (since, until)
        assert made.closing - made.opening == sum((line.amount for line in made.lines), Decimal(0))


def test_page_by_page_it_is_the_same(moved: Clinic):
    whole = read(moved, 30)
    parts = [read(moved, 30, start=at, most=2).lines for at in range(0, whole.count, 2)]
    assert [line for part in parts for line in part] == whole.lines
    assert all(len(part) <= 2 for part in parts)


def test_who_may_read_it(moved: Clinic):
    own, other = moved.as_patient(moved.patient), moved.as_patient(moved.other_patient)
    with on(TODAY):
        with acting_as(own):
            assert queries.statement(moved.patient.pk, seen_by=own).closing == Decimal("-400.00")
        with acting_as(other), pytest.raises((NotFound, NotPermitted)):
            queries.statement(moved.patient.pk, seen_by=other)
        with acting_as(other):
            assert Posting.objects.filter(patient_id=moved.patient.pk).count() == 0
            assert queries.statement(moved.other_patient.pk, seen_by=other).count == 2
        with acting_as(moved.stranger), pytest.raises(NotPermitted):
            queries.statement(moved.patient.pk, seen_by=moved.stranger)
    with pytest.raises(Invalid, match="first day is after the last"):
        read(moved, 0, 5)


def test_the_desk_shows_prints_and_sends_it(moved: Clinic, desk: Client):
    here = f"/bills/accounts/{moved.patient.pk}/statement"
    with on(TODAY):
        page = desk.get(f"{here}?from=2026-11-10&to=2026-11-20").content.decode()
        assert "Balance before" in page and "Credit note" in page and "from=2026-11-10" in page
        assert desk.get(f"{here}?from=never&to=2026-13-40&page=x").status_code == 200
        paper = desk.get(f"{here}.pdf")
        text = "".join(leaf.extract_text() for leaf in PdfReader(io.BytesIO(paper.content)).pages)
        assert "Statement of account" in text and "400.00" in text and "Meera Nair" in text
        desk.post(f"{here}/send", {"from": "2026-11-01", "to": "2026-11-20"})
    with acting_as(moved.system):
        body = Message.objects.filter(template_code="statement-ready").latest("created_at").body
    assert "/my/statement?from=2026-11-01" in body


def test_it_costs_as_many_queries_for_many_lines_as_for_few(moved: Clinic, desk: Client):
    with on(TODAY):
        counts = []
        for days in ("2026-11-20", "2026-01-01"):
            path = f"/bills/accounts/{moved.patient.pk}/statement?from={days}&to=2026-11-20"
            desk.get(path)
            with CaptureQueriesContext(connection) as seen:
                desk.get(path)
            counts.append(len(seen))
    # the papers of bills, payments, credit notes and refunds are one query each, however many there are
    assert counts[1] - counts[0] <= 3
