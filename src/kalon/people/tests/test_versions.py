"""A newer version on a clinic that exists: new rights reach the roles once, and nothing the owner decided is undone."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from kalon.kernel.audit import AuditEvent
from kalon.kernel.errors import NotPermitted
from kalon.kernel.tenancy import acting_as
from kalon.people import actions
from kalon.people.actions import versions
from kalon.people.models import Role
from kalon.people.rules import ROLES, RoleSpec
from kalon.people.tests.factories import Clinic

pytestmark = pytest.mark.django_db
NEW = "catalog.manage"  # stands for a right that a later version gives to the nurse


def role(here: Clinic, code: str = "nurse") -> Role:
    with acting_as(here.system):
        return Role.objects.get(code=code)


def roles(here: Clinic) -> dict[str, tuple[list[str], list[str] | None]]:
    with acting_as(here.system):
        return {row.code: (row.permissions, row.offered) for row in Role.objects.all()}


def keep(here: Clinic, row: Role, permissions: list[str]) -> None:
    """The owner changes what a role may do."""
    actions.change_role(row.pk, name=row.name, sentence=row.sentence, permissions=permissions, by=here.owner)


def from_before(here: Clinic, **held: list[str]) -> None:
    """The roles as a version left them that did not yet remember what it offered."""
    with acting_as(here.system):
        Role.objects.update(offered=None)
        for code, permissions in held.items():
            Role.objects.filter(code=code).update(permissions=permissions)


@pytest.fixture
def next_version(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """A version that gives the nurse one more right."""

    def arrives(**more: RoleSpec) -> None:
        nurse = ROLES["nurse"]
        specs = {**ROLES, "nurse": replace(nurse, permissions=(*nurse.permissions, NEW)), **more}
        monkeypatch.setattr(versions, "ROLES", specs)

    return arrives


def test_a_new_right_reaches_the_role_once(here: Clinic, next_version: Any) -> None:
    next_version()
    (changed,) = actions.offer_new_rights(by=here.system)
    assert (changed.code, NEW in role(here).permissions) == ("nurse", True)
    with acting_as(here.system):
        told = AuditEvent.objects.filter(subject_id=changed.pk).latest("id")
    assert told.facts == {"what": "rights of a new version", "gained": [NEW]}
    before = roles(here)
    assert actions.offer_new_rights(by=here.system) == []
    assert roles(here) == before


def test_what_the_owner_took_away_stays_away(here: Clinic, next_version: Any) -> None:
    row = role(here)
    keep(here, row, [right for right in row.permissions if right != "patients.correct"])
    next_version()
    actions.offer_new_rights(by=here.system)
    held = role(here).permissions
    assert (NEW in held, "patients.correct" in held) == (True, False)
    keep(here, row, [right for right in held if right != NEW])
    actions.offer_new_rights(by=here.system)
    assert NEW not in role(here).permissions


def test_what_the_owner_gave_stays(here: Clinic, next_version: Any) -> None:
    row = role(here)
    keep(here, row, [*row.permissions, NEW, "audit.view"])
    next_version()
    assert actions.offer_new_rights(by=here.system) == []
    assert {NEW, "audit.view"} <= set(role(here).permissions)


def test_a_clinic_from_before_gains_what_nobody_there_had(here: Clinic) -> None:
    """The right to waive a fee came after the first clinics: theirs had it nowhere, not even the owner."""
    without = {code: [one for one in spec.permissions if one != "billing.waive_fee"] for code, spec in ROLES.items()}
    from_before(here, **{**without, "frontdesk": ["people.view"]})
    gained = {row.code for row in actions.offer_new_rights(by=here.system)}
    holders = {code for code, spec in ROLES.items() if "billing.waive_fee" in spec.permissions}
    assert holders <= gained
    assert set(role(here, "frontdesk").permissions) >= {"people.view", "billing.waive_fee"}
    assert "scheduling.book" not in role(here, "frontdesk").permissions  # taken away by the owner


def test_a_clinic_from_before_whose_owner_decided_already_is_left_alone(here: Clinic) -> None:
    """Somebody holds the right, so the clinic knew it; who does not hold it was not to have it."""
    from_before(here, frontdesk=["people.view"])
    actions.offer_new_rights(by=here.system)
    assert role(here, "frontdesk").permissions == ["people.view"]


def test_a_role_that_comes_later_is_made_but_not_over_the_clinics_own(here: Clinic, next_version: Any) -> None:
    own = actions.add_role("Perfusionist", sentence="Ours.", permissions=["people.view"], by=here.owner)
    spec = RoleSpec("Later", "Comes later.", ("people.view", "patients.search"))
    next_version(later=spec, perfusionist=spec)
    actions.offer_new_rights(by=here.system)
    assert role(here, "later").permissions == ["people.view", "patients.search"]
    assert role(here, "perfusionist").pk == own.pk
    assert role(here, "perfusionist").permissions == ["people.view"]


def test_nobody_at_the_desk_brings_roles_up_to_date(here: Clinic, next_version: Any) -> None:
    next_version()
    before = roles(here)
    with pytest.raises(NotPermitted):
        actions.offer_new_rights(by=here.frontdesk)
    assert roles(here) == before


def test_the_first_rights_are_rights() -> None:
    """A name mistyped there would be offered again, against the owner's will."""
    assert set(ROLES["owner"].permissions) >= versions.FIRST_RIGHTS
