"""What a clinic asks before it operates."""

from collections.abc import Sequence
from dataclasses import dataclass

from kalon.kernel import audit
from kalon.kernel.actors import Actor
from kalon.kernel.errors import Invalid
from kalon.kernel.tenancy import verb
from kalon.orders import queries as orders
from kalon.theatre import queries
from kalon.theatre.lifecycles import MANAGE
from kalon.theatre.models import Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class Fasting:
    """How long before an operation the patient comes, and eats and drinks nothing."""

    arrive_minutes: int
    food_hours: int
    water_hours: int


@verb
def set_policy(
    *,
    lab_codes: Sequence[str],
    lab_days: int,
    valid_days: int,
    follow_up_days: Sequence[int],
    fasting: Fasting | None = None,
    by: Actor,
) -> Policy:
    """Decide which tests are asked before surgery, how old they may be, how long a clearance holds, and when the
    patient is seen again after it. What is open already keeps its lines; `fasting` may be left as it is."""
    by.must(MANAGE, do="change what is asked before surgery")
    known = {one.code for one in orders.known_tests()}
    codes = list(dict.fromkeys(code.strip().upper() for code in lab_codes if code.strip()))
    if unknown := [code for code in codes if code not in known]:
        raise Invalid(f"There is no test called {', '.join(unknown)}. Choose from the list.", field="lab_codes")
    if not 1 <= lab_days <= 365:
        raise Invalid("Results may be between 1 and 365 days old.", field="lab_days")
    if not 1 <= valid_days <= 90:
        raise Invalid("A clearance holds between 1 and 90 days.", field="valid_days")
    days = sorted(set(follow_up_days))
    if len(days) > 8 or any(not 1 <= day <= 730 for day in days):
        raise Invalid("Give up to 8 days between 1 and 730.", field="follow_up_days")
    held = queries.policy(seen_by=by)
    if fasting is not None:
        _fast(held, fasting)
    held.lab_codes, held.lab_days, held.valid_days, held.follow_up_days = codes, lab_days, valid_days, days
    held.save()
    audit.note(by, audit.Kind.CHANGE, held, purpose="what is asked before surgery")
    return held


def _fast(held: Policy, fasting: Fasting) -> None:
    if not 0 <= fasting.arrive_minutes <= 720:
        raise Invalid("A patient comes at most twelve hours before.", field="arrive_minutes")
    if not 2 <= fasting.food_hours <= 24 or not 1 <= fasting.water_hours <= min(12, fasting.food_hours):
        raise Invalid("Food stops 2 to 24 hours before, water 1 to 12 and never before food.", field="food_hours")
    held.arrive_minutes, held.food_hours = fasting.arrive_minutes, fasting.food_hours
    held.water_hours = fasting.water_hours
