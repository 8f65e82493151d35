"""Items in the search of the desk."""

from typing import Any

from django.urls import reverse

from kalon.inventory import queries
from kalon.inventory.lifecycles import VIEW
from kalon.web.search import Hit


def find_items(actor: Any, text: str) -> list[Hit]:
    """Items whose name, content or batch number fits."""
    if not actor.may(VIEW) or len(text) < 2:
        return []
    return [
        Hit(
            item.name,
            reverse("inventory:item", kwargs={"pk": item.pk}),
            note=item.content,
            icon="package",
            group="Inventory",
        )
        for item in queries.items(seen_by=actor, text=text[:100])[:5]
    ]
