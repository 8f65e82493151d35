"""Items in the search of the desk."""

from typing import Any

from django.urls import reverse

from kalon.inventory import queries
from kalon.inventory.lifecycles import VIEW
from kalon.kernel.errors import DomainError
from kalon.web.search import Hit


def find_items(actor: Any, text: str) -> list[Hit]:
    """Items whose name, content or batch number fits; the piece whose serial or scanned code it is."""
    if not actor.may(VIEW) or len(text) < 2:
        return []
    pieces = [
        Hit(
            unit.serial,
            reverse("inventory:unit", kwargs={"pk": unit.pk}),
            note=f"{unit.item.name}, {unit.get_status_display().lower()}",
            icon="scan-barcode",
            group="Inventory",
        )
        for unit in _pieces(actor, text)
    ]
    return [*pieces, *_places(actor, text)] + [
        Hit(
            item.name,
            reverse("inventory:item", kwargs={"pk": item.pk}),
            note=item.content,
            icon="package",
            group="Inventory",
        )
        for item in queries.items(seen_by=actor, text=text[:100])[:5]
    ]


def _places(actor: Any, text: str) -> list[Hit]:
    """The places whose code was typed, or scanned from their label."""
    return [
        Hit(
            place.name,
            reverse("inventory:place", kwargs={"pk": place.pk}),
            note=f"{place.code}, {place.branch.name}",
            icon="map-pin",
            group="Inventory",
        )
        for place in queries.locations(seen_by=actor).filter(code__iexact=text.strip()[:12])[:3]
    ]


def _pieces(actor: Any, text: str) -> list[Any]:
    try:
        return list(queries.units(seen_by=actor, text=text[:200])[:3])
    except DomainError:  # a code that was not read right finds nothing
        return []
