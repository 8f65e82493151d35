"""Eight at once with implants and reservations: each piece goes to one, nothing is promised twice, no circle."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from kalon.inventory import actions, queries
from kalon.inventory.models import Balance, Implant, Movement, Reservation
from kalon.inventory.tests.theatre import Theatre, open_both
from kalon.kernel import clock
from kalon.kernel.errors import DomainError
from kalon.kernel.tenancy import acting_as
from kalon.scheduling.tests.clinic import EIGHT


@pytest.fixture
def theatre(own_database: str, django_db_blocker: Any) -> Any:
    with django_db_blocker.unblock(), clock.at(EIGHT):
        yield open_both()
        connection.close()


def test_eight_at_once(theatre: Theatre, at_once: Callable[..., list[Any]]):
    def run(work: Callable[[int], Any]) -> list[Any]:
        def held(which: int) -> Any:
            with clock.at(EIGHT):
                return work(which)

        return at_once(held)

    (unit, other) = theatre.take_in("S1", "S2")
    answers = run(lambda which: theatre.reserve(unit, (theatre.plan, theatre.other_plan)[which % 2]))
    assert sum(isinstance(answer, Reservation) for answer in answers) == 1
    # eight ask for three of twenty: six get them
    batch = theatre.receive("20").batch_id
    answers = run(lambda which: theatre.reserve_mesh("3"))
    assert sum(not isinstance(answer, DomainError) for answer in answers) == 6
    assert theatre.balance(batch) == (20, 18)
    # the same scan sent eight times consumes once
    using = {"patient_id": theatre.plan.patient_id, "source": theatre.paper, "plan_id": theatre.plan.pk,
             "branch_id": theatre.visit.clinic.branch.pk, "by": theatre.surgeon}  # fmt: skip
    answers = run(lambda _: actions.consume(item_id=theatre.mesh.pk, quantity=Decimal("1.5"), key="scan-1", **using))
    assert len({answer[0].movement_id for answer in answers}) == 1
    assert theatre.balance(batch) == (Decimal("18.5"), Decimal("16.5"))
    # eight implant one piece, for two cases
    cases = [{"plan_id": plan.pk, "source": f"case:{case.pk}"}
             for plan, case in ((theatre.plan, theatre.case), (theatre.other_plan, theatre.other_case))]  # fmt: skip
    answers = run(lambda which: actions.implant(other.pk, side="LEFT", **cases[which % 2], by=theatre.surgeon))
    assert len({answer.pk for answer in answers if isinstance(answer, Implant)}) == 1
    assert sum(isinstance(answer, Implant) for answer in answers) == 4

    # some reserve, some use, some lock away, some release: nobody waits in a circle
    def mixed(which: int) -> str:
        for turn in range(3):
            try:
                if which == 0:
                    actions.quarantine(batch, "Recall", by=theatre.keeper)
                    actions.release_batch(batch, "Cleared", by=theatre.keeper)
                elif which % 3 == 0:
                    actions.release(f"plan:{theatre.other_plan.pk}", "Postponed", by=theatre.surgeon)
                elif which % 3 == 1:
                    theatre.reserve_mesh("0.5", theatre.other_plan)
                else:
                    actions.consume(item_id=theatre.mesh.pk, quantity=Decimal("0.5"), key=f"{which}-{turn}", **using)
            except DomainError:
                continue
        return "done"

    assert run(mixed) == ["done"] * 8
    with acting_as(theatre.system):
        assert queries.mismatches(seen_by=theatre.system) == []
        assert all(0 <= row.held <= row.quantity for row in Balance.objects.all())
        assert Movement.objects.filter(kind="ISSUED", unit=other).count() == 1
