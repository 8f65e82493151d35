"""What there is to be permitted, the roles a clinic starts with, and how a detail of a person is written."""

from kalon.people.rules.details import equipment_kind, features, normal_email, normal_phone
from kalon.people.rules.permissions import PATIENT_PERMISSIONS, PERMISSIONS, STAFF_PERMISSIONS, unknown_permissions
from kalon.people.rules.roles import ROLES, RoleSpec

__all__ = [
    "LONGEST_FEATURE",
    "MANAGE",
    "MOST_FEATURES",
    "PATIENT_PERMISSIONS",
    "PERMISSIONS",
    "ROLES",
    "STAFF_PERMISSIONS",
    "WORKS_AT",
    "RoleSpec",
    "equipment_kind",
    "features",
    "normal_email",
    "normal_phone",
    "unknown_permissions",
]

MANAGE = "people.manage"
WORKS_AT = "works_at"  # in the session: the branch somebody with roles in several works in now
MOST_FEATURES, LONGEST_FEATURE = 20, 40
