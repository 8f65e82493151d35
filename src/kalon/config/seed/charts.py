"""Injections of the past months and a chart that is being drawn today, for the patients whom the doctor sees."""

import random
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from kalon.charts import actions, queries
from kalon.charts.actions import DeviceSetting, Mark
from kalon.charts.rules import View
from kalon.config.seed.clinic import Place
from kalon.kernel.actors import Actor
from kalon.kernel.errors import DomainError
from kalon.kernel.tenancy import acting_as
from kalon.people import queries as people

# view, region, x, y, units: an upper face as doses are often planned; invented, to be reviewed before clinical use
UPPER_FACE = (
    (View.FRONT, "frontalis", -58, 132, "2"), (View.FRONT, "frontalis", -20, 126, "2"),
    (View.FRONT, "frontalis", 20, 126, "2"), (View.FRONT, "frontalis", 58, 132, "2"),
    (View.FRONT, "glabella", -20, 190, "4"), (View.FRONT, "glabella", 0, 202, "4"),
    (View.FRONT, "glabella", 20, 190, "4"), (View.FRONT, "lateral_canthus", -100, 212, "3"),
    (View.FRONT, "lateral_canthus", -101, 232, "3"), (View.FRONT, "lateral_canthus", 100, 212, "3"),
    (View.FRONT, "lateral_canthus", 101, 232, "3"),
)  # fmt: skip
LIPS = ((View.FRONT, "lip_upper", -16, 336, "0.1"), (View.FRONT, "lip_upper", 16, 336, "0.1"))
TOXIN, FILLER = "Kalmira 100", "Aurelle Fine"


@dataclass(frozen=True, slots=True)
class Syringes:
    """The batches that a day's charts are drawn with."""

    toxin: str
    filler: str


def treated(place: Place, encounter: Any, by: Actor, dice: random.Random) -> None:
    """Now and then a visit is a treatment: its chart is drawn and finished before the outcome is written."""
    chance = dice.random()
    syringes = _syringes(place, by) if chance < 0.3 else None
    if chance < 0.08:
        _laser(place, encounter, by)
    if syringes:
        chart = actions.start(encounter.pk, by=by)
        _draw(
            chart, UPPER_FACE[: dice.choice((7, 9, 11))], syringes.toxin, by, depth="INTRAMUSCULAR", technique="BOLUS"
        )
        _finish(chart, by)


def drawing(place: Place, encounter: Any, by: Actor) -> None:
    """A chart that is being drawn while the patient sits there."""
    if syringes := _syringes(place, by):
        chart = actions.start(encounter.pk, by=by)
        if not _copied(chart, by):
            _draw(chart, UPPER_FACE[:7], syringes.toxin, by, depth="INTRAMUSCULAR", technique="BOLUS")
        if syringes.filler:
            _draw(chart, LIPS, syringes.filler, by, depth="SUBCUTANEOUS", technique="LINEAR")


def _copied(chart: Any, by: Actor) -> bool:
    """The last visit's points, where there was one."""
    try:
        return actions.copy_forward(chart.pk, by=by) > 0
    except DomainError:
        return False


def _laser(place: Place, encounter: Any, by: Actor) -> None:
    chart = actions.start(encounter.pk, by=by)
    with acting_as(by):
        device = people.equipment_of(branch_id=place.branch.pk, seen_by=by, kind="LASER_ND_YAG")[0]
    setting = DeviceSetting(
        equipment_id=device.pk, wavelength=1064, fluence=Decimal("2.8"), spot=Decimal(8), pulse=Decimal("0.3"),
        passes=3, area="Both cheeks",
    )  # fmt: skip
    actions.add_setting(chart.pk, setting, by=by)
    _finish(chart, by)


def _draw(chart: Any, points: Any, product: str, by: Actor, **how: str) -> None:
    for view, region, x, y, quantity in points:
        mark = Mark(
            view=view, x=Decimal(x), y=Decimal(y), product=product, quantity=Decimal(quantity), region=region, **how
        )
        actions.add_point(chart.pk, mark, by=by)


def _finish(chart: Any, by: Actor) -> None:
    try:
        actions.finish(chart.pk, by=by)
    except DomainError:
        actions.discard(chart.pk, by=by)  # the year's vials are used up


def _syringes(place: Place, by: Actor) -> Syringes | None:
    """What is in stock of the two, first to expire first; nothing on a day before the first delivery."""
    with acting_as(by):
        offered = queries.choices(branch_id=place.branch.pk, seen_by=by)
    toxin = next((one.value for one in offered if one.name == TOXIN and one.left >= 30), "")
    filler = next((one.value for one in offered if one.name == FILLER and one.left >= 1), "")
    return Syringes(toxin, filler) if toxin else None
