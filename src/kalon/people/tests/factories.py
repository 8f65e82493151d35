"""A clinic to test in, made through the verbs: an organisation, a branch, a room, and one person per role."""

from dataclasses import dataclass
from itertools import count
from uuid import UUID

from kalon.kernel import actors
from kalon.kernel.actors import Actor
from kalon.kernel.tenancy import acting_as
from kalon.people import actions, queries
from kalon.people.models import Branch, Organization, Room, Staff, User
from kalon.people.rules import ROLES

_serial = count(1)
KINDS = {
    "owner": Staff.Kind.MANAGER,
    "frontdesk": Staff.Kind.DESK,
    "nurse": Staff.Kind.NURSE,
    "doctor": Staff.Kind.DOCTOR,
    "surgeon": Staff.Kind.SURGEON,
    "theatre": Staff.Kind.MANAGER,
    "inventory": Staff.Kind.PHARMACIST,
    "billing": Staff.Kind.OTHER,
    "provider": Staff.Kind.PROVIDER,
}


@dataclass(frozen=True)
class Clinic:
    """What a test needs of a clinic: `actors["doctor"]`, `staff["doctor"]`, `users["doctor"]`."""

    organization: Organization
    branch: Branch
    room: Room
    system: Actor
    public: Actor
    actors: dict[str, Actor]
    staff: dict[str, Staff]
    users: dict[str, User]

    def __getattr__(self, role: str) -> Actor:
        """`clinic.doctor` is the actor of that role."""
        try:
            return self.__dict__["actors"][role]  # type: ignore[no-any-return]
        except KeyError:
            raise AttributeError(role) from None

    @property
    def organization_id(self) -> UUID:
        return self.organization.pk


def clinic(
    *, roles: "list[str] | tuple[str, ...]" = tuple(ROLES), name: str = "Saanvi Aesthetics", code: str = "SK"
) -> Clinic:
    """A fresh clinic; several may stand beside one another in a test."""
    serial = next(_serial)
    installer = actors.system("test")
    organization = actions.create_organization(name, code=code, slug=f"clinic-{serial}", by=installer)
    system = actors.system("test", organization.pk)
    with acting_as(system):
        branch = actions.add_branch(name="Indiranagar", code="BLR", city="Bengaluru", by=system)
        room = actions.add_room(branch.pk, name="Consulting room 1", code="C1", kind=Room.Kind.CONSULTATION, by=system)
        staff = {role: member(role, serial=serial, by=system) for role in roles}
        users = {role: row.user for role, row in staff.items() if row.user is not None}
        acting = {role: found for role, user in users.items() if (found := queries.staff_actor(user))}
    return Clinic(organization, branch, room, system, actors.public(organization.pk), acting, staff, users)


def member(role: str, *, by: Actor, serial: int | None = None, branch_id: UUID | None = None) -> Staff:
    """One more member of staff in a role; without a branch, in every branch."""
    serial = next(_serial) if serial is None else serial
    return actions.add_staff(
        f"{ROLES[role].name} {serial}",
        kind=KINDS[role],
        email=f"{role}.{serial}@clinic.example",
        roles={branch_id: [role]},
        by=by,
    )
