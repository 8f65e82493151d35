"""What a newer version of Kalon brings to a clinic that exists: rights its roles did not know."""

from kalon.kernel import audit
from kalon.kernel.actors import Actor
from kalon.kernel.tenancy import verb
from kalon.people import queries
from kalon.people.models import Role
from kalon.people.rules import MANAGE, ROLES, RoleSpec

# What every clinic had been offered before roles remembered it, and the roles it had then.
FIRST_ROLES = frozenset(
    {"owner", "frontdesk", "nurse", "doctor", "surgeon", "theatre", "inventory", "billing", "provider"}
)
FIRST_RIGHTS = frozenset(
    {
        "people.view", "people.manage", "audit.view", "catalog.manage",
        "patients.search", "patients.read", "patients.register", "patients.correct", "patients.allergies",
        "scheduling.view", "scheduling.book", "scheduling.approve", "scheduling.check_in", "scheduling.start",
        "scheduling.cancel", "scheduling.reschedule", "scheduling.no_show", "scheduling.overbook",
        "scheduling.manage_schedules",
        "consultations.read", "consultations.triage", "consultations.conduct", "consultations.close",
        "billing.view", "billing.charge", "billing.take_payment", "billing.refund", "billing.void",
        "messaging.view", "messaging.manage",
    }
)  # fmt: skip


@verb
def offer_new_rights(*, by: Actor) -> list[Role]:
    """Give the built-in roles what this version adds to them, once; what the owner took away stays away.

    A right counts as new to a role when no version before offered it. A role that this version brings is made. The
    clinic's own roles are left as they are, also one that happens to have the name of a built-in one. Answers the
    roles that gained something.
    """
    by.must(MANAGE, do="bring the roles up to date")
    known = {role.code: role for role in queries.roles(seen_by=by).select_for_update()}
    held = {right for role in known.values() for right in role.permissions}
    changed: list[Role] = []
    for code, spec in ROLES.items():
        role = known.get(code)
        if role is None:
            role = new_role(code, spec, by=by)
            role.save(force_insert=True)
            gained = list(spec.permissions)
        elif role.offered is None and code not in FIRST_ROLES:
            continue
        else:
            gained = _offer(role, spec, FIRST_RIGHTS | held)
        if gained:
            audit.note(by, audit.Kind.CHANGE, role, facts={"what": "rights of a new version", "gained": sorted(gained)})
            changed.append(role)
    return changed


def new_role(code: str, spec: RoleSpec, *, by: Actor) -> Role:
    """A built-in role as a new clinic receives it."""
    return Role(
        organization_id=by.organization_id,
        code=code,
        name=spec.name,
        sentence=spec.sentence,
        permissions=list(spec.permissions),
        offered=sorted(spec.permissions),
    )


def _offer(role: Role, spec: RoleSpec, known_before: frozenset[str]) -> list[str]:
    """Write down what is offered, and give what is new. Before it was written down, all that anybody held was known."""
    before = known_before if role.offered is None else frozenset(role.offered)
    offered = sorted({*(role.offered or ()), *spec.permissions})
    if role.offered == offered:
        return []
    gained = [right for right in spec.permissions if right not in before and right not in role.permissions]
    role.offered, role.permissions = offered, sorted({*role.permissions, *gained})
    role.save(update_fields=["offered", "permissions"])
    return gained
