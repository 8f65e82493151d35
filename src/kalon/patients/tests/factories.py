"""People who never existed, made through the verbs as the product makes them."""

from itertools import count
from secrets import token_hex
from typing import Any

from kalon.kernel import actors
from kalon.kernel.actors import Actor
from kalon.patients import actions
from kalon.patients.models import Patient
from kalon.patients.rules import PatientDetails
from kalon.people import actions as people_actions
from kalon.people import queries as people
from kalon.people.models import User

_turn = count(1)

GIVEN = ("Meera", "Arjun", "Fathima", "Joseph", "Lakshmi", "Rahul", "Anjali", "Thomas", "Zainab", "Vivek")
FAMILY = ("Nair", "Menon", "Rahman", "Kurian", "Iyer", "Pillai", "Varghese", "Das", "Shetty", "Kapoor")


def clinic(name: str = "Skinspire Clinic", *, code: str = "SK") -> Actor:
    """A clinic with one branch; returns its system actor."""
    mark = token_hex(4)
    setup = actors.system("setup")
    here = people_actions.create_organization(f"{name} {mark}", code=code, slug=f"clinic-{mark}", by=setup)
    us = actors.system("setup", here.pk)
    people_actions.add_branch(name="Kochi, Panampilly Nagar", code="KOC", by=us)
    return us


def staff(us: Actor, role: str = "frontdesk", *, name: str = "Sini Paul") -> Actor:
    """A member of staff who holds one role everywhere, as the actor they are when signed in."""
    email = f"{role}-{token_hex(4)}@example.com"
    made = people_actions.add_staff(name, kind="DESK", email=email, roles={None: [role]}, by=us)
    actor = people.staff_actor(User(pk=made.user_id, organization_id=us.organization_id, is_active=True))
    assert actor is not None
    return actor


def details(**overrides: Any) -> PatientDetails:
    """Somebody new each time."""
    turn = next(_turn)
    told: dict[str, Any] = {
        "given_name": GIVEN[turn % 10],
        "family_name": FAMILY[turn // 10 % 10],
        "birth_date": f"{1950 + turn % 50}-{1 + turn % 12:02d}-{1 + turn % 28:02d}",
        "gender": "female",
        "phone": f"+9198{turn:08d}",
        "email": f"patient-{turn}-{token_hex(4)}@example.com",
        "confirmed_not_duplicate": True,
    }
    return PatientDetails(**{**told, **overrides})


def patient(by: Actor, **overrides: Any) -> Patient:
    """A patient registered at the desk; `by` may be a member of staff or the clinic's system actor."""
    return actions.register(details(**overrides), by=by)
