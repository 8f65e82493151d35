"""Reads of people: who acts, who works here, where the clinic is, and its log."""

from kalon.people.queries.log import LogFilter, events
from kalon.people.queries.places import (
    branch,
    branch_of,
    branches,
    organization,
    own_branch,
    public_organization_id,
    room,
    rooms,
    rooms_of_clinic,
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
)
from kalon.people.queries.who import (
    account,
    account_exists,
    actor_for_token,
    staff_actor,
    tokens_of,
    user_for_token,
)

__all__ = [
    "LogFilter",
    "account",
    "account_exists",
    "actor_for_token",
    "assignments",
    "branch",
    "branch_of",
    "branches",
    "doctors",
    "events",
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
    "tokens_of",
    "user_for_token",
]
