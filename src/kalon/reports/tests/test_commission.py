"""Commission: the closest terms that held on the day, of all that was earned, to the paisa."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from kalon.billing import actions as billing
from kalon.billing.tests.clinic import Clinic
from kalon.kernel import clock
from kalon.kernel.actors import Actor
from kalon.kernel.errors import Clash, Invalid, NotPermitted
from kalon.kernel.tenancy import acting_as
from kalon.people import actions as people
from kalon.reports import actions, queries
from kalon.reports.models import CommissionTerm
from kalon.reports.tests.test_reports import this_month

LONG_AGO = date(2020, 1, 1)


@pytest.fixture
def sara(clinic: Clinic) -> Any:
    return people.add_staff("Dr Sara Philip", kind="DOCTOR", by=clinic.system)


def earns(clinic: Clinic, doctor: Any, *services: Any) -> None:
    draft = clinic.draft()
    for service in services:
        details = billing.LineDetails(service_id=service.pk, doctor_id=doctor.pk)
        billing.add_line(draft.pk, details, by=clinic.desk)
    billing.finalize(draft.pk, by=clinic.desk)


def counted(reader: Actor) -> list[tuple[str, str, str, str]]:
    with acting_as(reader):
        rows = queries.commissions(this_month(), seen_by=reader)
        whole, base = sum((row.earned for row in rows), Decimal(0)), queries.report("revenue-by-doctor")
        assert queries.agreement(base, this_month(), whole, seen_by=reader).holds
    return [(row.staff.text, row.service.text, str(row.percent), str(row.commission)) for row in rows]


def test_the_closest_terms_hold(clinic: Clinic, reader: Actor, sara: Any):
    earns(clinic, sara, clinic.botox, clinic.consultation)
    clinic.bill()
    botox, consult = "Botulinum toxin, upper face", "First consultation"
    nobody = ("No doctor named", consult, "None", "0.00")
    assert counted(reader) == [(sara.name, botox, "None", "0.00"), (sara.name, consult, "None", "0.00"), nobody]
    actions.add_commission_term(Decimal(10), LONG_AGO, staff_kind="DOCTOR", by=reader)
    assert counted(reader) == [(sara.name, botox, "10.00", "1400.00"), (sara.name, consult, "10.00", "80.00"), nobody]
    actions.add_commission_term(Decimal("12.50"), LONG_AGO, staff_kind="DOCTOR", service_id=clinic.botox.pk, by=reader)
    actions.add_commission_term(Decimal(5), LONG_AGO, staff_id=sara.pk, by=reader)
    assert counted(reader) == [(sara.name, botox, "5.00", "700.00"), (sara.name, consult, "5.00", "40.00"), nobody]
    mine = actions.add_commission_term(
        Decimal("33.33"), LONG_AGO, staff_id=sara.pk, service_id=clinic.consultation.pk, by=reader
    )
    assert counted(reader)[1] == (sara.name, consult, "33.33", "266.64")
    actions.end_commission_term(mine.pk, clock.today("Asia/Kolkata"), by=reader)
    assert counted(reader)[1] == (sara.name, consult, "5.00", "40.00")


def test_terms_follow_each_other_and_are_never_changed(clinic: Clinic, reader: Actor, sara: Any):
    first = actions.add_commission_term(Decimal(10), LONG_AGO, staff_id=sara.pk, by=reader)
    next_year = LONG_AGO + timedelta(days=366)
    actions.add_commission_term(Decimal(12), next_year, staff_id=sara.pk, by=reader)
    with acting_as(reader):
        assert CommissionTerm.objects.get(pk=first.pk).valid_to == next_year
        for change in ({"percent": 50}, {"valid_from": date(2019, 1, 1)}, {"staff_kind": "NURSE"}):
            with pytest.raises(IntegrityError), transaction.atomic():
                CommissionTerm.objects.filter(pk=first.pk).update(**change)
    with pytest.raises(Clash):
        actions.add_commission_term(Decimal(9), date(2020, 6, 1), staff_id=sara.pk, by=reader)


@pytest.mark.parametrize(
    ("percent", "staff", "kind", "field"),
    [("0", True, "", "percent"), ("100.01", True, "", "percent"), ("NaN", True, "", "percent"),
     ("1.001", True, "", "percent"), ("10", False, "", "staff"), ("10", True, "DOCTOR", "staff"),
     ("10", False, "WIZARD", "staff")],
)  # fmt: skip
def test_terms_that_are_refused(
    clinic: Clinic, reader: Actor, sara: Any, percent: str, staff: bool, kind: str, field: str
):
    with pytest.raises(Invalid) as refusal:
        actions.add_commission_term(
            Decimal(percent), LONG_AGO, staff_id=sara.pk if staff else None, staff_kind=kind, by=reader
        )
    assert refusal.value.field == field
    with pytest.raises(NotPermitted):
        actions.add_commission_term(Decimal(10), LONG_AGO, staff_id=sara.pk, by=clinic.desk)
    with acting_as(reader):
        assert not CommissionTerm.objects.exists()


def test_the_owner_sets_terms_on_the_page(clinic: Clinic, reader: Actor, sara: Any, signed_in: Callable[[str], Client]):
    owner = signed_in("owner")
    typed = {"whose": f"staff:{sara.pk}", "service": "", "percent": "12.5", "valid_from": "2020-01-01"}
    assert owner.post("/reports/commission/terms", {**typed, "percent": "0"}).status_code == 422
    assert owner.post("/reports/commission/terms", typed).status_code == 303
    assert "Dr Sara Philip</b>, 12.5% of all services" in owner.get("/reports/commission").content.decode()
    with acting_as(reader):
        term = CommissionTerm.objects.get()
    assert owner.post(f"/reports/commission/terms/{term.pk}/end").status_code == 303
    assert signed_in("billing").post("/reports/commission/terms", typed).status_code == 403
