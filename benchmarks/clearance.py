"""The clearance board of a busy theatre: sixty surgeries, each with its lines answered in part, asked as a page.

Everything is made by the product's own verbs; the page then goes through the whole stack (middleware, row security, log
of reads, templates), asked by the theatre manager. It has to take as many statements for five surgeries as for all.
"""

from datetime import timedelta
from typing import Any

from benchmarks._scratch import installation, progress
from benchmarks.pages import Figures, asked, statements

SCALE = 60  # cases on the board
FEW = 5


def run(scale: int) -> Figures:
    """Measure the board with `scale` surgeries of one clinic, and one clearance of them."""
    from kalon.web import assets

    assets.build()
    with installation("clearance"):
        from kalon.kernel import clock
        from kalon.scheduling.tests.clinic import EIGHT

        with clock.at(EIGHT):
            return _measured(scale)


def _measured(scale: int) -> Figures:
    from django.urls import reverse

    from kalon.theatre.tests import told
    from kalon.theatre.tests.conftest import opened
    from kalon.theatre.tests.test_board_pages import client

    house = opened()
    page = client(house, house.manager)
    page.defaults["SERVER_NAME"] = "127.0.0.1"
    last = told.SURGERY + timedelta(days=1)
    address = f"{reverse('theatre:board')}?from={told.SURGERY}&to={last}"
    plan = told.planned(house)
    made = [_cleared_in_part(house, plan, 0)]
    for number in range(1, FEW):
        made.append(_cleared_in_part(house, told.planned(house, of=plan.consultation_id), number))
    few = statements(page, address)
    for number in range(FEW, scale):
        made.append(_cleared_in_part(house, told.planned(house, of=plan.consultation_id), number))
        progress(number + 1, scale, "surgeries")
    figures: Figures = {"board_cases": _shown(house, told.SURGERY, last), "board_queries_small": few}
    figures |= asked(page, address, "board")
    one = reverse("theatre:clearance", args=[made[0].pk])
    return figures | asked(page, one, "clearance")


def _cleared_in_part(house: Any, plan: Any, number: int) -> Any:
    """A clearance of which something is answered: nothing, what is said, blood, and each third one all but consent."""
    from kalon.theatre.tests import told

    found = told.opened(house, plan)
    if number % 3:
        told.said(house, found, *told.SAID[: number % 3])
    if number % 3 == 2:
        told.blood_tested(house, plan)
    return found


def _shown(house: Any, first: Any, last: Any) -> int:
    from kalon.kernel.tenancy import acting_as
    from kalon.theatre import queries

    with acting_as(house.manager):
        return len(queries.board(first=first, last=last, seen_by=house.manager))
