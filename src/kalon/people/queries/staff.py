"""Who works here, in which role, as an actor may see it."""

from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet

from kalon.kernel.actors import Actor, Kind
from kalon.kernel.errors import NotFound
from kalon.kernel.lookup import one
from kalon.people.models import DOCTOR_KINDS, Role, RoleAssignment, Staff
from kalon.people.rules import MANAGE


def staff_list(*, seen_by: Actor, also_left: bool = False, text: str = "") -> QuerySet[Staff]:
    """The staff with their present roles; `also_left` includes who no longer works here."""
    held = RoleAssignment.objects.filter(ended_at=None).select_related("role", "branch").order_by("role__name", "id")
    found = Staff.objects.filter(organization_id=seen_by.organization_id)
    found = found if also_left else found.filter(is_active=True)
    if text:
        found = found.filter(Q(name__icontains=text) | Q(title__icontains=text) | Q(specialty__icontains=text))
    return found.select_related("user").prefetch_related(Prefetch("assignments", queryset=held, to_attr="held"))


def staff_member(pk: UUID | str, *, seen_by: Actor) -> Staff:
    """One member of staff, also one who left."""
    found = one(Staff.objects.filter(organization_id=seen_by.organization_id, pk=pk))
    if found is None:
        raise NotFound("There is no such member of staff. Look for them in the list.")
    return found


def staff_of(actor: Actor) -> Staff | None:
    """The member of staff that the actor is; None for the system, a patient or a visitor."""
    if actor.kind is not Kind.STAFF or actor.user_id is None:
        return None
    return one(Staff.objects.filter(organization_id=actor.organization_id, user_id=actor.user_id))


def doctors(*, seen_by: Actor, branch_id: UUID | None = None) -> QuerySet[Staff]:
    """Who sees patients; in one branch, those with a role there or everywhere.

    A patient sees every doctor of the clinic: who works where is told them by the schedules.
    """
    found = Staff.objects.filter(organization_id=seen_by.organization_id, is_active=True, kind__in=DOCTOR_KINDS)
    if branch_id is None or seen_by.kind in (Kind.PATIENT, Kind.PUBLIC):
        return found
    return found.filter(pk__in=_working_at(branch_id).values("staff_id"))


def team(*, branch_id: UUID, kind: str, seen_by: Actor) -> QuerySet[Staff]:
    """Who of a kind (nurses, therapists, …) works in a branch: with a role there or everywhere.

    A patient sees everyone of the kind: who works where is told them by the schedules.
    """
    found = Staff.objects.filter(organization_id=seen_by.organization_id, is_active=True, kind=kind)
    if seen_by.kind in (Kind.PATIENT, Kind.PUBLIC):
        return found
    return found.filter(pk__in=_working_at(branch_id).values("staff_id"))


def _working_at(branch_id: UUID) -> QuerySet[RoleAssignment]:
    return RoleAssignment.objects.filter(Q(branch_id=branch_id) | Q(branch=None), ended_at=None)


def roles(*, seen_by: Actor) -> QuerySet[Role]:
    """The clinic's roles, with their sentences and permissions."""
    return Role.objects.filter(organization_id=seen_by.organization_id)


def role(pk: UUID | str, *, seen_by: Actor) -> Role:
    """One role."""
    found = one(roles(seen_by=seen_by).filter(pk=pk))
    if found is None:
        raise NotFound("There is no such role. Look for it in the list.")
    return found


def assignments(staff_id: UUID, *, seen_by: Actor) -> QuerySet[RoleAssignment]:
    """The roles somebody holds now, and where."""
    found = RoleAssignment.objects.filter(organization_id=seen_by.organization_id, staff_id=staff_id, ended_at=None)
    return found.select_related("role", "branch").order_by("role__name", "id")


def still_managed(*, seen_by: Actor) -> bool:
    """Whether somebody who can sign in may still manage people."""
    return RoleAssignment.objects.filter(
        organization_id=seen_by.organization_id,
        ended_at=None,
        role__permissions__contains=[MANAGE],
        staff__is_active=True,
        staff__user__is_active=True,
    ).exists()
