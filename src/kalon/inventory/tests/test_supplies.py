"""What a plan takes: needed, put aside, missing; put aside in one press, by scan, piece by piece."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kalon.inventory import actions, queries
from kalon.inventory.models import Reservation
from kalon.inventory.tests.theatre import Theatre
from kalon.kernel.actors import EVERYWHERE
from kalon.kernel.errors import Clash, Invalid, NotPermitted
from kalon.kernel.tenancy import acting_as
from kalon.people import actions as people
from kalon.people.rules.roles import ROLES

STORE = MappingProxyType({EVERYWHERE: frozenset(ROLES["inventory"].permissions)})


def supplies(theatre: Theatre, **more: Any) -> Any:
    with acting_as(theatre.keeper):
        return queries.supplies_of(theatre.plan.pk, seen_by=theatre.keeper, **more)


@pytest.fixture
def keeper(theatre: Theatre) -> Theatre:
    """The theatre whose store is kept by somebody who has the role, and reads no plans; its plan waits for its day."""
    theatre.plan, theatre.other_plan = theatre.other_plan, theatre.plan
    theatre.keeper = replace(theatre.keeper, grants=STORE)
    return theatre


def scanned(theatre: Theatre, scan: str, **more: Any) -> list[Reservation]:
    asked = {"plan_id": theatre.plan.pk, "needed_on": theatre.day(), "location_id": theatre.store.pk}
    return actions.reserve_scanned(scan, **{**asked, "by": theatre.keeper, **more})


def test_what_a_plan_takes_and_what_is_missing(keeper: Theatre):
    pieces = keeper.take_in("S1", "S2", "S3", days=300)
    keeper.take_in("FAR", lot="LF", place=keeper.far_store)
    keeper.receive("8")
    found = supplies(keeper, on_day=keeper.day(), place_id=keeper.store.pk)
    said = [(row.item, row.needed, row.there, row.missing, row.free, row.elsewhere) for row in found.rows]
    assert said == [(keeper.implant, 2, 0, 2, 3, 0), (keeper.mesh, 3, 0, 3, 8, 0)]
    assert (found.implants, found.implants_missing, found.is_complete) == (2, 2, False)
    assert found.choices == ("Round, 300 ml",)
    for piece in pieces[:2]:
        keeper.reserve(piece)
    found = supplies(keeper)
    assert [(row.there, row.missing) for row in found.rows] == [(2, 0), (0, 3)]
    assert (found.day, found.implants_missing, found.is_complete) == (keeper.day(), 0, True)  # the mesh is good to have
    assert [str(row.unit) for row in found.held] == ["S1", "S2"]


def test_what_will_have_expired_on_the_day_is_missing_again(keeper: Theatre):
    for piece in (*keeper.take_in("S1", days=20), *keeper.take_in("S2", lot="L8", days=300)):
        keeper.reserve(piece)
    assert supplies(keeper).is_complete
    later = supplies(keeper, on_day=keeper.day(30))
    assert (later.rows[0].missing, later.implants_missing, later.is_complete) == (1, 1, False)
    keeper.take_in("S3", lot="L9")
    kept = actions.reserve_kit(keeper.plan.pk, needed_on=keeper.day(30), location_id=keeper.store.pk, by=keeper.keeper)
    with acting_as(keeper.system):
        assert [str(row.unit) for row in kept.lines] == ["S3"]  # another one for what will have expired
    assert supplies(keeper, on_day=keeper.day(30)).is_complete


def test_pieces_that_can_be_picked_last_until_the_day_first_to_expire_first(keeper: Theatre):
    keeper.take_in("LATE", lot="L1", days=400)
    keeper.take_in("SOON", lot="L2", days=100)
    keeper.take_in("GONE", lot="L3", days=5)
    keeper.take_in("FAR", lot="L4", place=keeper.far_store)
    found = supplies(keeper, on_day=keeper.day())
    with acting_as(keeper.keeper):
        rows = queries.pieces_for(found, place_id=keeper.store.pk, seen_by=keeper.keeper)
    assert [row.serial for row in rows] == ["SOON", "LATE"]


def test_what_is_scanned_is_put_aside(keeper: Theatre):
    (piece,) = keeper.take_in("S1")
    keeper.receive("2", "M1", days=90)
    keeper.receive("8", "M2", days=300)
    (row,) = scanned(keeper, keeper.code("S1"))
    assert row.unit_id == piece.pk
    rows = scanned(keeper, "M2")  # all that the plan still takes of it, from what expires first
    with acting_as(keeper.system):
        assert [(one.batch.number, one.quantity) for one in rows] == [("M1", 2), ("M2", 1)]
    (more,) = scanned(keeper, "M2")
    assert more.quantity == 1
    with pytest.raises(Clash, match="reserved for somebody"):
        scanned(keeper, keeper.code("S1"))
    with pytest.raises(Invalid, match="check digit"):
        scanned(keeper, keeper.code("S1").replace("0917", "0918"))
    stranger = replace(
        keeper.keeper, grants=MappingProxyType({EVERYWHERE: frozenset({"inventory.view", "plans.supply"})})
    )
    before = keeper.count(Reservation)
    with pytest.raises(NotPermitted):
        scanned(keeper, "M2", by=stranger)
    assert keeper.count(Reservation) == before


@pytest.fixture
def browser(keeper: Theatre) -> Callable[[str], Client]:
    """Somebody of this clinic with a role, before a browser."""

    def of(role: str) -> Client:
        with acting_as(keeper.system):
            member: Any = people.add_staff(
                f"The {role}", kind="OTHER", email=f"{role}@clinic.example", roles={None: [role]}, by=keeper.system
            )
        client = Client()
        client.force_login(member.user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return of


def test_the_page_of_a_plan(keeper: Theatre, browser: Callable[[str], Client]):
    pieces = keeper.take_in("S1", "S2", "S3")
    keeper.receive("8")
    client = browser("inventory")
    url, day = f"/inventory/for-plans/{keeper.plan.pk}", keeper.day().isoformat()
    page = client.get(url).content.decode()
    assert "Choose the day on which it is needed." in page and "Implants by serial" in page
    where = {"on": day, "at": str(keeper.store.pk)}
    page = client.get(url, where).content.decode()
    for words in ("First to expire", "Put aside what is missing", "3 here", "Not all there"):
        assert words in page, words
    answer = client.post(url, {**where, "unit": str(pieces[2].pk)})
    assert answer.status_code == 303 and f"on={day}" in answer["Location"]
    wrong = client.post(url, {**where, "scan": "NOBODY"})
    assert wrong.status_code == 422 and "carries this number" in wrong.content.decode()
    assert client.post(url, {**where, "scan": "S2"}).status_code == 303
    assert "Scan the code on the pack first." in client.post(url, where).content.decode()
    assert client.post(url, {**where, "kit": "1"}).status_code == 303  # the rest of the kit
    assert "All there" in client.get(url).content.decode()
    assert client.post(url, {**where, "item": str(keeper.mesh.pk)}).status_code == 422  # how much of it
    listed = client.get("/inventory/for-plans").content.decode()
    assert keeper.plan.number in listed and "All there" in listed and "Not all there" in listed
    with acting_as(keeper.system):
        kept = Reservation.objects.filter(plan=keeper.plan, status="HELD")
        assert sorted(str(row.unit or row.quantity) for row in kept) == ["3.000", "S2", "S3"]
    assert browser("frontdesk").get(url).status_code == 403
    same = client.get(f"/api/inventory/plans/{keeper.plan.pk}/supplies?on={day}").json()
    assert (same["is_complete"], same["implants_missing"], len(same["held"])) == (True, 0, 3)
    body = {"plan_id": str(keeper.plan.pk), "needed_on": day, "scan": "M1", "location_id": str(keeper.store.pk)}
    made = client.post("/api/inventory/reservations", body, content_type="application/json")
    assert (made.status_code, [row["item"] for row in made.json()]) == (201, ["Support mesh"])


def test_many_plans_cost_what_one_costs(keeper: Theatre):
    keeper.receive("50")
    with acting_as(keeper.keeper):
        rows = list(queries.plans_to_supply(seen_by=keeper.keeper))
        assert len(rows) == 2
        counts = []
        for found in (rows[:1], rows * 15):
            with CaptureQueriesContext(connection) as asked:
                queries.supplies_of_all(found, seen_by=keeper.keeper)
            counts.append(len(asked))
    assert counts[0] == counts[1]


def test_a_place_of_another_branch_has_nothing_of_this_one(keeper: Theatre):
    keeper.receive("8", "M1")
    found = supplies(keeper, on_day=keeper.day(), place_id=keeper.far_store.pk)
    assert (found.rows[1].free, found.rows[1].elsewhere) == (Decimal(0), Decimal(8))
