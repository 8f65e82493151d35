"""A recall from its notice to its end: what is here is locked away, who has it is reached, each outcome is written."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from kalon.inventory import queries
from kalon.inventory.actions.freeing import give_free
from kalon.inventory.lifecycles import (
    BATCH,
    ISSUE,
    MANAGE,
    NOTICE,
    RECALL,
    TASK,
    UNIT,
    BatchStatus,
    RecallMark,
    TaskStatus,
    UnitStatus,
)
from kalon.inventory.models import (
    Batch,
    RecallHit,
    RecallNotice,
    RecallScope,
    RecallTask,
    Reservation,
    SerialUnit,
)
from kalon.inventory.queries import Affected
from kalon.inventory.rules import plain
from kalon.inventory.rules.recalls import Scope, tidied
from kalon.kernel import clock
from kalon.kernel.actors import EVERYWHERE, Actor
from kalon.kernel.errors import IllegalMove, Invalid
from kalon.kernel.numbers import next_number
from kalon.kernel.tenancy import verb
from kalon.messaging import actions as messaging
from kalon.people import queries as people

DO = "work on recalls"
CODE = "device-recall"


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeDetails:
    """What a notice says: from whom, about what, what is wrong and what to do."""

    title: str
    issued_by: str
    issued_on: date
    hazard: str
    reference: str = ""
    advice: str = ""
    due_on: date | None = None


@verb
def open_recall(details: NoticeDetails, scopes: Sequence[Scope], *, by: Actor) -> RecallNotice:
    """Begin a recall: what is in stock is locked away at once, what is reserved is released, its patients are listed.

    Invalid for a notice without its words, or one that names nothing.
    """
    by.must(RECALL, do=DO)
    for name, word in (("title", "what is recalled"), ("issued_by", "from whom it comes"), ("hazard", "what is wrong")):
        if not getattr(details, name).strip():
            raise Invalid(f"Write {word}.", field=name)
    if details.issued_on > clock.today(people.own_branch(by).timezone):
        raise Invalid("A notice is not from the future.", field="issued_on")
    if details.due_on and details.due_on < details.issued_on:
        raise Invalid("Patients are reached after the notice came.", field="due_on")
    covers = [tidied(scope) for scope in scopes]
    if not covers:
        raise Invalid("Say what is recalled: a lot, serials or a model.", field="model")
    notice = RecallNotice(
        organization_id=by.organization_id, number=f"RC-{next_number('recall'):04d}",
        title=details.title.strip()[:160],
        issued_by=details.issued_by.strip()[:120], reference=details.reference.strip()[:60],
        issued_on=details.issued_on,
        due_on=details.due_on, hazard=details.hazard.strip()[:2000], advice=details.advice.strip()[:2000],
        made_by_name=by.name[:120],
    )  # fmt: skip
    NOTICE.born(notice, name="open")
    for scope in covers:
        RecallScope.objects.create(
            organization_id=by.organization_id, notice=notice, item_id=scope.item_id, device_code=scope.device_code,
            model=scope.model, lot=scope.lot, serial_from=scope.serial_from, serial_to=scope.serial_to,
        )  # fmt: skip
    _lock_away(notice, by=_keeping(by))
    return notice


@verb
def tell_patients(notice_id: UUID, *, by: Actor) -> int:
    """Send each patient of a recall who was not told yet the word to call the clinic; how many were sent one.

    It goes out as a legal notice: whatever a patient declined. Who has left no address stays on the list to call.
    """
    notice = _open(notice_id, by=by)
    told = 0
    rows = RecallTask.objects.select_for_update(of=("self",)).select_related("patient", "branch")
    for task in rows.filter(notice=notice, told_at=None).exclude(status=TaskStatus.DONE).order_by("pk"):
        message = messaging.send(
            CODE, to_patient=task.patient, data={"branch": task.branch.name, "phone": task.branch.phone},
            once=f"{CODE} {task.pk}", branch=task.branch, about_id=task.pk, by=by,
        )  # fmt: skip
        if message is not None:
            task.told_at = clock.now()
            task.save(update_fields=["told_at"])
            told += 1
    return told


@verb
def call_again(task_id: UUID, *, by: Actor) -> RecallTask:
    """A call was not answered: it is counted, and the patient stays on the list."""
    task = _task(task_id, by=by)
    if task.status != TaskStatus.TO_REACH:
        raise IllegalMove("The patient was reached already. Write down what came of it.", status_is=task.status)
    task.calls += 1
    task.save(update_fields=["calls"])
    return task


@verb
def reach(task_id: UUID, *, by: Actor) -> RecallTask:
    """The patient was told; what is done for them is still open."""
    task = _task(task_id, by=by)
    TASK.move(task, "reach", by=by, calls=task.calls + 1)
    return task


@verb
def settle(task_id: UUID, outcome: str, note: str = "", *, by: Actor) -> RecallTask:
    """What came of it for this patient: written once, and kept."""
    task = _task(task_id, by=by)
    if outcome not in RecallTask.Outcome.values:
        raise Invalid("Choose what came of it.", field="outcome")
    if outcome == RecallTask.Outcome.UNREACHABLE and not note.strip():
        raise Invalid("Write how the patient was tried to be reached.", field="note")
    TASK.move(task, "settle", by=by, outcome=outcome, note=note.strip()[:2000], settled_by_name=by.name[:120])
    return task


@verb
def close_recall(notice_id: UUID, reason: str, *, by: Actor) -> RecallNotice:
    """End a recall once every patient of it has an outcome; what is locked away stays so."""
    notice = _open(notice_id, by=by)
    NOTICE.move(notice, "close", by=by, reason=reason)
    return notice


def _open(notice_id: UUID, *, by: Actor) -> RecallNotice:
    by.must(RECALL, do=DO)
    notice: RecallNotice = queries.recall(notice_id, seen_by=by, lock=True)
    return notice


def _task(task_id: UUID, *, by: Actor) -> RecallTask:
    by.must(RECALL, do=DO)
    return queries.recall_task(task_id, seen_by=by, lock=True)


def _keeping(by: Actor) -> Actor:
    """Whoever may open a recall may, by it alone, lock away what it covers and give its reservations free."""
    return replace(by, grants={EVERYWHERE: frozenset({RECALL, MANAGE, ISSUE})})


def _lock_away(notice: RecallNotice, *, by: Actor) -> None:
    """Hold everything that is covered, look at it once more, and put it where it cannot be taken."""
    seen = queries.affected(notice.pk, seen_by=by)
    pieces = sorted({one.unit_id for one in seen if one.unit_id})
    loose = sorted({one.batch_id for one in seen if one.unit_id is None})
    list(SerialUnit.objects.select_for_update().filter(pk__in=pieces).order_by("pk"))
    why = f"Recall {notice.number}"
    give_free(Reservation.objects.filter(unit__in=pieces), why, by=by)
    give_free(Reservation.objects.filter(batch_id__in=loose, unit=None), why, by=by)
    batches = list(Batch.objects.select_for_update().filter(pk__in=loose).order_by("pk"))
    found = queries.affected(notice.pk, seen_by=by)  # as it is now that nothing of it moves any more
    was = {_key(one): one.status for one in seen}
    RecallHit.objects.bulk_create(
        RecallHit(
            organization_id=notice.organization_id, notice=notice, item_id=one.item_id, batch_id=one.batch_id,
            unit_id=one.unit_id, quantity=one.quantity, was=was.get(_key(one), one.status),
        )
        for one in found
        if one.status != "GIVEN"
    )  # fmt: skip
    for batch in batches:
        if batch.status == BatchStatus.AVAILABLE:
            BATCH.move(batch, "quarantine", by=by, reason=why)
    units = SerialUnit.objects.filter(pk__in=pieces)
    for unit in units.filter(status=UnitStatus.IN_STOCK).order_by("pk"):
        UNIT.move(unit, "quarantine", by=by, reason=why)
    units.filter(status=UnitStatus.IMPLANTED).update(recall=RecallMark.ACTION_REQUIRED)
    units.exclude(status=UnitStatus.IMPLANTED).filter(recall=RecallMark.CLEAR).update(recall=RecallMark.AFFECTED)
    _list_patients(notice, found)


def _key(one: Affected) -> tuple[UUID, str]:
    """A piece, a batch on the shelves, or what of that batch is gone, and how."""
    gone = one.unit_id is None and one.status in RecallHit.GONE
    return one.unit_id or one.batch_id, one.status if gone else ""


def _list_patients(notice: RecallNotice, found: list[Affected]) -> None:
    """A task for each patient, whatever they have of it."""
    theirs: dict[UUID, list[Affected]] = defaultdict(list)
    for one in found:
        if one.patient_id:
            theirs[one.patient_id].append(one)
    for patient_id in sorted(theirs):
        have = theirs[patient_id]
        assert have[0].branch_id is not None  # whoever has something of it got it at a branch
        task = RecallTask(
            organization_id=notice.organization_id, patient_id=patient_id, notice=notice, branch_id=have[0].branch_id,
            what="; ".join(_said(one) for one in have)[:300],
        )  # fmt: skip
        TASK.born(task, name="list")


def _said(one: Affected) -> str:
    if one.unit_id:
        side = f", {one.side.lower()}" if one.side != "NONE" else ""
        return f"{one.item}, serial {one.serial}{side}"
    return f"{plain(one.quantity)} {one.unit} of {one.item}, lot {one.lot}"
