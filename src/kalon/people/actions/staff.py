"""Who joins, what they may do, and who leaves."""

from collections.abc import Mapping, Sequence
from typing import TypedDict, Unpack
from uuid import UUID

from django.utils.text import slugify

from kalon.kernel import audit, clock
from kalon.kernel.actors import Actor
from kalon.kernel.constraints import refusing
from kalon.kernel.errors import Clash, Invalid, NotFound, NotReady
from kalon.kernel.events import announce
from kalon.kernel.tenancy import verb
from kalon.people import queries
from kalon.people.actions.accounts import new_account
from kalon.people.events import StaffAdded
from kalon.people.models import Role, RoleAssignment, Staff, User
from kalon.people.rules import MANAGE, unknown_permissions

NOBODY_LEFT = "Somebody must keep the right to manage people. Give it to another person first."


class StaffFacts(TypedDict, total=False):
    """What may be said of a member of staff."""

    name: str
    title: str
    kind: str
    specialty: str
    registration_number: str


@verb
def add_staff(
    name: str,
    *,
    kind: str,
    email: str | None = None,
    phone: str | None = None,
    password: str | None = None,
    roles: Mapping[UUID | None, Sequence[str]] | None = None,
    title: str = "",
    specialty: str = "",
    registration_number: str = "",
    by: Actor,
) -> Staff:
    """Have somebody join the clinic, with role codes per branch (None = every branch).

    Without e-mail and phone they have no account; without a password they sign in by a one-time code.
    """
    by.must(MANAGE, do="add staff")
    user = None
    if email or phone:
        user = new_account(email=email, phone=phone, name=name, password=password, by=by)
    staff = Staff(
        organization_id=by.organization_id,
        user=user,
        name=name,
        title=title,
        kind=kind,
        specialty=specialty,
        registration_number=registration_number,
    )
    _check(staff)
    staff.save(force_insert=True)
    _assign(staff, roles or {}, by=by)
    audit.note(by, audit.Kind.CHANGE, staff, facts={"what": "staff added", "kind": kind})
    announce(StaffAdded(staff_id=staff.pk, organization_id=staff.organization_id))
    return staff


@verb
def change_staff(pk: UUID, *, by: Actor, **facts: Unpack[StaffFacts]) -> Staff:
    """Correct what is known of a member of staff."""
    by.must(MANAGE, do="change staff")
    staff = _locked(pk, by=by)
    for column, value in facts.items():
        setattr(staff, column, value)
    _check(staff)
    staff.save(update_fields=list(facts))
    audit.note(by, audit.Kind.CHANGE, staff, facts={"what": "staff changed", "columns": sorted(facts)})
    return staff


@verb
def let_go(pk: UUID, *, by: Actor) -> Staff:
    """Somebody leaves: from now on nothing opens for them; what they wrote and signed stays."""
    return _set_active(pk, False, by=by)


@verb
def take_back(pk: UUID, *, by: Actor) -> Staff:
    """Somebody who left works here again, with the roles they had."""
    return _set_active(pk, True, by=by)


@verb
def give_role(staff_id: UUID, role_id: UUID, *, branch_id: UUID | None = None, by: Actor) -> RoleAssignment:
    """Give somebody a role, in one branch or everywhere."""
    by.must(MANAGE, do="give roles")
    staff = _locked(staff_id, by=by)
    role = queries.role(role_id, seen_by=by)
    branch = queries.branch(branch_id, seen_by=by) if branch_id else None
    row = RoleAssignment(organization_id=staff.organization_id, staff=staff, role=role, branch=branch)
    where = branch.name if branch else "every branch"
    with refusing({"people_roleassignment_once": Clash(f"They are {role.name} at {where} already.", field="role")}):
        row.save(force_insert=True)
    audit.note(by, audit.Kind.CHANGE, staff, facts={"what": "role given", "role": role.code, "branch": where})
    return row


@verb
def end_role(assignment_id: UUID, *, by: Actor) -> RoleAssignment:
    """Take a role from somebody; that they held it stays written."""
    by.must(MANAGE, do="end roles")
    rows = RoleAssignment.objects.filter(organization_id=by.organization_id, pk=assignment_id, ended_at=None)
    row = rows.select_related("role", "staff").select_for_update(of=("self",)).first()
    if row is None:
        raise NotFound("They no longer hold this role. Look at the list again.")
    row.ended_at = clock.now()
    row.save(update_fields=["ended_at"])
    _somebody_still_manages(by)
    audit.note(by, audit.Kind.CHANGE, row.staff, facts={"what": "role ended", "role": row.role.code})
    return row


@verb
def add_role(name: str, *, sentence: str, permissions: Sequence[str], by: Actor) -> Role:
    """Make a role of the clinic's own."""
    by.must(MANAGE, do="make a role")
    role = Role(organization_id=by.organization_id, code=slugify(name)[:40], name=name, sentence=sentence)
    return _save_role(role, permissions, by=by, what="role made")


@verb
def change_role(pk: UUID, *, name: str, sentence: str, permissions: Sequence[str], by: Actor) -> Role:
    """Change what a role is called and what its holders may do, from their next request on."""
    by.must(MANAGE, do="change a role")
    role = queries.role(pk, seen_by=by)
    role.name, role.sentence = name, sentence
    role = _save_role(role, permissions, by=by, what="role changed")
    _somebody_still_manages(by)
    return role


def _save_role(role: Role, permissions: Sequence[str], *, by: Actor, what: str) -> Role:
    if not role.name.strip() or not role.code:
        raise Invalid("Write a name.", field="name")
    if not role.sentence.strip():
        raise Invalid("Say in one sentence what somebody in this role does.", field="sentence")
    if unknown := unknown_permissions(list(permissions)):
        raise Invalid(f"There is no right called {', '.join(unknown)}.", field="permissions")
    role.permissions = sorted(set(permissions))
    with refusing({"people_role_code_once": Clash("There is a role of this name already.", field="name")}):
        role.save()
    audit.note(by, audit.Kind.CHANGE, role, facts={"what": what, "permissions": role.permissions})
    return role


def _assign(staff: Staff, wanted: Mapping[UUID | None, Sequence[str]], *, by: Actor) -> None:
    known = {role.code: role for role in queries.roles(seen_by=by)} if wanted else {}
    places = {branch.pk for branch in queries.branches(seen_by=by)} if wanted else set()
    rows = []
    for branch_id, codes in wanted.items():
        if branch_id is not None and branch_id not in places:
            raise NotFound("There is no such branch. Look for it in the list.")
        for code in codes:
            if code not in known:
                raise Invalid(f"There is no role called {code}.", field="roles")
            rows.append(
                RoleAssignment(
                    organization_id=staff.organization_id, staff=staff, role=known[code], branch_id=branch_id
                )
            )
    RoleAssignment.objects.bulk_create(rows)


def _set_active(pk: UUID, active: bool, *, by: Actor) -> Staff:
    by.must(MANAGE, do="let staff go or take them back")
    staff = _locked(pk, by=by)
    if staff.user_id is not None and staff.user_id == by.user_id and not active:
        raise NotReady("You cannot let yourself go. Ask another owner to do it.")
    staff.is_active = active
    staff.save(update_fields=["is_active"])
    User.objects.filter(pk=staff.user_id).update(is_active=active)
    _somebody_still_manages(by)
    what = "staff taken back" if active else "staff let go"
    audit.note(by, audit.Kind.CHANGE, staff, facts={"what": what})
    return staff


def _locked(pk: UUID, *, by: Actor) -> Staff:
    queries.staff_member(pk, seen_by=by)
    return Staff.objects.select_for_update().get(pk=pk)


def _check(staff: Staff) -> None:
    if not staff.name.strip():
        raise Invalid("Write a name.", field="name")
    if staff.kind not in Staff.Kind.values:
        raise Invalid("Choose what they are.", field="kind")


def _somebody_still_manages(by: Actor) -> None:
    if not queries.still_managed(seen_by=by):
        raise NotReady(NOBODY_LEFT)
