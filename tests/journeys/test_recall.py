"""A maker calls a lot back: everybody who has of it in one question, then locked, told, reached, settled, closed."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from kalon.inventory import actions, queries
from kalon.inventory.actions import Delivery, NoticeDetails, Scope
from kalon.inventory.models import Reservation
from kalon.kernel import clock
from kalon.kernel.errors import Clash, IllegalMove, Invalid, NotReady
from kalon.kernel.tenancy import acting_as
from kalon.portal import queries as portal
from tests.journeys.story import Story, on_tuesday
from tests.journeys.surgery import GTIN, approved, implanted, shelf

NOTE = NoticeDetails(
    title="Lunara Round 295 and scar gel, lot L7",
    issued_by="Lunara Medical",
    reference="FSN 26-7",
    issued_on=date(2026, 11, 23),
    due_on=date(2026, 12, 7),
    hazard="The shell of this lot may rupture early.",
    advice="Ultrasound within a month.",
)


def given(story: Story, patient_id: Any, tubes: int, item: Any) -> None:
    asked = {"patient_id": patient_id, "source": f"visit:{patient_id}", "branch_id": story.place.branch.pk}
    actions.consume(item_id=item.pk, quantity=Decimal(tubes), by=story.nurse, **asked)


def test_from_the_notice_to_the_last_outcome(story: Story) -> None:
    keeper, recalls = story.place.by["inventory"], story.place.by["theatre"]
    with clock.at(on_tuesday("09:00")):
        store = shelf(story)
        inside, other_side, shelved, held, gone, thrown = store.take_in(story, "S1", "S2", "S3", "S4", "S5", "S6")
        (safe,) = store.take_in(story, "S9", lot="L8")
        gel = Delivery(Decimal(10), number="L7", expires_on=date(2027, 6, 30))
        batch = actions.receive(store.gel.pk, store.place.pk, gel, by=keeper).batch_id
        meera = story.registered("Meera", "Nair", "+919846120801")
        rahul = story.registered("Rahul", "Das", "+919846120802")
        other = story.registered("Zoya", "Khan", "+919846120803")
    with clock.at(on_tuesday("10:00")):
        plan = approved(story, meera.patient_id, "10:00")
        waiting = approved(story, other.patient_id, "12:00")
        implanted(story, plan, on_tuesday("11:00"), left=inside, right=other_side)
        reserved = actions.reserve_unit(held.pk, plan_id=waiting.pk, needed_on=date(2026, 12, 1), by=keeper)
        actions.return_unit(gone.pk, "Wrong size", by=keeper)
        actions.waste_unit(thrown.pk, "Dropped", by=story.nurse)
        given(story, rahul.patient_id, 2, store.gel)
        actions.waste(batch, store.place.pk, Decimal(1), "Leaked", by=story.nurse)
    # the notice: everything of it in one question, and out of everybody's reach
    with clock.at(on_tuesday("14:00")):
        covers = [Scope(device_code=GTIN, lot="L7"), Scope(item_id=store.gel.pk, lot="L7")]
        notice = actions.open_recall(NOTE, covers, by=recalls)
        with acting_as(recalls), CaptureQueriesContext(connection) as asked:
            found = queries.affected(notice.pk, seen_by=recalls)
        assert len(asked) == 1
        pieces = {one.serial: (one.status, one.side, one.patient_id) for one in found if one.serial}
        assert pieces == {
            "S1": ("IMPLANTED", "LEFT", meera.patient_id), "S2": ("IMPLANTED", "RIGHT", meera.patient_id),
            "S3": ("QUARANTINED", "", None), "S4": ("QUARANTINED", "", None), "S5": ("RETURNED", "", None),
            "S6": ("WASTED", "", None),
        }  # fmt: skip
        loose = {(one.status, int(one.quantity), one.patient_id) for one in found if not one.serial}
        assert loose == {("QUARANTINED", 7, None), ("GIVEN", 2, rahul.patient_id), ("WASTED", 1, None)}
        with acting_as(recalls):
            was = {(str(hit.unit or "gel"), hit.was) for hit in queries.recall_hits(notice.pk, seen_by=recalls)}
        assert was == {("S1", "IMPLANTED"), ("S2", "IMPLANTED"), ("S3", "IN_STOCK"), ("S4", "RESERVED"),
                       ("S5", "RETURNED"), ("S6", "WASTED"), ("gel", "AVAILABLE"), ("gel", "WASTED")}  # fmt: skip
        assert story.state(reserved) == "RELEASED"
        assert story.now(safe).recall == "CLEAR"
        with story.refused(IllegalMove, "recalled"):
            actions.reserve_unit(shelved.pk, plan_id=waiting.pk, needed_on=date(2026, 12, 1), by=keeper)
        with story.refused(IllegalMove, "called back"):
            store.take_in(story, "S8")
        with story.refused(Clash, "no Scar gel to use"):
            given(story, rahul.patient_id, 1, store.gel)
        with story.refused(IllegalMove, "called back"):
            actions.release_batch(batch, "It looks fine", by=keeper)
        assert actions.reserve_unit(
            safe.pk, plan_id=waiting.pk, needed_on=date(2026, 12, 1), by=keeper
        ).status == "HELD"  # fmt: skip
    # its patients: a task and a message for each, and their own pages say so
    with clock.at(on_tuesday("15:00")):
        with acting_as(recalls):
            tasks = {task.patient_id: task for task in queries.recall_tasks(notice.pk, seen_by=recalls)}
        assert set(tasks) == {meera.patient_id, rahul.patient_id}
        hers, his = tasks[meera.own_patient_id], tasks[rahul.own_patient_id]
        assert (hers.what, his.what) == (
            "Lunara Round 295, serial S1, left; Lunara Round 295, serial S2, right", "2 tube of Scar gel, lot L7",
        )  # fmt: skip
        with acting_as(meera):
            assert queries.told_of(seen_by=meera) == []
        assert actions.tell_patients(notice.pk, by=recalls) == 2
        story.carry_out()
        assert story.handed_over()["device-recall"] == 2
        with acting_as(meera):
            (told,) = queries.told_of(seen_by=meera)
            assert (told.what, told.branch) == (hers.what, story.place.branch.name)
            assert portal.me(seen_by=meera) is not None
            own = {row.serial for row in queries.implants_of(meera.own_patient_id, seen_by=meera)}
        assert own == {"S1", "S2"}
        with acting_as(other):
            assert queries.told_of(seen_by=other) == []
    # each is reached, and what came of it is written; only then it ends
    with clock.at(on_tuesday("16:00")):
        actions.call_again(hers.pk, by=recalls)
        actions.reach(hers.pk, by=recalls)
        with story.refused(NotReady, "2 patients have no outcome"):
            actions.close_recall(notice.pk, "Done", by=recalls)
        actions.settle(hers.pk, "EXPLANT_PLANNED", "Exchange in January", by=recalls)
        with story.refused(Invalid, "how the patient was tried"):
            actions.settle(his.pk, "UNREACHABLE", "", by=recalls)
        actions.settle(his.pk, "WELL", by=recalls)
        assert actions.close_recall(notice.pk, "All settled", by=recalls).status == "CLOSED"
        with acting_as(meera):
            (told,) = queries.told_of(seen_by=meera)
        assert told.is_settled
        assert [move[:2] for move in story.moves(hers)] == [
            ("", "TO_REACH"), ("TO_REACH", "REACHED"), ("REACHED", "DONE"),
        ]  # fmt: skip
    with acting_as(keeper):
        assert queries.mismatches(seen_by=keeper) == []
        assert Reservation.objects.filter(status="HELD").count() == 1
