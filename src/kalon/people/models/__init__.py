"""The tables of people: places, accounts, staff with their roles, and bearer tokens."""

from kalon.people.models.accounts import AccessToken, User
from kalon.people.models.places import Branch, Equipment, Organization, Room
from kalon.people.models.staff import CLINICAL_KINDS, DOCTOR_KINDS, Role, RoleAssignment, Staff

__all__ = [
    "CLINICAL_KINDS",
    "DOCTOR_KINDS",
    "AccessToken",
    "Branch",
    "Equipment",
    "Organization",
    "Role",
    "RoleAssignment",
    "Room",
    "Staff",
    "User",
]
