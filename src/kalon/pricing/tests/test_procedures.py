"""What a procedure costs in each fee schedule, from its own page."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from kalon.catalog import actions as catalogue
from kalon.catalog import queries as catalog
from kalon.kernel.errors import Invalid, NotPermitted
from kalon.kernel.tenancy import acting_as
from kalon.people import actions as people
from kalon.people.tests.factories import Clinic
from kalon.pricing import actions, queries
from kalon.pricing.models import FeeItem

pytestmark = pytest.mark.django_db
DAY = date(2026, 1, 1)
PACK = {"code": "TWO", "name": "Two visits", "price": Decimal(10), "minutes": 30}


@pytest.fixture
def browser(here: Clinic) -> Any:
    def of(role: str) -> Client:
        with acting_as(here.owner):
            member: Any = people.add_staff(
                f"The {role}", kind="OTHER", email=f"{role}-p@clinic.example", roles={None: [role]}, by=here.owner
            )
        client = Client()
        client.force_login(member.user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return of


def procedure(here: Clinic, *, is_sold: bool = True) -> Any:
    with acting_as(here.owner):
        sold = catalog.services(seen_by=here.owner).get(code="CONSULT")
    said = {"code": f"P{is_sold:d}", "name": "Upper lid", "category": "FACE", "service": sold if is_sold else None}
    return catalogue.add_procedure(said, by=here.owner)


def prices(here: Clinic, found: Any) -> list[tuple[str, Decimal, date | None]]:
    with acting_as(here.owner):
        rows = queries.items_of_procedure(found, seen_by=here.owner)
        return [(row.schedule.name, row.price, row.valid_to) for row in rows]


def test_a_price_for_each_schedule_with_its_days(here: Clinic):
    found = procedure(here)
    own = actions.add_schedule("Own", DAY, by=here.owner)
    star = actions.add_schedule("Star", DAY, payer="Star Health", by=here.owner)
    with acting_as(here.owner):
        other = catalog.services(seen_by=here.owner).exclude(pk=found.service_id).first()
        package = catalogue.add_package(PACK, [(found.service_id, 2)], by=here.owner)
    actions.add_price(own.pk, Decimal(5), DAY, service_id=other.pk, by=here.owner)
    actions.add_price(own.pk, Decimal(6), DAY, package_id=package.pk, by=here.owner)
    actions.add_procedure_price(found.pk, own.pk, Decimal(900), DAY, by=here.owner)
    actions.add_procedure_price(found.pk, star.pk, Decimal(700), DAY, by=here.owner)
    later = DAY + timedelta(days=60)
    actions.add_procedure_price(found.pk, own.pk, Decimal(950), later, by=here.owner)
    assert prices(here, found) == [("Own", 950, None), ("Own", 900, later), ("Star", 700, None)]
    with acting_as(here.owner):
        asked = {"service_id": found.service_id, "branch_id": here.branch.pk, "on": later, "seen_by": here.owner}
        assert queries.price_of(**asked).unit_price == 950
        assert queries.price_of(**asked, payer="Star Health").unit_price == 700
    assert prices(here, procedure(here, is_sold=False)) == []


def test_what_is_not_sold_has_no_price(here: Clinic):
    found, own = procedure(here, is_sold=False), actions.add_schedule("Own", DAY, by=here.owner)
    with pytest.raises(Invalid, match="not sold by itself"):
        actions.add_procedure_price(found.pk, own.pk, Decimal(900), DAY, by=here.owner)
    assert prices(here, found) == []


def test_the_page_and_its_json(here: Clinic, browser: Any):
    found, bare = procedure(here), procedure(here, is_sold=False)
    own = actions.add_schedule("Own", DAY, by=here.owner)
    owner, url = browser("owner"), f"/prices/procedures/{found.pk}"
    assert url in owner.get(f"/catalog/procedures/{found.pk}").content.decode()
    assert "No fee schedule names it" in owner.get(url).content.decode()
    typed = {"schedule": str(own.pk), "price": "900", "valid_from": "2026-01-01"}
    assert owner.post(url, typed).status_code == 303
    assert owner.post(url, typed).status_code == 422  # the same days once more
    page = owner.get(url).content.decode()
    assert "900" in page and "Own" in page
    body = {"schedule_id": str(own.pk), "price": "950", "valid_from": "2026-03-01"}
    made = owner.post(f"/api/pricing/procedures/{found.pk}", body, content_type="application/json")
    assert (made.status_code, made.json()["price"]) == (201, "950.00")
    listed = owner.get(f"/api/pricing/procedures/{found.pk}").json()
    assert sorted(row["price"] for row in listed["items"]) == ["900.00", "950.00"]
    with acting_as(here.owner):
        item = FeeItem.objects.get(valid_to=None)
    assert owner.post(f"{url}/{item.pk}/end").status_code == 303
    assert "not sold by itself" in owner.get(f"/prices/procedures/{bare.pk}").content.decode()
    desk = browser("frontdesk")
    assert desk.get(url).status_code == 403
    with pytest.raises(NotPermitted):
        actions.add_procedure_price(found.pk, own.pk, Decimal(1), DAY, by=here.frontdesk)
    assert desk.post(f"/api/pricing/procedures/{found.pk}", body, content_type="application/json").status_code == 403
