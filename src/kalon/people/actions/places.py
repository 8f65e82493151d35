"""Opening a clinic, its branches, its rooms and its equipment."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import time
from typing import Any, TypedDict, Unpack
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils.text import slugify

from kalon.kernel import audit
from kalon.kernel.actors import Actor, Kind
from kalon.kernel.constraints import refusing
from kalon.kernel.errors import Clash, Invalid, NotPermitted
from kalon.kernel.gstin import problem_of
from kalon.kernel.ids import uuid7
from kalon.kernel.tenancy import acting_as, verb
from kalon.people import queries
from kalon.people.actions.versions import new_role
from kalon.people.models import Branch, Equipment, Organization, Role, Room
from kalon.people.rules import LONGEST_FEATURE, MANAGE, MOST_FEATURES, ROLES, equipment_kind, features

ZONE_UNKNOWN = "This time zone is not known. Write it like Asia/Kolkata."


class BranchFacts(TypedDict, total=False):
    """What may be said of a branch."""

    name: str
    code: str
    timezone: str
    address: str
    city: str
    phone: str
    opens_at: time
    closes_at: time
    gstin: str
    state_code: str
    is_active: bool


class RoomFacts(TypedDict, total=False):
    """What may be said of a room."""

    name: str
    code: str
    kind: str
    capacity: int
    buffer_minutes: int
    features: Sequence[str]
    display_order: int
    is_active: bool


class EquipmentFacts(TypedDict, total=False):
    """What may be said of a device; `kind` is what services ask for, such as LASER_ND_YAG."""

    name: str
    code: str
    kind: str
    buffer_minutes: int
    is_active: bool


@verb
def create_organization(
    name: str,
    *,
    code: str,
    slug: str = "",
    domain: str | None = None,
    tagline: str = "",
    country: str = "IN",
    currency: str = "INR",
    timezone: str = "Asia/Kolkata",
    upi_id: str = "",
    by: Actor,
) -> Organization:
    """Open a clinic with the roles every clinic starts with; the installation itself does this, nobody else."""
    if by.kind is not Kind.SYSTEM:
        raise NotPermitted("A clinic is opened from the command line of the installation.")
    _check_zone(timezone)
    row = Organization(
        id=uuid7(),
        name=name,
        code=code.upper(),
        slug=slug or slugify(name),
        domain=domain.lower() if domain else None,
        tagline=tagline,
        country=country,
        currency=currency,
        timezone=timezone,
        settings={"upi_id": upi_id} if upi_id else {},
    )
    founder = replace(by, organization_id=row.pk)
    with acting_as(founder):
        with refusing(
            {
                "people_organization_slug_key": Clash("A clinic with this short name exists already.", field="slug"),
                "people_organization_domain_key": Clash("Another clinic uses this domain.", field="domain"),
                "people_organization_code_letters": Invalid("A code is 2 to 6 letters or digits.", field="code"),
                "people_organization_currency_iso": Invalid(
                    "A currency is three letters, such as INR.", field="currency"
                ),
            }
        ):
            row.save(force_insert=True)
        Role.objects.bulk_create(new_role(code, spec, by=founder) for code, spec in ROLES.items())
    return row


@verb
def choose_rounding(rounding: str, *, by: Actor) -> Organization:
    """Which way half a paisa goes from now on: "HALF_UP" or "HALF_EVEN"; what is written stays as it was rounded."""
    by.must(MANAGE, do="decide how amounts are rounded")
    if rounding not in Organization.Rounding.values:
        raise Invalid("Choose one of the ways to round.", field="rounding")
    row = queries.organization(seen_by=by)
    if row.rounding != rounding:
        facts = {"rounding": [row.rounding, rounding]}
        row.rounding = rounding
        row.save(update_fields=["rounding"])
        audit.note(by, audit.Kind.CHANGE, row, facts=facts)
    return row


@verb
def add_branch(*, by: Actor, **facts: Unpack[BranchFacts]) -> Branch:
    """Open a branch."""
    by.must(MANAGE, do="open a branch")
    row = Branch(organization_id=by.organization_id, **{"timezone": queries.organization(seen_by=by).timezone, **facts})
    _save_branch(row, by=by, what="branch opened")
    return row


@verb
def change_branch(pk: UUID, *, by: Actor, **facts: Unpack[BranchFacts]) -> Branch:
    """Change what is known of a branch; an inactive one takes no new visits."""
    by.must(MANAGE, do="change a branch")
    row = queries.branch(pk, seen_by=by)
    _set(row, facts)
    _save_branch(row, by=by, what="branch changed")
    return row


@verb
def add_room(branch_id: UUID, *, by: Actor, **facts: Unpack[RoomFacts]) -> Room:
    """Add a room to a branch."""
    by.must(MANAGE, do="add a room")
    row = Room(organization_id=by.organization_id, branch=queries.branch(branch_id, seen_by=by), **facts)
    _save_room(row, by=by, what="room added")
    return row


@verb
def change_room(pk: UUID, *, by: Actor, **facts: Unpack[RoomFacts]) -> Room:
    """Change a room; an inactive one is given to no further visit."""
    by.must(MANAGE, do="change a room")
    row = queries.room(pk, seen_by=by)
    _set(row, facts)
    _save_room(row, by=by, what="room changed")
    return row


@verb
def add_equipment(branch_id: UUID, *, by: Actor, **facts: Unpack[EquipmentFacts]) -> Equipment:
    """Add a device to a branch."""
    by.must(MANAGE, do="add equipment")
    row = Equipment(organization_id=by.organization_id, branch=queries.branch(branch_id, seen_by=by), **facts)
    _save_equipment(row, by=by, what="equipment added")
    return row


@verb
def change_equipment(pk: UUID, *, by: Actor, **facts: Unpack[EquipmentFacts]) -> Equipment:
    """Change a device; an inactive one, out for repair or sold, is given to no further visit."""
    by.must(MANAGE, do="change equipment")
    row = queries.equipment(pk, seen_by=by)
    _set(row, facts)
    _save_equipment(row, by=by, what="equipment changed")
    return row


def _save_branch(row: Branch, *, by: Actor, what: str) -> None:
    _check_named(row.name, row.code)
    _check_zone(row.timezone)
    row.code, row.gstin = row.code.upper(), "".join(row.gstin.split()).upper()
    in_india = queries.organization(seen_by=by).country == "IN"
    if row.gstin and in_india and (problem := problem_of(row.gstin, state=row.state_code)):
        raise Invalid(problem, field="gstin")
    with refusing(
        {
            "people_branch_code_once": Clash("Another branch has this code.", field="code"),
            "people_branch_opens_first": Invalid("A branch closes after it opens.", field="closes_at"),
            "people_branch_gstin_shape": Invalid(
                "This is not a number of a tax registration. Copy it from the certificate.", field="gstin"
            ),
        }
    ):
        row.save()
    audit.note(by, audit.Kind.CHANGE, row, facts={"what": what})


def _save_room(row: Room, *, by: Actor, what: str) -> None:
    _check_named(row.name, row.code)
    if row.kind not in Room.Kind.values:
        raise Invalid("Choose one of the kinds of room.", field="kind")
    row.code, row.features = row.code.upper(), features(row.features)
    if len(row.features) > MOST_FEATURES or any(len(word) > LONGEST_FEATURE for word in row.features):
        raise Invalid(f"At most {MOST_FEATURES} features, each of at most {LONGEST_FEATURE} letters.", field="features")
    if not 0 <= row.display_order <= 999:
        raise Invalid("A place in the list is a number up to 999.", field="display_order")
    with refusing(
        {
            "people_room_code_once": Clash("Another room of this branch has this code.", field="code"),
            "people_room_capacity": Invalid("A room holds 1 to 50 people.", field="capacity"),
            "people_room_buffer": Invalid("At most 240 minutes are kept free after a visit.", field="buffer_minutes"),
        }
    ):
        row.save()
    audit.note(by, audit.Kind.CHANGE, row, facts={"what": what})


def _save_equipment(row: Equipment, *, by: Actor, what: str) -> None:
    _check_named(row.name, row.code)
    row.code, row.kind = row.code.upper(), equipment_kind(row.kind)
    with refusing(
        {
            "people_equipment_code_once": Clash("Another device of this branch has this code.", field="code"),
            "people_equipment_kind_shape": Invalid(
                "A kind is letters, digits and _, such as LASER_ND_YAG.", field="kind"
            ),
            "people_equipment_buffer": Invalid(
                "At most 240 minutes are kept free after a visit.", field="buffer_minutes"
            ),
        }
    ):
        row.save()
    audit.note(by, audit.Kind.CHANGE, row, facts={"what": what})


def _check_named(name: str, code: str) -> None:
    if not name.strip():
        raise Invalid("Write a name.", field="name")
    if not code.strip():
        raise Invalid("Write a short code.", field="code")


def _check_zone(name: str) -> None:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise Invalid(ZONE_UNKNOWN, field="timezone") from None


def _set(row: Any, facts: Any) -> None:
    for column, value in facts.items():
        setattr(row, column, value)
