"""Verbs of people: places, staff and roles, accounts and bearer tokens."""

from kalon.people.actions.accounts import create_patient_user, issue_own_token, issue_token, revoke_token
from kalon.people.actions.places import (
    add_branch,
    add_equipment,
    add_room,
    change_branch,
    change_equipment,
    change_room,
    choose_rounding,
    create_organization,
)
from kalon.people.actions.staff import (
    add_role,
    add_staff,
    change_role,
    change_staff,
    end_role,
    give_role,
    let_go,
    take_back,
)
from kalon.people.actions.versions import offer_new_rights

__all__ = [
    "add_branch",
    "add_equipment",
    "add_role",
    "add_room",
    "add_staff",
    "change_branch",
    "change_equipment",
    "change_role",
    "change_room",
    "change_staff",
    "choose_rounding",
    "create_organization",
    "create_patient_user",
    "end_role",
    "give_role",
    "issue_own_token",
    "issue_token",
    "let_go",
    "offer_new_rights",
    "revoke_token",
    "take_back",
]
