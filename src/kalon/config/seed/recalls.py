"""A recall under way in the demonstration: a filler's lot that patients were given; what is left of it is locked."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from kalon.config.seed.clinic import Place
from kalon.inventory import actions, queries
from kalon.inventory.actions import NoticeDetails, Scope
from kalon.kernel import clock
from kalon.kernel.tenancy import acting_as

ITEM = "Aurelle Contour"


def call_back(place: Place) -> Any:
    """The lot most patients have of it: told, called, one reached, and one with an outcome."""
    by = place.by["inventory"]
    today = clock.today(place.branch.timezone)
    found = _most_given(by)
    if found is None:
        return None
    item_id, lot = found
    said = NoticeDetails(
        title=f"{ITEM}, lot {lot}",
        issued_by="Aurelle Medical",
        reference="FSN 2026-014",
        issued_on=today - timedelta(days=2),
        due_on=today + timedelta(days=12),
        hazard="Particles were found in syringes of this lot. Nodules may form weeks after the treatment.",
        advice="Look at the treated area. Ultrasound where a nodule is felt; report it to the maker.",
    )
    notice = actions.open_recall(said, [Scope(item_id=item_id, lot=lot)], by=by)
    actions.tell_patients(notice.pk, by=by)
    with acting_as(by):
        tasks = [task.pk for task in queries.recall_tasks(notice.pk, seen_by=by)]
    if len(tasks) > 1:
        actions.reach(tasks[0], by=by)
        actions.settle(tasks[0], "WELL", "Seen on video, nothing felt.", by=by)
    if len(tasks) > 2:
        actions.call_again(tasks[1], by=by)
        actions.reach(tasks[1], by=by)
    return notice


def _most_given(by: Any) -> tuple[UUID, str] | None:
    """The item, and its lot that most patients were given."""
    with acting_as(by):
        item = queries.items(seen_by=by, text=ITEM).first()
        if item is None:
            return None
        given: dict[str, set[Any]] = {}
        for row in queries.movements(seen_by=by, item_id=item.pk).filter(kind="ISSUED"):
            given.setdefault(row.batch.number, set()).add(row.patient_id)
    lot = max(given, key=lambda one: len(given[one]), default="")
    return (item.pk, lot) if lot else None
