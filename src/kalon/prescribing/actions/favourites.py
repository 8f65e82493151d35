"""A doctor's own short list."""

from decimal import Decimal
from uuid import UUID

from kalon.kernel.actors import Actor
from kalon.kernel.errors import Invalid, NotFound
from kalon.kernel.tenancy import verb
from kalon.people import queries as people
from kalon.prescribing import queries
from kalon.prescribing.actions.writing import DO, details_of
from kalon.prescribing.lifecycles import WRITE
from kalon.prescribing.models import Favourite
from kalon.prescribing.rules import LineDetails, plain

MOST = 60


@verb
def keep_favourite(pk: UUID, item_id: UUID, *, by: Actor) -> Favourite:
    """Keep a medicine as it is written, to be put in again with one key; nothing of the patient goes along."""
    by.must(WRITE, do=DO)
    me = people.staff_of(by)
    if me is None:
        raise Invalid("Only a doctor keeps favourites; sign in as the doctor.")
    item = next((one for one in queries.prescription(pk, seen_by=by).items.all() if one.pk == item_id), None)
    if item is None:
        raise NotFound("This medicine is not on the prescription any more.")
    if queries.favourites(seen_by=by).count() >= MOST:
        raise Invalid(f"You keep {MOST} favourites already. Let one go first.")
    held = details_of(item)
    line = {
        name: getattr(held, name)
        for name in ("medicine", "form", "strength", "route", "dose_unit", "frequency", "every_hours", "most_a_day",
                     "days", "timing", "is_in_house")
    }  # fmt: skip
    line |= {"name": "" if held.medicine else held.name, "dose": str(held.dose), "steps": list(held.steps)}
    label = f"{held.name} {held.strength}, {plain(held.dose)} {held.dose_unit} {held.frequency}"[:120]
    made, _new = Favourite.objects.update_or_create(
        staff=me,
        label=label,
        defaults={"line": line},
        create_defaults={"line": line, "organization_id": me.organization_id},
    )
    return made


@verb
def forget_favourite(pk: UUID, *, by: Actor) -> None:
    """Let a favourite go."""
    by.must(WRITE, do=DO)
    if not queries.favourites(seen_by=by).filter(pk=pk).delete()[0]:
        raise NotFound("There is no such favourite.")


def line_of(favourite: Favourite) -> LineDetails:
    """A favourite as a line to be added."""
    return LineDetails(**{**favourite.line, "dose": Decimal(favourite.line["dose"])})
