"""What a visit needs, what is paid before it, and the policy it is under: verbs, queries, and plain SQL."""

from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kalon.catalog import actions, queries
from kalon.catalog.models import AppointmentType, CancellationPolicy, Need, Package, Service
from kalon.catalog.rules import NeedLine, Requirements
from kalon.catalog.tests.test_catalogue import a_patient, service, sql
from kalon.kernel.errors import Clash, Invalid, NotFound, NotPermitted
from kalon.kernel.tenancy import acting_as
from kalon.people.tests.factories import Clinic

pytestmark = pytest.mark.django_db
LASER = {
    "code": "TATTOO", "name": "Tattoo removal", "price": Decimal("7000"), "minutes": 40, "tax_code": "GST-18",
    "needs_doctor": False, "room_kind": "LASER", "room_features": ["Laser-safe", " sink ", "laser-safe"],
    "preparation_minutes": 10, "cleaning_minutes": 5, "special_needs": ["Eye shields.", "", "  Ice   packs. "],
    "needs_note": "Door sign on",
}  # fmt: skip
TEAM = [NeedLine("THERAPIST"), NeedLine("NURSE", count=2), NeedLine(equipment_kind="LASER_ND_YAG")]
POLICY: dict[str, Any] = {"name": "Two days", "notice_hours": 48, "sentence": "Two days' notice, please."}


def asked(here: Clinic, **of: UUID) -> Requirements:
    with acting_as(here.frontdesk):
        return queries.requirements(**of, seen_by=here.frontdesk)


def needs_of(here: Clinic, service_id: UUID) -> list[tuple[str, str, int]]:
    with acting_as(here.owner):
        rows = Need.objects.filter(service_id=service_id)
        return list(rows.values_list("staff_kind", "equipment_kind", "count"))


def test_a_service_says_all_that_a_visit_takes_in_two_statements(here: Clinic) -> None:
    made = actions.add_service(LASER, TEAM, by=here.owner)
    expected = Requirements(
        minutes=40, needs_doctor=False, room_kind="LASER", room_features=("laser-safe", "sink"),
        staff=(("THERAPIST", 1), ("NURSE", 2)), equipment=(("LASER_ND_YAG", 1),), preparation_minutes=10,
        cleaning_minutes=5, special_needs=("Eye shields.", "Ice packs."), note="Door sign on",
    )  # fmt: skip
    assert asked(here, service_id=made.pk) == expected
    patient = a_patient(here)
    with acting_as(patient), CaptureQueriesContext(connection) as seen:
        assert queries.requirements(service_id=made.pk, seen_by=patient) == expected
    assert len(seen) == 2


def test_a_package_has_needs_of_its_own(here: Clinic) -> None:
    peel = service(here, "PEEL")
    details = {"code": "GLOW", "name": "Glow", "price": Decimal("6000"), "minutes": 50, "cleaning_minutes": 15}
    made = actions.add_package(details, [(peel.pk, 2)], TEAM[:1], by=here.owner)
    found = asked(here, package_id=made.pk)
    assert (found.minutes, found.cleaning_minutes, found.staff, found.room_kind) == (50, 15, (("THERAPIST", 1),), None)
    actions.change_package(made.pk, {}, needs=[], by=here.owner)
    assert asked(here, package_id=made.pk).staff == ()


def test_needs_change_as_a_whole_and_the_history_says_so(here: Clinic) -> None:
    made = actions.add_service(LASER, TEAM, by=here.owner)
    actions.change_service(made.pk, {"name": "Tattoo fading"}, by=here.owner)
    assert len(needs_of(here, made.pk)) == 3
    actions.change_service(made.pk, {}, TEAM, by=here.owner)
    actions.change_service(made.pk, {}, [NeedLine("NURSE")], by=here.owner)
    assert needs_of(here, made.pk) == [("NURSE", "", 1)]
    with acting_as(here.owner):
        facts = [event.facts for event in queries.changes(made, seen_by=here.owner)]
    assert facts == [
        {"needs": [{"THERAPIST": 1, "NURSE": 2, "LASER_ND_YAG": 1}, {"NURSE": 1}]},
        {"name": ["Tattoo removal", "Tattoo fading"]},
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        [NeedLine("NURSE"), NeedLine("NURSE", count=2)],
        [NeedLine("NURSE", count=0)],
        [NeedLine("NURSE", count=11)],
        [NeedLine("JANITOR")],
        [NeedLine()],
        [NeedLine("NURSE", "LASER_ND_YAG")],
        [NeedLine(equipment_kind="a laser")],
    ],
)
def test_needs_that_cannot_be_are_refused_and_nothing_changes(here: Clinic, wrong: list[NeedLine]) -> None:
    made = actions.add_service(LASER, TEAM, by=here.owner)
    before = needs_of(here, made.pk)
    with pytest.raises(Invalid) as refusal:
        actions.change_service(made.pk, {}, wrong, by=here.owner)
    assert refusal.value.field == "needs"
    assert needs_of(here, made.pk) == before


@pytest.mark.parametrize(
    ("details", "field"),
    [
        ({"preparation_minutes": 241}, "preparation_minutes"),
        ({"cleaning_minutes": -1}, "cleaning_minutes"),
        ({"special_needs": ["x" * 201]}, "special_needs"),
        ({"room_features": [f"word {n}" for n in range(21)]}, "room_features"),
        ({"needs_note": "x" * 301}, "needs_note"),
        ({"prepayment": "HALF"}, "prepayment"),
        ({"prepayment": "DEPOSIT"}, "deposit_percent"),
        ({"prepayment": "DEPOSIT", "deposit_percent": 0}, "deposit_percent"),
        ({"prepayment": "DEPOSIT", "deposit_percent": 101}, "deposit_percent"),
        ({"prepayment": "DEPOSIT", "deposit_amount": Decimal(0)}, "deposit_percent"),
        ({"prepayment": "DEPOSIT", "deposit_percent": 10, "deposit_amount": Decimal(5)}, "deposit_percent"),
        ({"prepayment": "FULL", "deposit_percent": 10}, "deposit_percent"),
    ],
)
def test_a_demand_or_a_deposit_that_cannot_be_is_refused(here: Clinic, details: dict[str, Any], field: str) -> None:
    before = service(here)
    with pytest.raises(Invalid) as refusal:
        actions.change_service(before.pk, details, by=here.owner)
    assert refusal.value.field == field
    after = service(here)
    assert (after.prepayment, after.cleaning_minutes, after.needs_note) == ("FULL", 0, "")


@pytest.mark.parametrize(
    ("details", "total", "due"),
    [
        ({"prepayment": "NONE"}, "800.00", None),
        ({"prepayment": "FULL"}, "800.00", "800.00"),
        ({"prepayment": "FULL"}, "0.00", None),
        ({"prepayment": "DEPOSIT", "deposit_percent": 25}, "801.99", "200.50"),
        ({"prepayment": "DEPOSIT", "deposit_percent": 100}, "801.99", "801.99"),
        ({"prepayment": "DEPOSIT", "deposit_percent": 1}, "0.10", None),
        ({"prepayment": "DEPOSIT", "deposit_amount": Decimal("500")}, "800.00", "500.00"),
        ({"prepayment": "DEPOSIT", "deposit_amount": Decimal("500")}, "300.00", "300.00"),
    ],
)
def test_what_is_due_before_a_visit_is_exact_to_the_paisa(details: dict[str, Any], total: str, due: str | None) -> None:
    offered = Service(**details)
    assert offered.due_before(Decimal(total)) == (None if due is None else Decimal(due))


def test_switching_a_deposit_clears_the_figure_that_no_longer_counts(here: Clinic) -> None:
    pk = service(here).pk
    changed = actions.change_service(pk, {"prepayment": "DEPOSIT", "deposit_percent": 20}, by=here.owner)
    assert (changed.deposit_percent, changed.deposit_amount) == (20, None)
    changed = actions.change_service(pk, {"deposit_amount": Decimal("300")}, by=here.owner)
    assert (changed.deposit_percent, changed.deposit_amount) == (None, Decimal("300.00"))
    changed = actions.change_service(pk, {"prepayment": "NONE"}, by=here.owner)
    assert (changed.prepayment, changed.deposit_percent, changed.deposit_amount) == ("NONE", None, None)


def test_the_narrowest_policy_holds_in_one_statement(here: Clinic, elsewhere: Clinic) -> None:
    fee, peel = service(here), service(here, "PEEL")
    with acting_as(here.owner):
        general = CancellationPolicy.objects.get()
        package = Package.objects.get(code="PEEL-6")
    own = actions.add_cancellation_policy(POLICY, by=here.owner)
    actions.change_service(fee.pk, {"cancellation_policy_id": own.pk}, by=here.owner)

    def policy(**of: Any) -> Any:
        with acting_as(here.frontdesk), CaptureQueriesContext(connection) as seen:
            found = queries.cancellation_policy(**of, seen_by=here.frontdesk)
        assert len(seen) == 1
        return found

    assert policy(service_id=fee.pk, kind="CONSULTATION") == own
    assert policy(service_id=peel.pk, kind="SESSION") == general
    assert policy(package_id=package.pk, kind="SESSION") == general
    assert policy(kind="SURGERY") is None
    assert policy(service_id=uuid4()) is None
    actions.change_package(package.pk, {"cancellation_policy_id": own.pk}, by=here.owner)
    assert policy(package_id=package.pk, kind="SESSION") == own
    actions.change_cancellation_policy(own.pk, {"is_active": False}, by=here.owner)
    assert policy(package_id=package.pk, kind="SESSION") is None
    with acting_as(elsewhere.owner):
        assert queries.cancellation_policy(service_id=fee.pk, seen_by=elsewhere.owner) is None


@pytest.mark.parametrize(
    ("details", "field"),
    [
        ({"late_cancel_percent": Decimal(50), "late_cancel_amount": Decimal(5)}, "late_cancel_percent"),
        ({"late_cancel_amount": Decimal(-5)}, "late_cancel_percent"),
        ({"no_show_percent": Decimal(101)}, "no_show_percent"),
        ({"no_show_percent": Decimal(0)}, "no_show_percent"),
        ({"no_show_percent": Decimal(5), "no_show_amount": Decimal(5)}, "no_show_percent"),
        ({"notice_hours": 721}, "notice_hours"),
        ({"hsn_sac": "12"}, "hsn_sac"),
        ({"tax_code": "GST-99"}, "tax_code"),
        ({"sentence": ""}, "sentence"),
    ],
)
def test_a_policy_that_cannot_be_is_refused(here: Clinic, details: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        actions.add_cancellation_policy({**POLICY, **details}, by=here.owner)
    assert refusal.value.field == field
    with acting_as(here.owner):
        assert CancellationPolicy.objects.count() == 1


def test_a_policy_s_name_is_used_once(here: Clinic, elsewhere: Clinic) -> None:
    actions.add_cancellation_policy(POLICY, by=here.owner)
    with pytest.raises(Clash):
        actions.add_cancellation_policy(POLICY, by=here.owner)
    actions.add_cancellation_policy(POLICY, by=elsewhere.owner)


def test_fees_are_exact(here: Clinic) -> None:
    policy = CancellationPolicy(late_cancel_percent=Decimal("33.33"), no_show_amount=Decimal("900"))
    assert policy.late_cancel_fee(Decimal("1000.01")) == Decimal("333.30")
    assert policy.no_show_fee(Decimal("100")) == Decimal("900")
    assert CancellationPolicy().no_show_fee(Decimal("100")) == 0


def test_whoever_has_no_right_changes_neither_needs_nor_policies(here: Clinic, elsewhere: Clinic) -> None:
    made = actions.add_service(LASER, TEAM, by=here.owner)
    with acting_as(here.owner):
        policy = CancellationPolicy.objects.get()
    for by in (here.frontdesk, here.public, a_patient(here)):
        for attempt in (
            lambda by: actions.change_service(made.pk, {}, [], by=by),
            lambda by: actions.add_cancellation_policy(POLICY, by=by),
            lambda by: actions.change_cancellation_policy(policy.pk, {"notice_hours": 0}, by=by),
        ):
            with pytest.raises(NotPermitted):
                attempt(by)
    with pytest.raises(NotFound):
        actions.change_cancellation_policy(policy.pk, {"notice_hours": 0}, by=elsewhere.owner)
    with pytest.raises(NotFound), acting_as(elsewhere.owner):
        queries.requirements(service_id=made.pk, seen_by=elsewhere.owner)
    with pytest.raises(Invalid), acting_as(here.owner):
        queries.requirements(seen_by=here.owner)
    with acting_as(here.owner):
        assert (Need.objects.filter(service=made).count(), CancellationPolicy.objects.get().notice_hours) == (3, 24)


def test_the_database_refuses_what_the_verbs_would(here: Clinic, elsewhere: Clinic) -> None:
    by = here.owner
    made = actions.add_service(LASER, TEAM, by=by)
    with acting_as(by):
        a_need = Need.objects.filter(service=made, staff_kind="NURSE").get().pk
    with acting_as(elsewhere.owner):
        foreign_policy = CancellationPolicy.objects.get().pk
        foreign_type = AppointmentType.objects.get(code="SESSION").pk
        foreign_service = Service.objects.get(code="PEEL").pk
    for statement, params, name in (
        ("UPDATE catalog_need SET count = 0", (), "catalog_need_count"),
        ("UPDATE catalog_need SET staff_kind = '', equipment_kind = ''", (), "catalog_need_staff_or_equipment"),
        ("UPDATE catalog_need SET staff_kind = 'NURSE', equipment_kind = 'X'", (), "catalog_need_staff_or_equipment"),
        ("UPDATE catalog_need SET service_id = NULL", (), "catalog_need_of_one"),
        (
            "UPDATE catalog_need SET service_id = %s WHERE id = %s",
            (foreign_service, a_need),
            "catalog_need_same_service",
        ),
        (
            "UPDATE catalog_need SET staff_kind = 'NURSE', equipment_kind = '' WHERE service_id = %s",
            (made.pk,),
            "catalog_need_once",
        ),
        ("UPDATE catalog_service SET prepayment = 'DEPOSIT'", (), "catalog_service_deposit"),
        ("UPDATE catalog_service SET cleaning_minutes = 241", (), "catalog_service_breaks"),
        ("UPDATE catalog_service SET cancellation_policy_id = %s", (foreign_policy,), "catalog_service_same_policy"),
        ("UPDATE catalog_package SET cancellation_policy_id = %s", (foreign_policy,), "catalog_package_same_policy"),
        ("UPDATE catalog_package SET appointment_type_id = %s", (foreign_type,), "catalog_package_same_type"),
        (
            "UPDATE catalog_appointmenttype SET cancellation_policy_id = %s",
            (foreign_policy,),
            "catalog_appointmenttype_same_policy",
        ),
        ("UPDATE catalog_cancellationpolicy SET no_show_amount = 5", (), "catalog_cancellationpolicy_no_show"),
        ("UPDATE catalog_cancellationpolicy SET sentence = ''", (), "catalog_cancellationpolicy_said"),
    ):
        assert sql(statement, params, by=by) == name
    assert "permission denied" in sql("DELETE FROM catalog_cancellationpolicy", by=by)
    for actor in (here.public, a_patient(here)):
        for table in ("need", "cancellationpolicy"):
            assert "permission denied" in sql(f"UPDATE catalog_{table} SET created_at = now()", by=actor)


@pytest.mark.parametrize("table", ["need", "cancellationpolicy"])
def test_a_clinic_sees_its_own_needs_and_policies_only(here: Clinic, elsewhere: Clinic, table: str) -> None:
    for clinic in (here, elsewhere):
        for by in (clinic.doctor, clinic.public, a_patient(clinic)):
            with acting_as(by), connection.cursor() as cursor:
                cursor.execute(f"SELECT DISTINCT organization_id FROM catalog_{table}")
                assert cursor.fetchall() == [(clinic.organization_id,)]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM catalog_{table}")
        assert cursor.fetchone() == (0,)
