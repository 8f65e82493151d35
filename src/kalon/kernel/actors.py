"""Who is acting: a person, or a named part of the system. Never nobody."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType
from uuid import UUID

from kalon.kernel.errors import NotPermitted

EVERYWHERE = None  # the key under which a permission is held in every branch


class Kind(StrEnum):
    """What sort of actor this is; the database policies read it from the signed context."""

    STAFF = "staff"
    PATIENT = "patient"
    SYSTEM = "system"
    PUBLIC = "public"


@dataclass(frozen=True, slots=True)
class Actor:
    """A person or a named part of the system, and what they may do where.

    `grants` maps a branch id (or `EVERYWHERE`) to the permissions held there. `patient_id` is set for a patient
    (and for a guardian, who acts as the patient); `own_patient_id` is the same where there must be one.
    """

    kind: Kind
    name: str
    organization_id: UUID = None  # type: ignore[assignment]  # missing only before there is a clinic
    user_id: UUID | None = None
    patient_id: UUID | None = None
    branch_id: UUID | None = None
    role_label: str = ""
    grants: Mapping[UUID | None, frozenset[str]] = field(default_factory=lambda: MappingProxyType({}))
    origin_ip: str | None = None
    request_id: str = ""
    origin_device: str = ""

    @property
    def permissions(self) -> frozenset[str]:
        """Everything this actor may do in at least one branch."""
        return frozenset().union(*self.grants.values()) if self.grants else frozenset()

    def may(self, permission: str, *, at: UUID | None = None) -> bool:
        """Whether the actor holds the permission at the branch, or anywhere when no branch is given."""
        if self.kind is Kind.SYSTEM:
            return True
        if at is None:
            return any(permission in held for held in self.grants.values())
        return permission in self.grants.get(at, frozenset()) or permission in self.grants.get(EVERYWHERE, frozenset())

    def must(self, permission: str, *, at: UUID | None = None, do: str = "do this") -> None:
        """Refuse, with a sentence that names who can help, unless the permission is held."""
        if not self.may(permission, at=at):
            raise NotPermitted(
                f"{self.name} may not {do}. Ask the owner of the clinic for the right.", permission=permission
            )

    @property
    def is_patient(self) -> bool:
        return self.kind is Kind.PATIENT

    @property
    def own_patient_id(self) -> UUID:
        """Whose record a patient's own pages show; refused to everybody who is not acting for a patient."""
        if self.patient_id is None:
            raise NotPermitted("This is about a patient's own record. Sign in as the patient to see it.")
        return self.patient_id

    @property
    def own_user_id(self) -> UUID:
        """The account of the person who acts; refused to visitors and to parts of the system, which have none."""
        if self.user_id is None:
            raise NotPermitted("This is about somebody's own account. Sign in to see it.")
        return self.user_id

    def from_origin(self, ip: str | None, request_id: str, device: str = "") -> "Actor":
        """The same actor, with where the request came from, and with what."""
        return replace(self, origin_ip=ip, request_id=request_id, origin_device=device)


def system(name: str, organization_id: UUID | None = None) -> Actor:
    """A named part of the system (a job, an importer) acting in one organisation."""
    acting = Actor(kind=Kind.SYSTEM, name=name)
    return replace(acting, organization_id=organization_id) if organization_id else acting


def public(organization_id: UUID) -> Actor:
    """A visitor who has not signed in, in front of one organisation's public pages."""
    return Actor(kind=Kind.PUBLIC, name="a visitor", organization_id=organization_id)
