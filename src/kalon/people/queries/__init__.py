"""Reads of people: who acts, who works here, where the clinic is, and its log."""

from kalon.people.models import DOCTOR_KINDS, Room, Staff
from kalon.people.queries.log import LogFilter, events
from kalon.people.queries.places import (
    branch,
    branch_of,
    branches,
    equipment,
    equipment_kinds,
    equipment_of,
    equipment_of_clinic,
    letterhead,
    organization,
    own_branch,
    public_organization_id,
    room,
    rooms,
    rooms_of_clinic,
    workplaces,
)
from kalon.people.queries.staff import (
    assignments,
    doctors,
    role,
    roles,
    staff_list,
    staff_member,
    staff_of,
    still_managed,
    team,
)
from kalon.people.queries.who import (
    account,
    account_exists,
    actor_for_token,
    staff_actor,
    tokens_of,
    user_for_token,
)

ROOM_KINDS: tuple[str, ...] = tuple(Room.Kind.values)
STAFF_KINDS: tuple[str, ...] = tuple(Staff.Kind.values)

__all__ = [
    "DOCTOR_KINDS",
    "ROOM_KINDS",
    "STAFF_KINDS",
    "LogFilter",
    "account",
    "account_exists",
    "actor_for_token",
    "assignments",
    "branch",
    "branch_of",
    "branches",
    "doctors",
    "equipment",
    "equipment_kinds",
    "equipment_of",
    "equipment_of_clinic",
    "events",
    "letterhead",
    "organization",
    "own_branch",
    "public_organization_id",
    "role",
    "roles",
    "room",
    "rooms",
    "rooms_of_clinic",
    "staff_actor",
    "staff_list",
    "staff_member",
    "staff_of",
    "still_managed",
    "team",
    "tokens_of",
    "user_for_token",
    "workplaces",
]
