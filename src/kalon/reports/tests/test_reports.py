"""Every report is what the postings sum to, row by row, and says so."""

import csv
import io
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import pytest
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kalon.billing import actions as billing
from kalon.billing.tests.clinic import Clinic
from kalon.kernel import clock
from kalon.kernel.actors import Actor, Kind
from kalon.kernel.errors import Invalid, NotPermitted
from kalon.kernel.tenancy import acting_as
from kalon.people import actions as people
from kalon.reports import queries
from kalon.reports.queries import Asked
from kalon.reports.rules import REPORTS, Period, period_of

ZONE = "Asia/Kolkata"


def this_month() -> Asked:
    today = clock.today(ZONE)
    return Asked(Period(today.replace(day=1), today, "month"), today)


def live(clinic: Clinic) -> None:
    """Bills with a discount, tax, part payments, money on account, a credit note, a refund, a write-off."""
    doctor = people.add_staff("Dr Sara Philip", kind="DOCTOR", by=clinic.system)
    draft = clinic.draft()
    details = billing.LineDetails(
        service_id=clinic.botox.pk, discount=Decimal("1000.10"), discount_reason="Loyal", doctor_id=doctor.pk
    )
    billing.add_line(draft.pk, details, by=clinic.desk)
    taxed = billing.finalize(draft.pk, by=clinic.desk)
    clinic.pay(taxed, "5000.00", method="UPI")
    paid = clinic.bill(clinic.consultation, patient=clinic.other_patient)
    payment = clinic.pay(paid, "800.00")
    billing.void_bill(paid.pk, "Twice", by=clinic.desk)
    refund = billing.request_refund(payment.pk, Decimal("300.00"), "Asked", by=clinic.desk)
    billing.approve_refund(refund.pk, by=clinic.system)
    billing.refund_done(refund.pk, by=clinic.desk)
    small = clinic.bill()
    clinic.pay(small, "799.99", method="CARD")
    billing.write_off(small.pk, "A paisa", by=clinic.desk)


def table_of(slug: str, asked: Asked, by: Actor) -> Any:
    wanted = queries.report(slug)
    rows = list(queries.rows_of(wanted, asked, seen_by=by))
    return queries.table(wanted, rows, asked, seen_by=by)


def cells(slug: str, asked: Asked, by: Actor) -> dict[str, list[str]]:
    return {line.name.text: [str(sum) for sum in line.sums] for line in table_of(slug, asked, by).lines}


def test_what_the_reports_say(clinic: Clinic, reader: Actor):
    live(clinic)
    asked = this_month()
    with acting_as(reader):
        assert cells("revenue-by-doctor", asked, reader) == {
            "Dr Sara Philip": ["14000.00", "-1000.10", "12999.90"], "No doctor named": ["800.00", "0.00", "800.00"],
        }  # fmt: skip
        assert cells("payments", asked, reader) == {
            "Cash": ["800.00", "-300.00", "500.00"], "Card": ["799.99", "0.00", "799.99"],
            "UPI": ["5000.00", "0.00", "5000.00"],
        }  # fmt: skip
        assert cells("receivables", asked, reader) == {"Meera Nair": ["10339.88", "0.00", "0.00", "0.00", "10339.88"]}
        assert cells("deposits", asked, reader) == {"Zubair Khan": ["500.00"]}
        assert cells("discounts", asked, reader) == {"Botulinum toxin, upper face": ["1000.10", "0.00", "1000.10"]}
        (tax,) = table_of("tax", asked, reader).lines
        assert [str(sum) for sum in tax.sums] == ["1169.99", "1169.99", "0.00", "2339.98"]
        assert table_of("accounts", asked, reader).totals[-1] == 0


@pytest.mark.parametrize("slug", REPORTS)
def test_each_agrees_with_the_ledger_and_with_what_is_under_it(clinic: Clinic, reader: Actor, slug: str):
    live(clinic)
    asked, wanted = this_month(), REPORTS[slug]
    with acting_as(reader):
        made = table_of(slug, asked, reader)
        whole = [sum(column, Decimal(0)) for column in zip(*(line.sums for line in made.lines), strict=True)]
        assert (whole or made.totals) == made.totals
        assert queries.agreement(wanted, asked, made.totals[-1], seen_by=reader).holds
        for line in made.lines:
            debit, credit = queries.sides(queries.postings_of(asked, wanted, line.key, seen_by=reader))
            assert (debit - credit) * wanted.sign == line.sums[-1], line
        assert queries.discrepancies(seen_by=reader) == []


def test_what_is_owed_grows_old(clinic: Clinic, reader: Actor):
    now = clock.now()
    for days in (100, 75, 45, 5):
        with clock.at(now - timedelta(days=days)):
            clinic.bill()
    with acting_as(reader):
        assert cells("receivables", this_month(), reader) == {"Meera Nair": ["800.00"] * 4 + ["3200.00"]}


def test_only_the_branch_that_is_theirs(clinic: Clinic, reader: Actor, signed_in: Callable[[str], Client]):
    live(clinic)
    other = people.add_branch(name="Chennai", code="CHE", state_code="33", by=clinic.system)
    here = Actor(kind=Kind.STAFF, name="Branch", organization_id=clinic.organization.pk,
                 grants=MappingProxyType({clinic.branch.pk: frozenset({"reports.view", "ledger.view"})}))  # fmt: skip
    asked = this_month()
    wanted = REPORTS["payments"]
    with acting_as(here):
        for branch_id in (None, other.pk):
            with pytest.raises(NotPermitted):
                queries.rows_of(wanted, Asked(asked.period, asked.today, branch_id), seen_by=here)
        own = Asked(asked.period, asked.today, clinic.branch.pk)
        assert len(queries.rows_of(wanted, own, seen_by=here)) == 3
    with acting_as(reader):
        assert not queries.rows_of(wanted, Asked(asked.period, asked.today, other.pk), seen_by=reader)
    with acting_as(clinic.stranger), pytest.raises(NotPermitted):
        queries.rows_of(wanted, asked, seen_by=clinic.stranger)
    assert signed_in("frontdesk").get("/reports").status_code == 403


def test_the_pages_and_the_files(clinic: Clinic, signed_in: Callable[[str], Client]):
    live(clinic)
    owner = signed_in("owner")
    for path in ("", "/day-book", "/commission", *(f"/{slug}" for slug in REPORTS)):
        page = owner.get(f"/reports{path}")
        assert page.status_code == 200, path
        assert "Does not agree" not in page.content.decode()
    assert "Bill KOC/" in owner.get("/reports/day-book").content.decode()
    assert "Botulinum" in owner.get(f"/reports/revenue-by-service/postings?key={clinic.botox.pk}").content.decode()
    refused = {"revenue-by-doctor/postings?key=nobody": 404, "nothing": 404, "payments?branch=x": 404,
               "payments?from=2026-02-31": 422, "payments?from=2026-02-02&until=2026-01-01": 422}  # fmt: skip
    for bad, status in refused.items():
        assert owner.get(f"/reports/{bad}").status_code == status, bad
    made = owner.get("/reports/payments.csv")
    rows = list(csv.reader(io.StringIO(b"".join(made.streaming_content).decode("utf-8-sig"))))
    assert rows[0] == ["Account", "Received", "Paid back", "Net"]
    assert rows[-1] == ["All", "6599.99", "-300.00", "6299.99"]
    book = b"".join(owner.get("/reports/day-book.xlsx").streaming_content)
    assert book[:2] == b"PK"
    for path in ("commission.xlsx", "revenue-by-doctor/postings.csv?key=none", "day-book.csv"):
        assert owner.get(f"/reports/{path}").status_code == 200


def test_the_same_as_json(clinic: Clinic, signed_in: Callable[[str], Client]):
    live(clinic)
    owner = signed_in("owner")
    assert len(owner.get("/api/reports").json()) == len(REPORTS)
    paid = owner.get("/api/reports/payments?period=month").json()
    assert (paid["totals"], paid["agrees_with_ledger"], paid["pages"]) == (["6599.99", "-300.00", "6299.99"], True, 1)
    under = owner.get("/api/reports/payments/postings?key=CASH&limit=1").json()
    assert (under["items"][0]["amount"], bool(under["next"])) == ("800.00", True)
    assert owner.get("/api/reports/day-book?limit=5").json()["next"]
    assert owner.get("/api/reports/proof").json() == []
    assert owner.get("/api/reports/gstr1/32AAAAA0000A1ZB/2020-02").json()["fp"] == "022020"
    term = {"percent": "10.00", "valid_from": "2020-01-01", "staff_kind": "DOCTOR"}
    made = owner.post("/api/reports/commission/terms", term, content_type="application/json")
    assert made.status_code == 201
    assert "1299.99" in [row["commission"] for row in owner.get("/api/reports/commission").json()]
    terms = f"/api/reports/commission/terms/{made.json()['id']}"
    ended = owner.patch(terms, {"valid_to": "2020-02-01"}, content_type="application/json")
    assert ended.json()["valid_to"] == "2020-02-01"
    assert len(owner.get("/api/reports/commission/terms").json()["items"]) == 1
    refused = {"nothing": 404, "payments?from=x": 422, "gstr1/32AAAAA0000A1ZB/2020-13": 422}
    for path, status in refused.items():
        assert owner.get(f"/api/reports/{path}").status_code == status, path
    assert signed_in("frontdesk").get("/api/reports/payments").status_code == 403


def test_a_list_costs_the_same_however_long(clinic: Clinic, reader: Actor):
    live(clinic)
    counts = []
    for more in (0, 10):
        for _ in range(more):
            clinic.bill()
        with acting_as(reader), CaptureQueriesContext(connections["default"]) as seen:
            table_of("receivables", this_month(), reader)
            rows = queries.postings_of(this_month(), seen_by=reader).select_related("entry")
            queries.shown(list(rows), seen_by=reader)
        counts.append(len(seen))
    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    ("asked", "days"),
    [
        ({}, (date(2026, 11, 1), date(2026, 11, 22))),
        ({"name": "week"}, (date(2026, 11, 16), date(2026, 11, 22))),
        ({"name": "quarter"}, (date(2026, 10, 1), date(2026, 11, 22))),
        ({"name": "year"}, (date(2026, 1, 1), date(2026, 11, 22))),
        ({"since": "2026-03-04", "until": "2026-03-09"}, (date(2026, 3, 4), date(2026, 3, 9))),
        ({"until": "2026-03-09"}, (date(2026, 3, 1), date(2026, 3, 9))),
    ],
)
def test_the_days_that_are_asked_for(asked: dict[str, str], days: tuple[date, date]):
    found = period_of(date(2026, 11, 22), **asked)
    assert (found.since, found.until) == days


@pytest.mark.parametrize(
    "asked", [{"since": "x"}, {"since": "2026-05-01", "until": "2026-04-01"}, {"since": "0001-01-01"}]
)
def test_days_that_are_refused(asked: dict[str, str]):
    with pytest.raises(Invalid):
        period_of(date(2026, 11, 22), **asked)
