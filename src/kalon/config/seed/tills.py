"""The desk's cash of the demonstration: days counted and closed, one of them with a difference, and today's drawer."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from kalon.config.seed.clinic import Place
from kalon.kernel import clock
from kalon.tills import actions
from kalon.tills.models import DrawerSession

FLOAT = {"500": 2, "100": 10, "50": 10, "20": 20, "10": 10}  # ₹3,000
OTHERS = ("Second desk", "Pharmacy counter")
MORNING, EVENING = time(8, 40), time(19, 10)


def keep(place: Place, today: date) -> None:
    """Two days of this week with their drawer, closed; a drawer that is open today.

    Called when nothing else of the demonstration is dated into those days any more.
    """
    zone = ZoneInfo(place.branch.timezone)
    drawer = actions.add_drawer(place.branch.pk, "Front desk", by=place.by["billing"])
    for name in OTHERS:  # closed until a second and a third cashier come
        actions.add_drawer(place.branch.pk, name, by=place.by["billing"])

    def at(on: date, clock_time: time) -> datetime:
        return datetime.combine(on, clock_time, zone)

    for days, short in ((3, 0), (2, 100)):
        on = today - timedelta(days=days)
        with clock.at(at(on, MORNING)):
            session = actions.open_drawer(drawer.pk, FLOAT, by=place.by["frontdesk"])
            actions.move_cash(session.pk, "PETTY", Decimal(120), "Milk and newspapers", by=place.by["frontdesk"])
        with clock.at(at(on, EVENING)):
            _count_and_close(place, session, short)
            actions.close_day(place.branch.pk, on, {}, "", by=place.by["billing"])
    with clock.at(min(at(today, MORNING), clock.now())):
        actions.open_drawer(drawer.pk, FLOAT, by=place.by["frontdesk"])


def _count_and_close(place: Place, session: DrawerSession, short: int) -> None:
    left = {"500": 2, "100": 9, "50": 10, "20": 19, "10": 10}  # a hundred and twenty went for milk
    if short:
        left["100"] -= 1
    actions.count_drawer(session.pk, left, by=place.by["frontdesk"])
    if short:
        actions.explain(session.pk, "A patient was given back a hundred too much.", by=place.by["frontdesk"])
    actions.close_drawer(session.pk, by=place.by["billing"])
