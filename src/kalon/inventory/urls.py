"""Where the pages of the store stand."""

from django.urls import path

from kalon.inventory.pages import changing, lists, moving

app_name = "inventory"

urlpatterns = [
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
    path("inventory/shelves/<uuid:pk>/move", moving.move, name="move"),
    path("inventory/shelves/<uuid:pk>/expired", moving.expired, name="expired"),
    path("inventory/batches/<uuid:pk>/lock", moving.lock, name="lock"),
]
