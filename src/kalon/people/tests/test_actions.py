"""What each verb does, and that nobody without the right gets it done."""

from collections.abc import Callable
from typing import Any

import pytest

from kalon.kernel import actors
from kalon.kernel.actors import EVERYWHERE
from kalon.kernel.audit import AuditEvent
from kalon.kernel.errors import Clash, DomainError, Invalid, NotFound, NotPermitted, NotReady
from kalon.kernel.tenancy import acting_as
from kalon.people import actions, queries
from kalon.people.models import AccessToken, Branch, Role, RoleAssignment, Room, Staff, User
from kalon.people.rules import ROLES
from kalon.people.tests.factories import Clinic, clinic, member

pytestmark = pytest.mark.django_db
TABLES = (Branch, Room, Staff, Role, RoleAssignment, User, AccessToken)


def everything(here: Clinic) -> dict[str, list[dict[str, Any]]]:
    """All rows of people, to see that nothing changed."""
    with acting_as(here.system):
        return {table.__name__: list(table.objects.order_by("pk").values()) for table in TABLES}


def _role(here: Clinic, code: str) -> Role:
    return Role.objects.get(code=code, organization=here.organization)


VERBS: dict[str, Callable[[Clinic, Any], object]] = {
    "add_branch": lambda c, by: actions.add_branch(name="Koramangala", code="KOR", by=by),
    "change_branch": lambda c, by: actions.change_branch(c.branch.pk, name="Elsewhere", by=by),
    "add_room": lambda c, by: actions.add_room(c.branch.pk, name="Two", code="C2", by=by),
    "change_room": lambda c, by: actions.change_room(c.room.pk, name="Two", by=by),
    "choose_rounding": lambda c, by: actions.choose_rounding("HALF_EVEN", by=by),
    "add_staff": lambda c, by: actions.add_staff("Ravi Menon", kind="NURSE", email="ravi@clinic.example", by=by),
    "change_staff": lambda c, by: actions.change_staff(c.staff["nurse"].pk, name="Somebody", by=by),
    "let_go": lambda c, by: actions.let_go(c.staff["nurse"].pk, by=by),
    "take_back": lambda c, by: actions.take_back(c.staff["nurse"].pk, by=by),
    "give_role": lambda c, by: actions.give_role(c.staff["nurse"].pk, c.role_id, by=by),
    "end_role": lambda c, by: actions.end_role(c.assignment_id, by=by),
    "add_role": lambda c, by: actions.add_role("Helper", sentence="Helps.", permissions=["people.view"], by=by),
    "change_role": lambda c, by: actions.change_role(c.role_id, name="X", sentence="Y.", permissions=[], by=by),
    "create_patient_user": lambda c, by: actions.create_patient_user(email="new@patient.example", by=by),
    "create_organization": lambda c, by: actions.create_organization("Another", code="AN", by=by),
    "add_equipment": lambda c, by: actions.add_equipment(
        c.branch.pk, name="Laser", code="L1", kind="LASER_ND_YAG", by=by
    ),
    "change_equipment": lambda c, by: actions.change_equipment(c.branch.pk, name="X", by=by),
    "issue_token": lambda c, by: actions.issue_token(c.users["owner"].email or "", "x", by=by),
    "offer_new_rights": lambda c, by: actions.offer_new_rights(by=by),
    "revoke_token": lambda c, by: actions.revoke_token(c.token_id, by=by),
}


@pytest.mark.parametrize("name", VERBS)
def test_who_has_no_right_is_refused_and_nothing_changes(here: Clinic, name: str) -> None:
    actions.issue_own_token("mine", by=here.owner)
    with acting_as(here.system):
        here.__dict__["role_id"] = _role(here, "doctor").pk
        here.__dict__["assignment_id"] = RoleAssignment.objects.get(staff=here.staff["nurse"]).pk
        here.__dict__["token_id"] = AccessToken.objects.get(label="mine").pk
    before = everything(here)
    with pytest.raises((NotPermitted, NotFound)):
        VERBS[name](here, here.inventory)
    assert everything(here) == before


def test_every_verb_is_tried_without_the_right() -> None:
    assert set(VERBS) | {"issue_own_token"} == set(actions.__all__)


def test_a_visitor_gets_no_token(here: Clinic) -> None:
    with pytest.raises(NotPermitted):
        actions.issue_own_token("mine", by=here.public)


def test_a_new_clinic_has_the_roles_of_every_clinic(here: Clinic) -> None:
    with acting_as(here.system):
        assert {role.code: role.sentence for role in queries.roles(seen_by=here.system)} == {
            code: spec.sentence for code, spec in ROLES.items()
        }


def test_a_clinic_is_opened_by_the_installation_only(here: Clinic) -> None:
    with pytest.raises(NotPermitted):
        actions.create_organization("Mine", code="MI", by=here.owner)


def test_rights_count_where_they_are_held(here: Clinic) -> None:
    with acting_as(here.owner):
        far = actions.add_branch(name="Koramangala", code="KOR", by=here.owner)
        desk = member("frontdesk", by=here.owner, branch_id=far.pk)
    assert desk.user is not None
    actor = queries.staff_actor(desk.user)
    assert actor is not None
    assert actor.branch_id == far.pk
    assert actor.role_label == "Front desk"
    assert actor.may("scheduling.book", at=far.pk)
    assert not actor.may("scheduling.book", at=here.branch.pk)
    assert EVERYWHERE not in actor.grants


def test_an_ended_role_gives_nothing(here: Clinic) -> None:
    with acting_as(here.system):
        assignment = RoleAssignment.objects.get(staff=here.staff["doctor"])
    actions.end_role(assignment.pk, by=here.owner)
    actor = queries.staff_actor(here.users["doctor"])
    assert actor is not None
    assert actor.permissions == frozenset()
    with pytest.raises(NotFound):
        actions.end_role(assignment.pk, by=here.owner)


def test_the_same_role_is_held_once(here: Clinic) -> None:
    with acting_as(here.system):
        role = _role(here, "doctor")
    with pytest.raises(Clash):
        actions.give_role(here.staff["doctor"].pk, role.pk, by=here.owner)


def test_somebody_always_manages(here: Clinic) -> None:
    with acting_as(here.system):
        role = _role(here, "owner")
        assignment = RoleAssignment.objects.get(staff=here.staff["owner"])
    before = everything(here)
    for attempt in (
        lambda: actions.end_role(assignment.pk, by=here.owner),
        lambda: actions.change_role(
            role.pk, name="Owner", sentence="Owns.", permissions=["people.view"], by=here.owner
        ),
        lambda: actions.let_go(here.staff["owner"].pk, by=here.owner),
        lambda: actions.let_go(here.staff["owner"].pk, by=here.system),
    ):
        with pytest.raises(NotReady):
            attempt()
    assert everything(here) == before


def test_who_left_acts_no_more_and_may_come_back(here: Clinic) -> None:
    token = actions.issue_own_token("phone", by=here.nurse)
    actions.let_go(here.staff["nurse"].pk, by=here.owner)
    user = User.objects.get(pk=here.users["nurse"].pk)
    assert queries.staff_actor(user) is None
    assert queries.actor_for_token(token) is None
    actions.take_back(here.staff["nurse"].pk, by=here.owner)
    assert queries.actor_for_token(token) == here.nurse


def test_a_changed_role_counts_from_the_next_request(here: Clinic) -> None:
    with acting_as(here.system):
        role = _role(here, "nurse")
    actions.change_role(role.pk, name="Nurse", sentence="Looks.", permissions=["people.view"], by=here.owner)
    actor = queries.staff_actor(here.users["nurse"])
    assert actor is not None
    assert actor.permissions == {"people.view"}


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"name": "", "kind": "NURSE"}, "name"),
        ({"name": "Ravi", "kind": "WIZARD"}, "kind"),
        ({"name": "Ravi", "kind": "NURSE", "email": "ravi"}, "email"),
        ({"name": "Ravi", "kind": "NURSE", "phone": "12"}, "phone"),
        ({"name": "Ravi", "kind": "NURSE", "email": "r@clinic.example", "password": "12345"}, "password"),
        ({"name": "Ravi", "kind": "NURSE", "roles": {None: ["emperor"]}}, "roles"),
    ],
)
def test_a_wrong_detail_is_named(here: Clinic, facts: dict[str, Any], field: str) -> None:
    before = everything(here)
    with pytest.raises(Invalid) as refusal:
        actions.add_staff(facts.pop("name"), **facts, by=here.owner)
    assert refusal.value.field == field
    assert everything(here) == before


def test_nobody_signs_in_with_anothers_address(here: Clinic, elsewhere: Clinic) -> None:
    taken = here.users["doctor"].email
    for by in (here.owner, elsewhere.owner):
        with pytest.raises(Clash) as refusal:
            actions.add_staff("Ravi", kind="NURSE", email=f" {str(taken).upper()} ", by=by)
        assert refusal.value.field == "email"


@pytest.mark.parametrize(
    ("attempt", "kind", "field"),
    [
        (lambda c: actions.add_branch(name="Two", code="blr", by=c.owner), Clash, "code"),
        (lambda c: actions.change_branch(c.branch.pk, gstin="nonsense", by=c.owner), Invalid, "gstin"),
        (lambda c: actions.change_branch(c.branch.pk, gstin="27AAPFU0939F1ZW", by=c.owner), Invalid, "gstin"),
        (lambda c: actions.change_branch(c.branch.pk, timezone="Mars/Base", by=c.owner), Invalid, "timezone"),
        (lambda c: actions.change_branch(c.branch.pk, timezone="../../etc/passwd", by=c.owner), Invalid, "timezone"),
        (lambda c: actions.change_branch(c.branch.pk, closes_at=c.branch.opens_at, by=c.owner), Invalid, "closes_at"),
        (lambda c: actions.add_room(c.branch.pk, name="Two", code="c1", by=c.owner), Clash, "code"),
        (lambda c: actions.change_room(c.room.pk, capacity=0, by=c.owner), Invalid, "capacity"),
        (lambda c: actions.change_room(c.room.pk, buffer_minutes=999, by=c.owner), Invalid, "buffer_minutes"),
        (lambda c: actions.change_room(c.room.pk, kind="CELLAR", by=c.owner), Invalid, "kind"),
    ],
)
def test_places_refuse_with_a_field(
    here: Clinic, attempt: Callable[[Clinic], object], kind: type[DomainError], field: str
) -> None:
    before = everything(here)
    with pytest.raises(kind) as refusal:
        attempt(here)
    assert refusal.value.field == field
    assert everything(here) == before


def test_a_patients_account_opens_no_page_of_the_desk(here: Clinic) -> None:
    user = actions.create_patient_user(email="Meera@patient.example", name="Meera Iyer", by=here.public)
    assert user.email == "meera@patient.example"
    assert user.organization_id == here.organization_id
    assert queries.staff_actor(user) is None
    with pytest.raises(Clash):
        actions.create_patient_user(email="meera@patient.example", by=here.public)


def test_changes_are_in_the_log(here: Clinic) -> None:
    actions.let_go(here.staff["nurse"].pk, by=here.owner)
    with acting_as(here.owner):
        event = AuditEvent.objects.filter(subject_id=here.staff["nurse"].pk).latest("id")
        assert (event.kind, event.actor_name, event.facts) == ("CHANGE", here.owner.name, {"what": "staff let go"})


def test_a_clinic_to_test_in_is_made_quickly(db: None) -> None:
    from time import perf_counter

    clinic()
    begin = perf_counter()
    clinic()
    assert perf_counter() - begin < 2  # about 0.1 s; a hundred tests make one each


def test_staff_without_an_account_is_known_but_cannot_act(here: Clinic) -> None:
    visiting = actions.add_staff("Dr Anil Rao", kind="ANAESTHETIST", by=here.owner)
    assert visiting.user is None
    with acting_as(here.owner):
        assert visiting in queries.staff_list(seen_by=here.owner)


def test_the_system_is_no_member_of_staff(here: Clinic) -> None:
    assert queries.staff_of(actors.system("worker", here.organization_id)) is None
    with acting_as(here.doctor):
        assert queries.staff_of(here.doctor) == here.staff["doctor"]
