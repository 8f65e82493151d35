"""What is offered and what it costs: the verbs, the database's own rules, and who sees what."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection

from kalon.catalog import actions, queries, rules
from kalon.catalog.models import AppointmentType, Package, PackageItem, Service, TaxRate
from kalon.kernel.actors import Actor, Kind
from kalon.kernel.audit import AuditEvent
from kalon.kernel.constraints import broken_constraint
from kalon.kernel.errors import Clash, Invalid, NotFound, NotPermitted, NotReady
from kalon.kernel.tenancy import acting_as
from kalon.people.tests.factories import Clinic

pytestmark = pytest.mark.django_db

BOTOX = {"code": "BROW", "name": "Brow lift", "price": Decimal("9000.00"), "tax_code": "GST-18", "hsn_sac": "999722"}
FEE = Decimal("1200.00")
VAT = {"code": "VAT", "name": "Value added tax", "split": "WHOLE", "whole": "VAT", "registration": "TRN",
       "valid_from": date(2018, 1, 1)}  # fmt: skip
TABLES = ("taxrate", "appointmenttype", "service", "package", "packageitem")


def service(here: Clinic, code: str = "CONSULT") -> Service:
    with acting_as(here.owner):
        return Service.objects.get(code=code)


def sql(statement: str, params: Any = (), *, by: Actor) -> str:
    """What plain SQL in the actor's unit of work is refused by; an empty string when it is not."""
    try:
        with acting_as(by), connection.cursor() as cursor:
            cursor.execute(statement, params)
    except DatabaseError as error:
        return broken_constraint(error.__cause__) or str(error.__cause__).split("\n")[0]
    return ""


def a_patient(here: Clinic) -> Actor:
    return Actor(Kind.PATIENT, "Meera", organization_id=here.organization_id, patient_id=uuid4())


def test_the_first_catalogue_is_whole_and_installing_it_again_adds_nothing(here: Clinic) -> None:
    actions.install_defaults(by=here.owner)
    with acting_as(here.owner):
        counts = [model.objects.count() for model in (TaxRate, AppointmentType, Service, Package, PackageItem)]
        fee = Service.objects.select_related("appointment_type").get(code="CONSULT")
        assert counts == [3, 8, 18, 3, 4]
        assert (fee.price, fee.tax_code, fee.hsn_sac) == (FEE, "GST-EXEMPT", "999312")
        assert (fee.is_self_bookable, fee.is_auto_approved, fee.prepayment == "FULL", fee.needs_doctor) == (True,) * 4
        assert (fee.room_kind, fee.appointment_type.code) == ("CONSULTATION", "CONSULTATION")
        assert all("reviewed by an accountant" in rate.source for rate in TaxRate.objects.all())
        kinds = set(AppointmentType.objects.values_list("code", flat=True))
    assert kinds == set(AppointmentType.Code.values)


def test_a_price_changes_and_its_history_says_who_and_from_what(here: Clinic) -> None:
    fee = service(here)
    actions.change_price(fee.pk, Decimal("1500"), by=here.owner)
    actions.change_price(fee.pk, Decimal("1500.00"), by=here.owner)
    with acting_as(here.owner):
        changes = list(queries.changes(fee, seen_by=here.owner))
        assert [(event.facts, event.actor_name) for event in changes] == [
            ({"price": ["1200.00", "1500.00"]}, here.owner.name)
        ]
        assert queries.service(fee.pk, seen_by=here.owner).price == Decimal("1500.00")


@pytest.mark.parametrize(
    ("details", "field"),
    [
        ({"price": Decimal(0)}, "price"),
        ({"price": Decimal("-1")}, "price"),
        ({"price": Decimal("1.005")}, "price"),
        ({"price": Decimal("10000000000000")}, "price"),
        ({"name": ""}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"description": "ا" * 2001}, "description"),
        ({"code": "no spaces"}, "code"),
        ({"minutes": 4}, "minutes"),
        ({"minutes": 721}, "minutes"),
        ({"hsn_sac": "9993x"}, "hsn_sac"),
        ({"tax_code": "GST-99"}, "tax_code"),
        ({"room_kind": "CELLAR"}, "room_kind"),
    ],
)
def test_a_service_that_cannot_be_is_refused_beside_its_field(
    here: Clinic, details: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        actions.add_service({**BOTOX, **details}, by=here.owner)
    assert refusal.value.field == field
    with pytest.raises(Invalid):
        actions.change_service(service(here).pk, details, by=here.owner)
    with acting_as(here.owner):
        assert Service.objects.count() == 18


def test_a_code_is_used_once_in_a_clinic_and_again_in_another(here: Clinic, elsewhere: Clinic) -> None:
    actions.add_service(BOTOX, by=here.owner)
    with pytest.raises(Clash) as refusal:
        actions.add_service(BOTOX, by=here.owner)
    assert refusal.value.field == "code"
    actions.add_service(BOTOX, by=elsewhere.owner)


def test_a_package_holds_services_each_once_and_says_what_it_saves(here: Clinic, elsewhere: Clinic) -> None:
    peel, fee, foreign = service(here, "PEEL"), service(here), service(elsewhere, "PEEL")
    details = {"code": "GLOW", "name": "Glow", "price": Decimal("6000"), "tax_code": "GST-18"}
    package = actions.add_package(details, [(peel.pk, 2), (fee.pk, 1)], by=here.owner)
    with acting_as(here.owner):
        held = {
            (item.service.code, item.quantity) for item in queries.package(package.pk, seen_by=here.owner).items.all()
        }
    assert held == {("PEEL", 2), ("CONSULT", 1)}
    assert rules.saving(Decimal("6000"), [(peel.price, 2), (fee.price, 1)]) == Decimal("2200.00")
    assert rules.saving(Decimal("9000"), [(peel.price, 2)]) == 0
    for items in (
        [],
        [(peel.pk, 1), (peel.pk, 2)],
        [(peel.pk, 0)],
        [(peel.pk, 201)],
        [(foreign.pk, 1)],
        [(uuid4(), 1)],
    ):
        with pytest.raises(Invalid) as refusal:
            actions.change_package(package.pk, {}, items, by=here.owner)
        assert refusal.value.field == "items"
    changed = actions.change_package(package.pk, {"price": Decimal("6500")}, [(peel.pk, 3)], by=here.owner)
    with acting_as(here.owner):
        assert [(item.service_id, item.quantity) for item in changed.items.all()] == [(peel.pk, 3)]
        facts = [event.facts for event in queries.changes(package, seen_by=here.owner)]
    assert facts == [
        {"items": [{str(peel.pk): 2, str(fee.pk): 1}, {str(peel.pk): 3}]},
        {"price": ["6000.00", "6500.00"]},
    ]


def test_a_new_tax_rate_follows_the_old_and_each_day_has_one(here: Clinic) -> None:
    new = actions.add_tax_rate("GST-18", "GST 20%", Decimal(20), date(2027, 4, 1), by=here.owner)
    with acting_as(here.owner):
        on = {
            day: queries.tax_rate("GST-18", day, seen_by=here.owner)
            for day in (date(2027, 3, 31), date(2027, 4, 1), date(2030, 1, 1))
        }
    assert on == {date(2027, 3, 31): 18, date(2027, 4, 1): 20, date(2030, 1, 1): 20}
    with pytest.raises(Clash):
        actions.add_tax_rate("GST-18", "GST 21%", Decimal(21), date(2027, 4, 1), by=here.owner)
    with pytest.raises(Clash):
        actions.add_tax_rate("GST-18", "GST 21%", Decimal(21), date(2020, 1, 1), by=here.owner)
    with pytest.raises(Invalid):
        actions.end_tax_rate(new.pk, date(2027, 4, 1), by=here.owner)
    actions.end_tax_rate(new.pk, date(2028, 1, 1), by=here.owner)
    with pytest.raises(NotReady, match="No tax rate GST-18 holds on 1 January 2028"), acting_as(here.owner):
        queries.tax_rate("GST-18", date(2028, 1, 1), seen_by=here.owner)


def test_a_price_with_its_tax(here: Clinic) -> None:
    with acting_as(here.owner):
        price = queries.price_with_tax(service(here, "PEEL"), date(2026, 11, 21), seen_by=here.owner)
    assert (price.net, price.rate, price.tax, price.total) == (3500, 18, Decimal("630.00"), Decimal("4130.00"))


def test_the_database_refuses_what_the_verbs_would(here: Clinic, elsewhere: Clinic) -> None:
    by, foreign = here.owner, elsewhere.organization_id
    rate = (
        "INSERT INTO catalog_taxrate (id, created_at, organization_id, code, name, percent, valid_from, source) VALUES "
    )
    assert sql("UPDATE catalog_service SET price = 0", by=by) == "catalog_service_price_positive"
    assert sql("UPDATE catalog_package SET price = -1", by=by) == "catalog_package_price_positive"
    assert sql("UPDATE catalog_service SET minutes = 0", by=by) == "catalog_service_minutes"
    assert sql("UPDATE catalog_packageitem SET quantity = 0", by=by) == "catalog_packageitem_quantity"
    assert sql("UPDATE catalog_taxrate SET percent = 5", by=by) == "catalog_taxrate_fixed"
    assert sql("UPDATE catalog_taxrate SET valid_from = '2018-01-01'", by=by) == "catalog_taxrate_fixed"
    assert sql("UPDATE catalog_taxrate SET valid_to = '2000-01-01'", by=by) == "catalog_taxrate_ends_later"
    again = rate + "(gen_random_uuid(), now(), %s, 'GST-18', 'x', 5, '2020-01-01', '')"
    assert sql(again, [here.organization_id], by=by) == "catalog_taxrate_one_a_day"
    assert "row-level security" in sql(again, [foreign], by=by)
    with acting_as(elsewhere.owner):
        foreign_kind = AppointmentType.objects.get(code="SURGERY").pk
    assert (
        sql("UPDATE catalog_service SET appointment_type_id = %s", [foreign_kind], by=by) == "catalog_service_same_type"
    )
    for table in TABLES[:4]:
        assert "permission denied" in sql(f"DELETE FROM catalog_{table}", by=by)
        assert "permission denied" in sql(f"TRUNCATE catalog_{table} CASCADE", by=by)


@pytest.mark.parametrize("table", TABLES)
def test_a_clinic_sees_its_own_rows_only(here: Clinic, elsewhere: Clinic, table: str) -> None:
    for clinic in (here, elsewhere):
        with acting_as(clinic.doctor), connection.cursor() as cursor:
            cursor.execute(f"SELECT DISTINCT organization_id FROM catalog_{table}")
            assert cursor.fetchall() == [(clinic.organization_id,)]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM catalog_{table}")
        assert cursor.fetchone() == (0,)


def test_a_visitor_sees_what_can_be_booked_and_a_patient_what_their_bills_name(here: Clinic, elsewhere: Clinic) -> None:
    actions.change_service(service(here, "PEEL").pk, {"is_active": False}, by=here.owner)
    bookable = {"CONSULT", "CONSULT-DERM", "FOLLOW-UP", "LASER-HAIR-FACE"}
    with acting_as(here.public):
        assert {row.code for row in queries.services(seen_by=here.public)} == bookable
        assert set(Service.objects.values_list("code", flat=True)) == bookable
        assert queries.tax_rate("GST-18", date(2026, 11, 21), seen_by=here.public) == 18
    patient = a_patient(here)
    with acting_as(patient):
        assert Service.objects.count() == 18
        assert {row.code for row in queries.services(seen_by=patient, bookable_by_patient=True)} == bookable
    for actor in (here.public, patient):
        for table in TABLES:
            assert "permission denied" in sql(f"UPDATE catalog_{table} SET created_at = now()", by=actor)
            assert "permission denied" in sql(f"DELETE FROM catalog_{table}", by=actor)


def test_whoever_has_no_right_changes_nothing(here: Clinic, elsewhere: Clinic) -> None:
    fee, rate = service(here), date(2027, 1, 1)
    with acting_as(here.owner):
        package = Package.objects.first()
        kind = AppointmentType.objects.first()
        tax = TaxRate.objects.first()
        before = _everything()
    assert package
    assert kind
    assert tax
    tries = (
        lambda by: actions.add_service(BOTOX, by=by),
        lambda by: actions.change_service(fee.pk, {"price": Decimal(1)}, by=by),
        lambda by: actions.change_price(fee.pk, Decimal(1), by=by),
        lambda by: actions.add_package(BOTOX, [(fee.pk, 1)], by=by),
        lambda by: actions.change_package(package.pk, {"price": Decimal(1)}, by=by),
        lambda by: actions.add_appointment_type({"code": "REVIEW", "name": "x"}, by=by),
        lambda by: actions.change_appointment_type(kind.pk, {"name": "x"}, by=by),
        lambda by: actions.add_tax_rate("X", "x", Decimal(1), rate, by=by),
        lambda by: actions.end_tax_rate(tax.pk, rate, by=by),
        lambda by: actions.install_defaults(by=by),
        lambda by: actions.add_tax_scheme(**VAT, by=by),
        lambda by: actions.end_tax_scheme(tax.pk, rate, by=by),
    )
    for by in (here.frontdesk, here.public, a_patient(here)):
        for attempt in tries:
            with pytest.raises(NotPermitted):
                attempt(by)
    stranger = elsewhere.owner
    for attempt in (tries[1], tries[2], tries[4], tries[6], tries[8], tries[11]):
        with pytest.raises(NotFound):
            attempt(stranger)
    with pytest.raises(Invalid):
        tries[3](stranger)  # a package of a service that is not theirs
    with acting_as(here.owner):
        assert _everything() == before


def test_a_tax_scheme_follows_the_one_before_and_is_never_changed(here: Clinic) -> None:
    first = actions.add_tax_scheme(**VAT, by=here.owner)
    later = actions.add_tax_scheme(**{**VAT, "whole": "GST", "valid_from": date(2030, 1, 1)}, by=here.owner)
    with acting_as(here.owner):
        for day, whole in ((date(2019, 1, 1), "VAT"), (date(2030, 1, 1), "GST"), (date(2017, 1, 1), "IGST")):
            assert queries.tax_scheme(day, country="IN", seen_by=here.owner).whole == whole
    with pytest.raises(Clash):
        actions.add_tax_scheme(**{**VAT, "valid_from": date(2029, 1, 1)}, by=here.owner)
    for wrong in ({"first_half": "CGST"}, {"split": "HALVES"}, {"code": "vat"}):
        with pytest.raises(Invalid):
            actions.add_tax_scheme(**{**VAT, "valid_from": date(2031, 1, 1), **wrong}, by=here.owner)
    change = "UPDATE catalog_taxscheme SET whole = 'x' WHERE id = %s"
    assert sql(change, [later.pk], by=here.owner) == "catalog_taxscheme_fixed"
    overlap = "UPDATE catalog_taxscheme SET valid_to = NULL WHERE id = %s"
    assert sql(overlap, [first.pk], by=here.owner) == "catalog_taxscheme_one_a_day"
    assert sql("DELETE FROM catalog_taxscheme", by=here.owner).startswith("permission denied")


def _everything() -> list[Any]:
    models = (TaxRate, AppointmentType, Service, Package, PackageItem)
    return [list(model.objects.order_by("pk").values()) for model in models] + [
        AuditEvent.objects.filter(kind="CHANGE", subject_table__startswith="catalog").count()
    ]
