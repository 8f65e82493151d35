"""Further pages of one procedure, which contexts above the catalogue bring: its prices, its kit.

from kalon.catalog.queries import beside

beside.add(beside.Link("Prices", "pricing:procedure", "badge-percent", MANAGE))
"""

from dataclasses import dataclass
from uuid import UUID

from django.urls import reverse

from kalon.kernel.actors import Actor


@dataclass(frozen=True, slots=True)
class Link:
    """A page about a procedure; its address takes the procedure as `pk`."""

    label: str
    url_name: str
    icon: str
    permission: str


_links: list[Link] = []


def add(link: Link) -> None:
    """Make a page known; asked again, it stays one."""
    if link not in _links:
        _links.append(link)


def pages_of(procedure_id: UUID, by: Actor) -> list[tuple[Link, str]]:
    """The pages of a procedure that the actor may open, with their addresses."""
    return [(link, reverse(link.url_name, kwargs={"pk": procedure_id})) for link in _links if by.may(link.permission)]
