"""The store: eight clients who reserve, use and implant at once, then a recall among five million stock movements.

First eight clients of one theatre want the same pieces and the same batches through HTTP; every tenth use is sent twice
with its key. Then the ledger is filled by plain SQL, past the triggers (a movement that goes through them re-counts its
batch, which is what the first part measures), and each lot that is asked for is a notice of its own: everything it
covers, pieces, shelves and patients, in one question.

    ./kalon bench recall [--scale MOVEMENTS] [--json FILE]
"""

import http.client
import json
import random
import threading
import time
from collections import Counter
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from benchmarks import _servers
from benchmarks._scratch import median, p99, progress

SCALE = 5_000_000  # movements
CLIENTS = 8
PIECES, BATCHES, REQUESTS = 60, 6, 800
QUESTIONS = 400
DATABASE = "kalon_bench_recall"
PER_BATCH = 50  # movements of a batch: it came, and went to forty-nine patients
LOTS = 25  # batches of an item
CHUNK = 4_000  # batches in a step

Figures = dict[str, float | int | str]


def run(scale: int = SCALE) -> Figures:
    """Measure, in a database of its own that is dropped afterwards."""
    with _servers.database(DATABASE) as here:
        theatre = _theatre()
        with _servers.served() as port:
            rushed = _rush(theatre, port)
        proved = _prove(theatre)
        return {**rushed, **proved, **_fill(here, theatre, scale), **_ask(here, theatre, scale)}


def _theatre() -> dict[str, Any]:
    from kalon.inventory.tests.theatre import open_both
    from kalon.kernel import clock
    from kalon.kernel.tenancy import acting_as
    from kalon.people import actions as people
    from kalon.people.queries import staff_actor
    from kalon.scheduling.tests.clinic import EIGHT

    with clock.at(EIGHT):
        made = open_both()
        units = made.take_in(*(f"S{number:03d}" for number in range(PIECES)))
        for number in range(BATCHES):
            made.receive("40", f"M{number}", 100 + number)
        with acting_as(made.system):
            staff = people.add_staff(
                "Reshma Nambiar", kind="OTHER", email="store@books.example", roles={None: ["owner"]}, by=made.system
            )
            assert staff.user is not None
            by = staff_actor(staff.user)
            assert by is not None
            token = people.issue_own_token("benchmark", by=by)
    return {"made": made, "units": units, "token": token, "by": by}


# -- eight at once


def _rush(theatre: dict[str, Any], port: int) -> Figures:
    made, dice = theatre["made"], random.Random(8)
    patient, branch = str(made.plan.patient_id), str(made.visit.clinic.branch.pk)
    day, mesh, place = made.day().isoformat(), str(made.mesh.pk), str(made.store.pk)
    using = {"item_id": mesh, "quantity": "1", "patient_id": patient, "branch_id": branch}
    cases = [(str(plan.pk), str(case.pk)) for plan, case in
             ((made.plan, made.case), (made.other_plan, made.other_case))]  # fmt: skip
    reserving, consuming = "inventory/reservations", "inventory/uses"

    def one(number: int) -> tuple[str, dict[str, Any]]:
        plan, case = dice.choice(cases)
        unit, side = dice.choice(theatre["units"]), dice.choice(("LEFT", "RIGHT"))
        match number % 4:
            case 0:
                return reserving, {"plan_id": plan, "needed_on": day, "unit_id": str(unit.pk)}
            case 1:
                return reserving, {"plan_id": plan, "needed_on": day, "item_id": mesh, "location_id": place}
            case 2:
                return consuming, {**using, "plan_id": plan, "source": f"case:{case}", "key": str(uuid4())}
            case _:
                return f"surgical-cases/{case}/used", {"code": unit.udi, "side": side, "is_second": True}

    asked = [one(number) for number in range(REQUESTS)]
    dice.shuffle(asked)
    keyed = [request for request in asked if request[0] == consuming][::10]
    waiting, turn = iter([*asked, *keyed]), threading.Lock()
    headers = {"Authorization": f"Bearer {theatre['token']}", "Content-Type": "application/json"}
    times: list[float] = []
    answers: Counter[int] = Counter()
    strange: list[str] = []

    def client() -> None:
        link = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        while True:
            with turn:
                request = next(waiting, None)
            if request is None:
                link.close()
                return
            begun = time.perf_counter()
            link.request("POST", f"/api/{request[0]}", json.dumps(request[1]).encode(), headers)
            answer = link.getresponse()
            body = answer.read()
            times.append(time.perf_counter() - begun)
            answers[answer.status] += 1
            if answer.status not in (200, 201, 409):
                strange.append(f"{request} {answer.status} {body[:300]!r}")

    clients = [threading.Thread(target=client) for _ in range(CLIENTS)]
    begun = time.perf_counter()
    for each in clients:
        each.start()
    for each in clients:
        each.join()
    seconds = time.perf_counter() - begun
    if strange:
        raise SystemExit(f"{len(strange)} requests were answered in another way, first: {strange[0]}")
    done = answers[200] + answers[201]  # a scan in theatre answers 200
    if not done:
        raise SystemExit("Nothing was reserved or used, so nothing was measured.")
    return {
        "rush_requests": sum(answers.values()), "rush_done_count": done, "rush_refused": answers[409],
        "rush_per_second": round(sum(answers.values()) / seconds, 1), "rush_median_ms": median(times),
        "rush_p99_ms": p99(times),
    }  # fmt: skip


def _prove(theatre: dict[str, Any]) -> Figures:
    """Negatives, promises beyond what is there, pieces used twice, keys used twice: each counted in the tables."""
    from django.db.models import Count, F, Q

    from kalon.inventory import queries
    from kalon.inventory.models import Balance, Implant, Movement
    from kalon.kernel.tenancy import acting_as

    system = theatre["made"].system
    with acting_as(system):
        issued = Movement.objects.filter(kind="ISSUED")
        pieces = issued.exclude(unit=None).order_by().values("unit").annotate(times=Count("pk"))
        found = {
            "negatives": Balance.objects.filter(Q(quantity__lt=0) | Q(held__gt=F("quantity"))).count(),
            "double_use_of_a_serial": pieces.filter(times__gt=1).count(),
            "double_use_of_a_key": issued.exclude(key="").order_by().values("key").annotate(times=Count("pk"))
            .filter(times__gt=1).count(),
            "mismatches": len(queries.mismatches(seen_by=system)),
        }  # fmt: skip
        implanted = Implant.objects.count()
        used = issued.filter(unit=None).count()
    if any(found.values()) or not implanted or not used:
        raise SystemExit(f"The store does not agree, or nothing was used: {found}, {implanted} implanted, {used} used")
    return {**found, "implanted_count": implanted, "used_count": used}


# -- five million movements

FILL = """
WITH lots AS (
    SELECT n, md5('batch' || n)::uuid AS batch, md5('item' || n / %(lots)s::int)::uuid AS item
    FROM generate_series(%(first)s::int, %(last)s::int) AS n
), items AS (
    INSERT INTO inventory_item (id, created_at, organization_id, name, kind, unit, step, units_per_pack, generic,
            strength, form, manufacturer, hsn, tax_code, price, reorder_level, needs_batch, needs_expiry, needs_serial,
            device_code, model, size, shape, is_active)
        SELECT DISTINCT item, now(), %(organization)s::uuid, 'Item ' || n / %(lots)s::int, 'INJECTABLE', 'ml', 1, 1, '',
            '', '', 'Bench', '', '', 0, 0, true, true, false, '', 'B-' || n / %(lots)s::int, '', '', true
        FROM lots WHERE n %% %(lots)s::int = 0
), batches AS (
    INSERT INTO inventory_batch (id, created_at, organization_id, item_id, number, expires_on, status, status_at)
        SELECT batch, now(), %(organization)s::uuid, item, 'LOT' || n, current_date + 300, 'AVAILABLE', now() FROM lots
), balances AS (
    INSERT INTO inventory_balance (id, created_at, organization_id, location_id, batch_id, item_id, quantity, held)
        SELECT gen_random_uuid(), now(), %(organization)s::uuid, %(place)s::uuid, batch, item, 60 - %(per)s::int + 1, 0
        FROM lots
)
INSERT INTO inventory_movement (id, created_at, organization_id, kind, item_id, batch_id, quantity, from_location_id,
        to_location_id, pick, patient_id, source_kind, source_id, key, reason, supplier, reference, made_by_name)
    SELECT gen_random_uuid(), now() - (turn || ' days')::interval, %(organization)s::uuid,
        CASE turn WHEN 0 THEN 'RECEIVED' ELSE 'ISSUED' END, item, batch, CASE turn WHEN 0 THEN 60 ELSE 1 END,
        CASE WHEN turn > 0 THEN %(place)s::uuid END, CASE WHEN turn = 0 THEN %(place)s::uuid END,
        CASE WHEN turn > 0 THEN 'NAMED' ELSE '' END,
        CASE WHEN turn > 0 THEN md5('patient' || (n * 31 + turn * 7) %% 200000)::uuid END,
        CASE WHEN turn > 0 THEN 'case' ELSE '' END, CASE WHEN turn > 0 THEN batch END, '', '', '', '', 'bench'
    FROM lots CROSS JOIN generate_series(0, %(per)s::int - 1) AS turn
"""


def _fill(here: Any, theatre: dict[str, Any], scale: int) -> Figures:
    import psycopg

    from kalon.config import postgres

    made, batches = theatre["made"], max(scale // PER_BATCH, LOTS)
    begun = time.perf_counter()
    facts = {
        "lots": LOTS, "per": PER_BATCH, "organization": made.visit.clinic.organization_id, "place": made.store.pk,
    }  # fmt: skip
    with psycopg.connect(postgres.superuser_dsn(here), dbname=DATABASE, autocommit=False) as link:
        for first in range(0, batches, CHUNK):
            link.execute("SET LOCAL session_replication_role = replica")
            link.execute(FILL, {**facts, "first": first, "last": min(first + CHUNK, batches) - 1})
            link.commit()
            progress(min(first + CHUNK, batches), batches, "batches in the ledger")
    seconds = time.perf_counter() - begun
    tables = "inventory_item, inventory_batch, inventory_balance, inventory_movement, inventory_serialunit"
    _servers.sql(here, DATABASE, f"VACUUM ANALYZE {tables}")
    count = _servers.sql(here, DATABASE, "SELECT count(*) FROM inventory_movement")[0][0]
    return {"movements_count": count, "filled_per_second": round(count / seconds)}


def _ask(here: Any, theatre: dict[str, Any], scale: int) -> Figures:
    """Notices for lots at random: each asked for everything it covers; then the ledger is asked as a page asks it."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from kalon.inventory import queries
    from kalon.inventory.lifecycles import NOTICE
    from kalon.inventory.models import RecallNotice, RecallScope
    from kalon.kernel import clock
    from kalon.kernel.tenancy import acting_as

    by, dice = theatre["by"], random.Random(5)
    batches = max(scale // PER_BATCH, LOTS)
    today = clock.today("Asia/Kolkata")
    lots = [dice.randrange(batches) for _ in range(QUESTIONS)]
    notices: list[UUID] = []
    with acting_as(by):
        for number, lot in enumerate(lots):
            notice = RecallNotice(
                organization_id=by.organization_id, number=f"B-{number}", title="Bench", issued_by="Bench",
                issued_on=today - timedelta(days=1), hazard="Bench", made_by_name="Bench",
            )  # fmt: skip
            NOTICE.born(notice, name="open")
            RecallScope.objects.create(
                organization_id=by.organization_id, notice=notice, model=f"B-{lot // LOTS}", lot=f"LOT{lot}"
            )
            notices.append(notice.pk)
    seconds, found, patients, statements = [], 0, 0, 0
    for notice_id in notices:
        with acting_as(by), CaptureQueriesContext(connection) as asked:
            begun = time.perf_counter()
            rows = queries.affected(notice_id, seen_by=by)
            seconds.append(time.perf_counter() - begun)
        statements = max(statements, sum("WITH covered" in one["sql"] for one in asked.captured_queries))
        found += len(rows)
        patients += sum(row.patient_id is not None for row in rows)
        expected = Decimal(60 - PER_BATCH + 1)
        if sum((row.quantity for row in rows if row.patient_id is None), Decimal(0)) != expected:
            raise SystemExit(f"A notice found other than what is on the shelf: {rows[:3]}")
    if not patients:
        raise SystemExit("No patient was found, so nothing was measured.")
    return {
        "recall_count": len(notices), "recall_statements": statements, "recall_rows": found,
        "recall_patients": patients, "recall_median_ms": median(seconds), "recall_p99_ms": p99(seconds),
    }  # fmt: skip
