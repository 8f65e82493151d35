"""Where the clinic is, as an actor may see it."""

from collections.abc import Iterable
from typing import TypeVar
from uuid import UUID

from django.db import connection
from django.db.models import Model, QuerySet

from kalon.kernel.actors import EVERYWHERE, Actor, Kind
from kalon.kernel.errors import NotFound
from kalon.kernel.lookup import one
from kalon.people.models import Branch, Equipment, Organization, Room
from kalon.people.rules import features as as_kept

M = TypeVar("M", bound=Model)


def organization(*, seen_by: Actor) -> Organization:
    """The clinic the actor is in."""
    found = one(Organization.objects.filter(pk=seen_by.organization_id))
    if found is None:
        raise NotFound("There is no clinic here yet.")
    return found


def letterhead(branch: Branch, *, seen_by: Actor) -> dict[str, str]:
    """What stands at the head of a paper of a branch."""
    clinic = organization(seen_by=seen_by)
    return {
        "clinic": clinic.name,
        "tagline": clinic.tagline,
        "branch": branch.name,
        "address": " ".join(branch.address.split()),
        "phone": branch.phone,
        "gstin": branch.gstin,
    }


def public_organization_id(host: str) -> UUID | None:
    """The clinic whose public pages a host shows; None before the first clinic exists."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT kalon_public_organization(%s)", [host[:200]])
        found: UUID | None = cursor.fetchone()[0]
    return found


def branches(*, seen_by: Actor, also_closed: bool = False) -> QuerySet[Branch]:
    """The branches that are open for patients; `also_closed` for the owner's list."""
    found = Branch.objects.filter(organization_id=seen_by.organization_id)
    return found if also_closed else found.filter(is_active=True)


def branch(pk: UUID | str, *, seen_by: Actor) -> Branch:
    """One branch."""
    return _one(branches(seen_by=seen_by, also_closed=True), pk, "branch")


def branch_of(actor: Actor) -> Branch | None:
    """The branch the actor works in now; a visitor stands in front of the first."""
    found = branches(seen_by=actor)
    if actor.branch_id:
        return one(found.filter(pk=actor.branch_id))
    return found.first()


def workplaces(actor: Actor) -> list[Branch]:
    """The branches a member of staff may work in, where there is a choice; empty for everybody else."""
    held = set(actor.grants)
    if actor.kind is not Kind.STAFF or (EVERYWHERE not in held and len(held) < 2):
        return []
    found = branches(seen_by=actor)
    places = list(found if EVERYWHERE in held else found.filter(pk__in=[pk for pk in held if pk]))
    return places if len(places) > 1 else []


def own_branch(actor: Actor) -> Branch:
    """The branch the actor works in now; refused while no branch is open to them."""
    found = branch_of(actor)
    if found is None:
        raise NotFound("No branch is open to you. Ask the owner to give you a role in one.")
    return found


def rooms_of_clinic(*, seen_by: Actor) -> QuerySet[Room]:
    """All rooms, also those out of use, branch by branch."""
    found = Room.objects.filter(organization_id=seen_by.organization_id)
    return found.select_related("branch").order_by("branch__name", "display_order", "code", "id")


def rooms(*, seen_by: Actor, branch_id: UUID, kind: str | None = None, features: Iterable[str] = ()) -> QuerySet[Room]:
    """The rooms in use of a branch, the one to take first in front; of a kind, and with all of the features."""
    found = Room.objects.filter(organization_id=seen_by.organization_id, branch_id=branch_id, is_active=True)
    if kind:
        found = found.filter(kind=kind)
    wanted = as_kept(features)
    return found.filter(features__contains=wanted) if wanted else found


def room(pk: UUID | str, *, seen_by: Actor) -> Room:
    """One room."""
    return _one(rooms_of_clinic(seen_by=seen_by), pk, "room")


def equipment_of_clinic(*, seen_by: Actor) -> QuerySet[Equipment]:
    """All equipment, also what is out of use, branch by branch."""
    found = Equipment.objects.filter(organization_id=seen_by.organization_id)
    return found.select_related("branch").order_by("branch__name", "kind", "code", "id")


def equipment_of(*, branch_id: UUID, kind: str | None = None, seen_by: Actor) -> QuerySet[Equipment]:
    """The equipment in use of a branch, of one kind or all."""
    found = Equipment.objects.filter(organization_id=seen_by.organization_id, branch_id=branch_id, is_active=True)
    return found.filter(kind=kind) if kind else found


def equipment(pk: UUID | str, *, seen_by: Actor) -> Equipment:
    """One device."""
    return _one(equipment_of_clinic(seen_by=seen_by), pk, "equipment")


def equipment_kinds(*, seen_by: Actor) -> list[str]:
    """The kinds of equipment the clinic has in use: what a service may ask for."""
    found = Equipment.objects.filter(organization_id=seen_by.organization_id, is_active=True)
    return list(found.order_by("kind").values_list("kind", flat=True).distinct())


def _one(rows: "QuerySet[M]", pk: UUID | str, noun: str) -> M:
    found = one(rows.filter(pk=pk))
    if found is None:
        raise NotFound(f"There is no such {noun}. Look for it in the list.")
    return found
