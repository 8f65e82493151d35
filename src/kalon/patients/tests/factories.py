"""People who never existed, made through the verbs as the product makes them."""

from itertools import count
from typing import Any

from kalon.kernel.actors import Actor
from kalon.patients import actions
from kalon.patients.models import Patient
from kalon.patients.rules import PatientDetails

_turn = count(1)

GIVEN = ("Meera", "Arjun", "Fathima", "Joseph", "Lakshmi", "Rahul", "Anjali", "Thomas", "Zainab", "Vivek")
FAMILY = ("Nair", "Menon", "Rahman", "Kurian", "Iyer", "Pillai", "Varghese", "Das", "Shetty", "Kapoor")


def details(**overrides: Any) -> PatientDetails:
    """Somebody new each time."""
    turn = next(_turn)
    told: dict[str, Any] = {
        "given_name": GIVEN[turn % 10],
        "family_name": FAMILY[turn // 10 % 10],
        "birth_date": f"{1950 + turn % 50}-{1 + turn % 12:02d}-{1 + turn % 28:02d}",
        "gender": "female",
        "phone": f"+9198{turn:08d}",
        "email": f"patient-{turn}@example.com",
        "confirmed_not_duplicate": True,
    }
    return PatientDetails(**{**told, **overrides})


def patient(by: Actor, **overrides: Any) -> Patient:
    """A patient registered at the desk; `by` may be a member of staff or the clinic's system actor."""
    return actions.register(details(**overrides), by=by)
