"""Under whose name something is said: the member of staff who acts, and a clinician where it takes one."""

from typing import Any

from kalon.kernel.actors import Actor
from kalon.kernel.errors import NotPermitted
from kalon.people import queries as people
from kalon.theatre.models.guards import CLINICIANS


def acting_staff(by: Actor, do: str) -> Any:
    """The member of staff who acts; the system and patients sign nothing here."""
    staff = people.staff_of(by)
    if staff is None:
        raise NotPermitted(f"To {do}, sign in under your own name: it is kept with what you wrote.")
    return staff


def clinician(by: Actor, do: str) -> Any:
    """The doctor, surgeon or anaesthetist who acts."""
    staff = acting_staff(by, do)
    if staff.kind not in CLINICIANS:
        raise NotPermitted(f"Only a doctor, surgeon or anaesthetist may {do}, under their own name.")
    return staff
