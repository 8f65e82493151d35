"""The books: five million postings to read from, and eight cashiers who write to them.

First a clinic whose eight clients take payments through HTTP: part payments of finalised bills, every tenth request
sent twice with its key. Then the books are filled with bills, payments and allocations of three years, by the books'
own role and past the verbs but through every trigger, and read: what a patient owes, the ageing of what is owed, a
day's close.
The same balance is also summed up from the postings, without the table that keeps it. At the end everything is proved.

    ./kalon bench ledger [--scale POSTINGS] [--json FILE]
"""

import http.client
import json
import random
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from benchmarks import _servers
from benchmarks._scratch import median, p99, progress

SCALE = 5_000_000  # postings
CLIENTS = 8
BILLS, PARTS = 150, 4
QUESTIONS = 300
DATABASE = "kalon_bench_ledger"
CHUNK = 20_000  # bills in a step
BILLS_PER_PATIENT = 25
PER_BILL = 5.6  # postings: two of the bill, four of its payment where it is paid, which nine of ten are

Figures = dict[str, float | int | str]


def run(scale: int = SCALE) -> Figures:
    """Measure, in a database of its own that is dropped afterwards."""
    with _servers.database(DATABASE) as here:
        clinic = _clinic()
        with _servers.served() as port:
            paid = _payments(clinic, port)
        filled = _fill(here, clinic, scale)
        return {**paid, **filled, **_read(here, clinic, scale), **_prove(clinic)}


def _clinic() -> dict[str, Any]:
    from kalon.billing import actions as billing
    from kalon.kernel import actors, clock
    from kalon.kernel.tenancy import acting_as
    from kalon.patients import actions as patients
    from kalon.patients.rules import PatientDetails
    from kalon.people import actions as people
    from kalon.people.queries import staff_actor

    birth = actors.system("benchmark")
    organization = people.create_organization("Five million", code="FM", by=birth)
    system = actors.system("benchmark", organization.pk)
    with acting_as(system):
        branch = people.add_branch(name="Kochi", code="KOC", timezone="Asia/Kolkata", by=system)
        desk = people.add_staff(
            "Sini Paul", kind="DESK", email="desk@books.example", roles={None: ["owner"]}, by=system
        )
        assert desk.user is not None
        by = staff_actor(desk.user)
        assert by is not None
        token = people.issue_own_token("benchmark", by=by)
    bills = []
    for number in range(BILLS):
        details = PatientDetails(
            given_name="Ananya", family_name=_name(number), birth_date="1994-03-14", gender="female",
            phone=f"+9198461{number:05d}", confirmed_not_duplicate=True,
        )  # fmt: skip
        patient = patients.register(details, by=by)
        bill = billing.draft_bill(patient.pk, branch.pk, by=by)
        line = billing.LineDetails(description="Treatment", unit_price=Decimal(1000))
        billing.add_line(bill.pk, line, by=by)
        bills.append(billing.finalize(bill.pk, by=by).pk)
        progress(number + 1, BILLS, "bills")
    return {
        "system": system, "by": by, "branch": branch, "organization": organization, "token": token, "bills": bills,
        "today": clock.today(branch.timezone),
    }  # fmt: skip


def _name(number: int) -> str:
    """Names that differ, in letters alone."""
    return "Iyer" + "abcdefghij"[number % 10] * (1 + number // 10)


# -- eight cashiers


def _payments(clinic: dict[str, Any], port: int) -> Figures:
    requests = [
        (bill, json.dumps({"method": method, "amount": "250.00", "key": str(uuid4())}).encode())
        for bill in clinic["bills"]
        for method in ("CASH", "CARD", "UPI", "CASH")[:PARTS]
    ]
    random.Random(8).shuffle(requests)
    sent = [one for number, one in enumerate(requests) for _ in range(2 if number % 10 == 0 else 1)]
    times: list[float] = []
    waiting, turn = iter(sent), threading.Lock()
    headers = {"Authorization": f"Bearer {clinic['token']}", "Content-Type": "application/json"}
    strange: list[str] = []

    def client() -> None:
        link = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        while True:
            with turn:
                one = next(waiting, None)
            if one is None:
                link.close()
                return
            begun = time.perf_counter()
            link.request("POST", f"/api/bills/{one[0]}/payments", one[1], headers)
            answer = link.getresponse()
            body = answer.read()
            times.append(time.perf_counter() - begun)
            if answer.status != 201:
                strange.append(f"{answer.status} {body[:200]!r}")

    clients = [threading.Thread(target=client) for _ in range(CLIENTS)]
    begun = time.perf_counter()
    for one in clients:
        one.start()
    for one in clients:
        one.join()
    seconds = time.perf_counter() - begun
    if strange:
        raise SystemExit(f"{len(strange)} payments were answered in another way, first: {strange[0]}")
    return {
        "payments_requests": len(sent), "payments_count": len(requests),
        "payments_per_second": round(len(sent) / seconds, 1),
        "payment_median_ms": median(times), "payment_p99_ms": p99(times),
    }  # fmt: skip


# -- three years of books

FILL = """
WITH made AS (
    SELECT n, md5('bill' || n)::uuid AS bill, md5('patient' || n / %(per_patient)s::int)::uuid AS patient,
        %(today)s::date - (n %% 1095) AS day, (500 + n %% 9500)::numeric(14, 2) AS amount,
        (ARRAY['CASH', 'CARD', 'UPI', 'ONLINE'])[1 + n %% 4] AS tender
    FROM generate_series(%(first)s::int, %(last)s::int) AS n
), kinds (kind, place) AS (VALUES ('BILL', 0), ('PAYMENT', 1), ('ALLOCATION', 2)
), wanted AS (
    SELECT made.*, kind, %(base)s::bigint + n * 3 + place AS id FROM made CROSS JOIN kinds
    WHERE kind = 'BILL' OR n %% 10 <> 0
), entries AS (
    INSERT INTO ledger_entry (id, organization_id, branch_id, patient_id, kind, date, occurred_at, currency,
            source_table, source_id, by_name)
        SELECT id, %(organization)s, %(branch)s, patient, kind, day, day, 'INR', 'bench', bill, 'bench' FROM wanted
        RETURNING id
)
INSERT INTO ledger_posting (organization_id, entry_id, branch_id, date, account, amount, patient_id, bill_id)
    SELECT %(organization)s, wanted.id, %(branch)s, day, side.account, side.amount, patient,
        CASE WHEN kind <> 'PAYMENT' THEN bill END
    FROM wanted CROSS JOIN LATERAL (VALUES
        (CASE kind WHEN 'BILL' THEN 'RECEIVABLE' WHEN 'PAYMENT' THEN tender ELSE 'ADVANCES' END, amount),
        (CASE kind WHEN 'BILL' THEN 'REVENUE' WHEN 'PAYMENT' THEN 'ADVANCES' ELSE 'RECEIVABLE' END, -amount)
    ) AS side (account, amount)
"""


def _fill(here: Any, clinic: dict[str, Any], scale: int) -> Figures:
    import psycopg

    bills = max(int(scale / PER_BILL), 1)
    begun = time.perf_counter()
    with psycopg.connect(here.dsn("kalon_owner"), autocommit=False) as link:
        for first in range(0, bills, CHUNK):
            link.execute("SET LOCAL ROLE kalon_reviewed")
            facts = {
                "first": first, "last": min(first + CHUNK, bills) - 1, "base": 10**9, "today": clinic["today"],
                "organization": clinic["organization"].pk, "branch": clinic["branch"].pk,
                "per_patient": BILLS_PER_PATIENT,
            }  # fmt: skip
            link.execute(FILL, facts)
            link.commit()
            progress(min(first + CHUNK, bills), bills, "bills in the books")
    seconds = time.perf_counter() - begun
    _servers.sql(here, DATABASE, "VACUUM ANALYZE ledger_entry, ledger_posting, ledger_balance")
    count = _servers.sql(here, DATABASE, "SELECT count(*) FROM ledger_posting")[0][0]
    return {"postings_count": count, "filled_per_second": round(count / seconds)}


def _read(here: Any, clinic: dict[str, Any], scale: int) -> Figures:
    from kalon.ledger import queries
    from kalon.ledger.models import Posting

    by, dice = clinic["system"], random.Random(5)
    patients = [_patient(dice.randrange(max(int(scale / PER_BILL) // BILLS_PER_PATIENT, 1))) for _ in range(QUESTIONS)]
    asked = iter(patients)
    again = iter(patients)
    days = iter([clinic["today"] - timedelta(days=dice.randrange(1095)) for _ in range(QUESTIONS)])

    def summed(patient: UUID) -> Decimal:
        rows = Posting.objects.filter(patient_id=patient, account="RECEIVABLE")
        return sum(rows.values_list("amount", flat=True), Decimal(0))

    return {
        **_timed("balance", QUESTIONS, by, lambda: queries.balance_of(next(asked), "RECEIVABLE", seen_by=by)),
        **_timed("balance_summed", QUESTIONS, by, lambda: summed(next(again))),
        **_timed("ageing", 5, by, lambda: queries.ageing("RECEIVABLE", on=clinic["today"], seen_by=by)),
        **_timed("day", 50, by, lambda: _day(next(days), clinic)),
    }


def _day(day: Any, clinic: dict[str, Any]) -> Any:
    from kalon.ledger import queries

    return queries.totals(day, day, branch_id=clinic["branch"].pk, seen_by=clinic["system"])


def _timed(what: str, times: int, by: Any, ask: Callable[[], Any]) -> Figures:
    """How long a question takes, how many statements it asks, and that it has an answer."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from kalon.kernel.tenancy import acting_as

    seconds, answers, statements = [], 0, 0
    with acting_as(by):
        for _ in range(times):
            with CaptureQueriesContext(connection) as asked:
                begun = time.perf_counter()
                answers += bool(ask())
                seconds.append(time.perf_counter() - begun)
            statements = len(asked)
    if not answers:
        raise SystemExit(f"{what}: nothing was answered, so nothing was measured.")
    return {
        f"{what}_count": times, f"{what}_answered": answers, f"{what}_statements": statements,
        f"{what}_median_ms": median(seconds), f"{what}_p99_ms": p99(seconds),
    }  # fmt: skip


def _prove(clinic: dict[str, Any]) -> Figures:
    from kalon.kernel.tenancy import acting_as
    from kalon.ledger import queries

    with acting_as(clinic["system"]):
        begun = time.perf_counter()
        found = queries.proof(seen_by=clinic["system"])
        seconds = time.perf_counter() - begun
    if found:
        raise SystemExit(f"The books do not agree: {found[0]}")
    return {"proof_seconds": round(seconds, 1), "discrepancies": len(found)}


def _patient(number: int) -> UUID:
    import hashlib

    return UUID(hashlib.md5(f"patient{number}".encode(), usedforsecurity=False).hexdigest())
