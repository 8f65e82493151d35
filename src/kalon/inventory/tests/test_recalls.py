"""A recall: what is here is locked away at once, its patients are told, and it ends when each has an outcome."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kalon.inventory import actions, queries
from kalon.inventory.actions import NoticeDetails, Scope
from kalon.inventory.lifecycles import NOTICE, TASK
from kalon.inventory.models import RecallHit, RecallNotice, RecallTask, Reservation
from kalon.inventory.rules.recalls import read_file
from kalon.inventory.tests.sql import DENIED, DONE, at_commit, attack
from kalon.inventory.tests.test_unit_guards import WHY, status, tried
from kalon.inventory.tests.theatre import GTIN, Theatre
from kalon.kernel.errors import DomainError, IllegalMove, Invalid, NotPermitted, NotReady
from kalon.kernel.tenancy import acting_as
from kalon.messaging.models import Message
from kalon.patients import actions as patients

NOTE = NoticeDetails(
    title="Lunara Round 295, lot L7",
    issued_by="Lunara Medical",
    issued_on=date(2026, 11, 20),
    hazard="Shell weakness.",
    advice="Ultrasound within a month.",
    due_on=date(2026, 12, 4),
)
LOT = (Scope(device_code=GTIN, lot="L7"),)


def opened(theatre: Theatre, scopes: Any = LOT, **more: Any) -> RecallNotice:
    return actions.open_recall(NOTE, scopes, **{"by": theatre.visit.clinic.owner, **more})


def the_task(theatre: Theatre) -> RecallTask:
    with acting_as(theatre.system):
        return RecallTask.objects.select_related("patient").get()


def test_everything_of_it_is_found_and_locked_away(theatre: Theatre):
    shelf, held, inside, gone, thrown = theatre.take_in("S1", "S2", "S3", "S4", "S5")
    (other,) = theatre.take_in("S9", lot="L8")
    row = theatre.reserve(held)
    theatre.implanted(inside)
    actions.return_unit(gone.pk, "Wrong size", by=theatre.keeper)
    actions.waste_unit(thrown.pk, "Dropped", by=theatre.keeper)
    notice = opened(theatre)
    found = {unit.serial: (theatre.now(unit).status, theatre.now(unit).recall)
             for unit in (shelf, held, inside, gone, thrown, other)}  # fmt: skip
    assert found == {
        "S1": ("QUARANTINED", "AFFECTED"), "S2": ("QUARANTINED", "AFFECTED"), "S3": ("IMPLANTED", "ACTION_REQUIRED"),
        "S4": ("RETURNED", "AFFECTED"), "S5": ("WASTED", "AFFECTED"), "S9": ("IN_STOCK", "CLEAR"),
    }  # fmt: skip
    assert theatre.now(row).status == "RELEASED"
    with acting_as(theatre.system):
        was = dict(RecallHit.objects.values_list("unit__serial", "was"))
    assert was == {"S1": "IN_STOCK", "S2": "RESERVED", "S3": "IMPLANTED", "S4": "RETURNED", "S5": "WASTED"}
    task = the_task(theatre)
    assert (task.patient_id, task.what) == (theatre.plan.patient_id, "Lunara Round 295, serial S3, left")
    assert notice.number == "RC-0001"
    for attempt, sentence in (
        (lambda: theatre.reserve(shelf), "recalled"),
        (lambda: theatre.implanted(shelf), "recalled"),
        (lambda: actions.release_unit(shelf.pk, "Fine", by=theatre.keeper), "only be sent back"),
        (lambda: theatre.take_in("S6"), "called back"),
    ):
        with pytest.raises(DomainError, match=sentence):
            attempt()
    assert actions.return_unit(shelf.pk, "Recall", by=theatre.keeper).status == "RETURNED"


def test_a_filler_by_its_lot_and_whom_it_was_given(theatre: Theatre):
    batch = theatre.receive("10", "M1").batch_id
    (row,) = theatre.reserve_mesh("2")
    using = {"patient_id": theatre.plan.patient_id, "source": f"visit:{uuid4()}", "by": theatre.surgeon}
    actions.consume(item_id=theatre.mesh.pk, quantity=Decimal(3), branch_id=theatre.visit.clinic.branch.pk, **using)
    opened(theatre, [Scope(item_id=theatre.mesh.pk, lot="m1")])
    assert (theatre.balance(batch), theatre.now(row).status) == ((7, 0), "RELEASED")
    assert the_task(theatre).what == "3 piece of Support mesh, lot M1"
    with pytest.raises(IllegalMove, match="called back"):
        actions.release_batch(batch, "Fine", by=theatre.keeper)
    with pytest.raises(IllegalMove, match="called back"):
        theatre.receive("1", "M1")


def test_by_model_and_by_a_range_of_serials(theatre: Theatre):
    theatre.take_in("A07", "A08", "A12", "B01", "A100")
    notice = opened(theatre, [Scope(model="lr-295", serial_from="A08", serial_to="A12")])
    with acting_as(theatre.system):
        found = queries.affected(notice.pk, seen_by=theatre.system)
    assert sorted(one.serial for one in found) == ["A08", "A12"]


def test_patients_are_told_once_called_and_settled_and_then_it_closes(theatre: Theatre):
    (unit,) = theatre.take_in("S1")
    theatre.implanted(unit)
    notice, by = opened(theatre), theatre.visit.clinic.owner
    assert actions.tell_patients(notice.pk, by=by) == 0  # who has left no address is called
    known = the_task(theatre).patient_id
    patients.correct(
        known,
        {"phone": "+919847055218", "birth_date": date(1990, 5, 17)},
        version=1,
        reason="She wrote it down",
        by=theatre.system,
    )
    assert (actions.tell_patients(notice.pk, by=by), actions.tell_patients(notice.pk, by=by)) == (1, 0)
    task = the_task(theatre)
    with acting_as(theatre.system):
        (message,) = Message.objects.filter(about_id=task.pk)
    assert message.patient_id == task.patient_id
    actions.call_again(task.pk, by=by)
    assert actions.reach(task.pk, by=by).calls == 2
    with pytest.raises(NotReady, match="1 patient has no outcome"):
        actions.close_recall(notice.pk, "Done", by=by)
    for outcome, note in (("", ""), ("GUESS", ""), ("UNREACHABLE", " ")):
        with pytest.raises(Invalid):
            actions.settle(task.pk, outcome, note, by=by)
    done = actions.settle(task.pk, "WELL", "Ultrasound is normal", by=by)
    assert (done.status, theatre.now(task).outcome) == ("DONE", "WELL")
    with pytest.raises(IllegalMove):
        actions.settle(task.pk, "DIED", by=by)
    with pytest.raises(IllegalMove):
        actions.call_again(task.pk, by=by)
    assert actions.close_recall(notice.pk, "All seen", by=by).status == "CLOSED"
    assert theatre.now(unit).recall == "ACTION_REQUIRED"


@pytest.mark.parametrize(
    ("change", "field"),
    [({"title": " "}, "title"), ({"issued_by": ""}, "issued_by"), ({"hazard": ""}, "hazard"),
     ({"issued_on": date(2026, 12, 1)}, "issued_on"), ({"due_on": date(2026, 11, 1)}, "due_on")],
)  # fmt: skip
def test_a_notice_that_is_not_whole(theatre: Theatre, change: dict[str, Any], field: str):
    from dataclasses import replace

    with pytest.raises(Invalid) as refusal:
        actions.open_recall(replace(NOTE, **change), LOT, by=theatre.visit.clinic.owner)
    assert refusal.value.field == field
    for scopes in ([], [Scope(lot="L7")], [Scope(model="X", serial_from="A9", serial_to="A10")]):
        with pytest.raises(Invalid):
            opened(theatre, scopes)
    assert theatre.count(RecallNotice) == 0


def test_the_file_of_a_notice():
    text = "\ufeffGTIN;Lot;Serial from;Serial to\n9501101020917;l7;;\n09501101020917;;A1;A9\n\n"
    assert read_file(text.encode()) == [
        Scope(device_code=GTIN, lot="L7"), Scope(device_code=GTIN, serial_from="A1", serial_to="A9"),
    ]  # fmt: skip
    assert read_file(b"model,serial\nLR-295,a1") == [Scope(model="LR-295", serial_from="A1", serial_to="A1")]
    for wrong, sentence in (
        (b"lot\nL7", "needs a column"), (b"", "needs a column"), (b"model,lot\n", "names nothing"),
        (b"gtin\n9501101020918", "Line 2: The check digit"), (b"\xff\xfe", "UTF-8"), (b"gtin\n\x00", "not a CSV"),
        (b"model,lot\n,L7", "Line 2: Say which"),
    ):  # fmt: skip
        with pytest.raises(Invalid, match=sentence):
            read_file(wrong)


@given(st.binary(max_size=200))
def test_any_file_is_read_or_refused_in_words(content: bytes):
    try:
        found = read_file(content)
    except Invalid as refusal:
        found = []
        text = refusal.detail
        assert text
    assert all(scope.device_code or scope.model for scope in found)


def test_who_has_no_right_opens_and_settles_nothing(theatre: Theatre):
    (unit,) = theatre.take_in("S1")
    theatre.implanted(unit)
    nobody = theatre.visit.clinic.nobody
    with pytest.raises(NotPermitted):
        opened(theatre, by=nobody)
    notice = opened(theatre)
    task = the_task(theatre)
    for attempt in (
        lambda: actions.tell_patients(notice.pk, by=nobody), lambda: actions.close_recall(notice.pk, "x", by=nobody),
        lambda: actions.call_again(task.pk, by=nobody), lambda: actions.reach(task.pk, by=nobody),
        lambda: actions.settle(task.pk, "WELL", by=nobody),
    ):  # fmt: skip
        with pytest.raises(NotPermitted):
            attempt()
    assert (theatre.now(task).status, theatre.now(notice).status) == ("TO_REACH", "OPEN")


def test_past_every_line_of_python(theatre: Theatre):
    (unit, inside) = theatre.take_in("S1", "S2")
    batch = theatre.receive("5", "M1").batch_id
    theatre.implanted(inside)
    by = theatre.system
    mark = "UPDATE inventory_serialunit SET recall = %s WHERE id = %s"
    assert attack(mark, ["ACTION_REQUIRED", inside.pk], by=by) == "inventory_serialunit_recall_said"
    notice = opened(theatre, [*LOT, Scope(item_id=theatre.mesh.pk, lot="M1")])
    assert attack(mark, ["CLEAR", unit.pk], by=by) == "inventory_serialunit_recall_said"
    free = "UPDATE inventory_batch SET status = 'AVAILABLE' WHERE id = %s"
    assert at_commit((WHY, []), (free, [batch]), by=by) == "inventory_batch_called_back"
    assert at_commit((WHY, []), status(unit, "IN_STOCK"), by=by) == "inventory_serialunit_status_moves"
    copy = """INSERT INTO inventory_serialunit (id, created_at, organization_id, item_id, batch_id, serial, udi, status,
        status_at, recall) SELECT %s, kalon_now(), organization_id, item_id, batch_id, 'S8', '', 'IN_STOCK',
        kalon_now(), 'CLEAR' FROM inventory_serialunit WHERE id = %s"""
    assert attack(copy, [uuid4(), unit.pk], by=by) == "inventory_serialunit_called_back"
    shut = "UPDATE inventory_recallnotice SET status = 'CLOSED' WHERE id = %s"
    assert at_commit((WHY, []), (shut, [notice.pk]), by=by) == "inventory_recallnotice_settled"
    for table in ("scope", "hit"):
        assert attack(f"DELETE FROM inventory_recall{table}", by=by) == DENIED
        assert attack(f"UPDATE inventory_recall{table} SET created_at = now()", by=by) == DENIED
    task = the_task(theatre)
    with acting_as(by):
        for source in ("TO_REACH", "REACHED"):
            for target in {"TO_REACH", "REACHED", "DONE"} - {source}:
                found = tried("inventory_recalltask", task.pk, TASK, source, target)
                drawn = any(source in move.source and target == move.target and not move.where for move in TASK.moves)
                assert found == (DONE if drawn else "inventory_recalltask_status_moves"), (source, target)
    for column in ("patient_id", "branch_id", "what"):
        other = f"UPDATE inventory_recalltask SET {column} = gen_random_uuid() WHERE id = %s"
        assert attack(other.replace("uuid()", f"uuid(){'::text' * (column == 'what')}"), [task.pk], by=by) == (
            "inventory_recalltask_fixed"
        ), column
    bare = "UPDATE inventory_recalltask SET outcome = 'WELL' WHERE id = %s"
    assert attack(bare, [task.pk], by=by) == "inventory_recalltask_outcome"
    owner = theatre.visit.clinic.owner
    actions.settle(task.pk, "WELL", by=owner)
    assert attack("UPDATE inventory_recalltask SET outcome = 'DIED' WHERE id = %s", [task.pk], by=by) == (
        "inventory_recalltask_sealed"
    )  # fmt: skip
    assert actions.close_recall(notice.pk, "Done", by=owner).status == "CLOSED"
    again = "UPDATE inventory_recallnotice SET status = 'OPEN' WHERE id = %s"
    assert at_commit((WHY, []), (again, [notice.pk]), by=by) == "inventory_recallnotice_status_moves"
    more = """INSERT INTO inventory_recallscope (id, created_at, organization_id, notice_id, device_code, model, lot,
        serial_from, serial_to) VALUES (%s, now(), %s, %s, '', 'X', '', '', '')"""
    assert attack(more, [uuid4(), notice.organization_id, notice.pk], by=by) == "inventory_recallscope_open"
    assert NOTICE.of == "inventory.RecallNotice"
    assert theatre.count(Reservation, status="HELD") == 0
