"""What the contexts above put on a visit's row in the day's list: they say it once, from their `apps.ready()`.

from kalon.scheduling.queries import rows

rows.add(rows.Step(word="Take payment", icon="wallet", url_name="billing:visit", states=("PENDING_PAYMENT",),
                   permission="billing.charge"))
"""

from dataclasses import dataclass
from functools import cache
from uuid import UUID

from django.urls import reverse

from kalon.kernel.actors import Actor

ANY = UUID(int=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One button, posted to `url_name` with the visit's id, shown while the visit is in one of the states."""

    word: str
    icon: str
    url_name: str
    states: tuple[str, ...]
    permission: str

    def address(self, visit_id: UUID) -> str:
        """Where the button leads; found once for a list of hundreds."""
        return _pattern(self.url_name).replace(str(ANY), str(visit_id))


_steps: list[Step] = []


def add(step: Step) -> None:
    """Have the step on the rows from now on."""
    if step not in _steps:
        _steps.append(step)


def step_for(status: str, *, by: Actor) -> Step | None:
    """The first step of another context that this person can take while a visit is in this state."""
    return next((step for step in _steps if status in step.states and by.may(step.permission)), None)


@cache
def _pattern(url_name: str) -> str:
    return reverse(url_name, args=[ANY])
