"""What an installation does when a newer version starts on it."""

from typing import Any

from kalon.config import provision
from kalon.kernel.tenancy import acting_as
from kalon.people.models import Role
from kalon.people.tests.factories import clinic


def test_every_clinic_gains_the_rights_that_this_version_brings(db: None) -> None:
    houses = [clinic(roles=["owner"]), clinic(roles=["owner"], name="Northside Skin", code="NS")]
    for here in houses:
        with acting_as(here.system):
            for role in Role.objects.all():
                role.permissions = [one for one in role.permissions if one != "billing.waive_fee"]
                role.offered = None  # from before roles remembered it
                role.save()
    provision.rights()
    for here in houses:
        assert "billing.waive_fee" in _held(here, "frontdesk")
        assert "billing.waive_fee" not in _held(here, "nurse")


def _held(here: Any, code: str) -> list[str]:
    with acting_as(here.system):
        return list(Role.objects.get(code=code).permissions)
