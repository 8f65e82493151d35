"""Where the pages of the store stand."""

from django.urls import path, register_converter

from kalon.inventory.pages import (
    changing,
    labels,
    lists,
    moving,
    recalls,
    registry,
    reserving,
    sessions,
    supplies,
    takes,
    units,
)

app_name = "inventory"


class UnitChange:
    """What somebody may do to one piece, as its address says it."""

    regex = "lock|unlock|waste|return"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class TakeMove(UnitChange):
    """What becomes of a stock take, as its address says it."""

    regex = "recount|cancel"


register_converter(UnitChange, "unit_change")
register_converter(TakeMove, "take_move")

urlpatterns = [
    path("inventory/for-session/<uuid:session_id>", sessions.use, name="use_in_session"),
    path("inventory/for-session/<uuid:session_id>/as-last-time", sessions.use_as_last_time, name="use_as_last_time"),
    path("inventory/for-session/<uuid:session_id>/<uuid:movement_id>/back", sessions.put_back, name="session_put_back"),
    path("inventory", lists.stock, name="list"),
    path("inventory/expiring", lists.expiring, name="expiring"),
    path("inventory/reorder", lists.reorder, name="reorder"),
    path("inventory/movements", lists.movements, name="movements"),
    path("inventory/places", changing.places, name="places"),
    path("inventory/places/<uuid:pk>", changing.place, name="place"),
    path("inventory/items/new", changing.new_item, name="new_item"),
    path("inventory/items/<uuid:pk>", lists.item, name="item"),
    path("inventory/items/<uuid:pk>/change", changing.change_item, name="change_item"),
    path("inventory/receive", moving.receive, name="receive"),
    path("inventory/shelves/<uuid:pk>/count", moving.count, name="count"),
    path("inventory/shelves/<uuid:pk>/waste", moving.waste, name="waste"),
    path("inventory/shelves/<uuid:pk>/send-back", moving.send_back, name="send_back"),
    path("inventory/shelves/<uuid:pk>/move", moving.move, name="move"),
    path("inventory/shelves/<uuid:pk>/expired", moving.expired, name="expired"),
    path("inventory/units", units.units, name="units"),
    path("inventory/units/receive", units.receive_units, name="receive_units"),
    path("inventory/units/<uuid:pk>", units.unit, name="unit"),
    path("inventory/units/<uuid:pk>/expired", units.expire_unit, name="expire_unit"),
    path("inventory/units/<uuid:pk>/move", units.move_unit, name="move_unit"),
    path("inventory/units/<uuid:pk>/<unit_change:what>", units.change_unit, name="change_unit"),
    path("inventory/stock-takes", takes.takes, name="takes"),
    path("inventory/stock-takes/new", takes.new_take, name="new_take"),
    path("inventory/stock-takes/<uuid:pk>", takes.take, name="take"),
    path("inventory/stock-takes/<uuid:pk>/count", takes.count, name="count_take"),
    path("inventory/stock-takes/<uuid:pk>/scan", takes.scan, name="scan_take"),
    path("inventory/stock-takes/<uuid:pk>/confirm", takes.confirm, name="confirm_take"),
    path("inventory/stock-takes/<uuid:pk>/<take_move:name>", takes.move, name="move_take"),
    path("inventory/reserved", reserving.reserved, name="reserved"),
    path("inventory/reserved/<uuid:pk>/release", reserving.release, name="release_reserved"),
    path("inventory/for-plans", supplies.for_plans, name="for_plans"),
    path("inventory/for-plans/<uuid:plan_id>", supplies.for_plan, name="for_plan"),
    path("inventory/kits", reserving.kits, name="kits"),
    path("inventory/kits/<uuid:pk>", reserving.kit, name="kit"),
    path("inventory/implants", registry.registry, name="implants"),
    path("inventory/implants/<uuid:pk>/explant", registry.explant, name="explant"),
    path("inventory/implants/<uuid:pk>/card.pdf", registry.card, name="implant_card"),
    path("inventory/recalls", recalls.recalls, name="recalls"),
    path("inventory/recalls/new", recalls.new_recall, name="new_recall"),
    path("inventory/recalls/<uuid:pk>", recalls.recall, name="recall"),
    path("inventory/recalls/<uuid:pk>/tell", recalls.tell, name="tell_recall"),
    path("inventory/recalls/<uuid:pk>/close", recalls.close, name="close_recall"),
    path("inventory/recalls/patients/<uuid:pk>", recalls.task, name="recall_task"),
    path("inventory/recalls/patients/<uuid:pk>/called", recalls.called, name="recall_called"),
    path("inventory/recalls/patients/<uuid:pk>/reached", recalls.reached, name="recall_reached"),
    path("inventory/labels", labels.labels, name="labels"),
    path("inventory/batches/<uuid:pk>/lock", moving.lock, name="lock"),
]
