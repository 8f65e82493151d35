"""Sealing: the finished part of the log gets a root, which is written outside before the seal counts."""

from datetime import datetime

from django.db import connection, transaction

from kalon.kernel import clock
from kalon.kernel.audit import merkle, outside
from kalon.kernel.errors import NotReady
from kalon.kernel.models.audit import AuditEvent, AuditSeal

MOST = 20_000  # rows in one batch, so that a proof and a check stay small
GENESIS = bytes(32)
LOCK = 0x6B616C6F  # one sealer at a time

Leaves = list[tuple[int, bytes]]


class SealRefused(Exception):
    """The table and the file outside disagree; nothing more is sealed until somebody has looked."""


def seal() -> list[AuditSeal]:
    """Seal everything that is finished, in batches; returns the new seals."""
    made = []
    while (one := _seal_one() or _look_again()) is not None:
        made.append(one)
    return made


def _look_again() -> AuditSeal | None:
    """A transaction of another database that ended while we looked is waited for once too often: look afresh."""
    return next((one for _ in range(2) if (one := _seal_one()) is not None), None)


def leaves_of(cluster: int, from_xact: int, to_xact: int) -> Leaves:
    """The ids and hashes of a range, as the database computes them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, leaf FROM kalon_audit_leaves(%s, %s, %s)", [cluster, from_xact, to_xact])
        return [(pk, bytes(leaf)) for pk, leaf in cursor.fetchall()]


def proof(event: AuditEvent) -> merkle.Proof:
    """That this entry is under a sealed root; `NotReady` while it is not sealed yet."""
    found = AuditSeal.objects.filter(cluster=event.cluster, from_xact__lte=event.xact, to_xact__gt=event.xact).first()
    if found is None:
        raise NotReady("This entry is not sealed yet. Ask again in a few minutes.")
    leaves = leaves_of(found.cluster, found.from_xact, found.to_xact)
    index = [pk for pk, _leaf in leaves].index(event.pk)
    with connection.cursor() as cursor:
        cursor.execute("SELECT kalon_audit_canonical(e) FROM kernel_auditevent e WHERE id = %s", [event.pk])
        (content,) = cursor.fetchone()
    steps = merkle.path([leaf for _pk, leaf in leaves], index)
    return merkle.Proof(found.number, content, steps, bytes(found.previous_root))


def accept_restore(reason: str) -> None:
    """Go on sealing after a backup was restored: the seals that it lacks are given up, and this is written down."""
    with transaction.atomic():
        _lock()
        last = _last_seal()
        outside.append(
            {
                "accepted": last.number if last else 0,
                "root": bytes(last.root).hex() if last else GENESIS.hex(),
                "reason": reason,
                "at": clock.now().isoformat(),
            }
        )


def _seal_one() -> AuditSeal | None:
    with transaction.atomic():
        _lock()
        last = _reconciled()
        with connection.cursor() as cursor:
            cursor.execute("SELECT cluster, from_xact, to_xact FROM kalon_audit_next(%s)", [MOST])
            batch = cursor.fetchone()
        if batch is None:
            return None
        new = _made(last, *batch, sealed_at=clock.now())
        outside.append(line_of(new))
        new.save(force_insert=True)
        return new


def _made(last: AuditSeal | None, cluster: int, from_xact: int, to_xact: int, *, sealed_at: datetime) -> AuditSeal:
    leaves = leaves_of(cluster, from_xact, to_xact)
    previous = bytes(last.root) if last else GENESIS
    hashes = [leaf for _pk, leaf in leaves]
    return AuditSeal(
        number=last.number + 1 if last else 1,
        cluster=cluster,
        from_xact=from_xact,
        to_xact=to_xact,
        count=len(leaves),
        root=merkle.chained(previous, merkle.root(hashes)),
        previous_root=previous,
        row_ids=[pk for pk, _leaf in leaves],
        leaves=b"".join(hashes),
        sealed_at=sealed_at,
    )


def _reconciled() -> AuditSeal | None:
    """The last seal, after taking in those that a crash left in the file but not in the table."""
    last, file = _last_seal(), outside.read()
    number = last.number if last else 0
    if last is not None and number not in file.seals and not file.is_accepted(number):
        raise SealRefused(f"{outside.path()} does not know seal {number}. {LOOK}")
    if last is not None and number in file.seals and file.seals[number]["root"] != bytes(last.root).hex():
        raise SealRefused(f"Seal {number} differs between the table and {outside.path()}. {LOOK}")
    for missing in range(number + 1, file.last + 1):
        last = _taken_in(last, missing, file)
    return last


def _taken_in(last: AuditSeal | None, number: int, file: outside.Outside) -> AuditSeal:
    line = file.seals.get(number)
    if line is not None:
        sealed_at = datetime.fromisoformat(line["sealed_at"])
        again = _made(last, line["cluster"], line["from_xact"], line["to_xact"], sealed_at=sealed_at)
        if line_of(again) == line:
            again.save(force_insert=True)
            return again
    raise SealRefused(f"{outside.path()} has seal {number}, and the rows under it are not in the table. {LOOK}")


LOOK = (
    "Run `./kalon audit verify`. If a backup was restored on purpose, accept it with "
    '`./kalon audit accept "why"`; otherwise the log was tampered with.'
)


def line_of(seal_row: AuditSeal) -> outside.Line:
    """A seal as its line in the file outside."""
    return {
        "number": seal_row.number,
        "cluster": seal_row.cluster,
        "from_xact": seal_row.from_xact,
        "to_xact": seal_row.to_xact,
        "count": seal_row.count,
        "root": bytes(seal_row.root).hex(),
        "previous_root": bytes(seal_row.previous_root).hex(),
        "sealed_at": seal_row.sealed_at.isoformat(),
    }


def _last_seal() -> AuditSeal | None:
    return AuditSeal.objects.order_by("-number").first()


def _lock() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
