"""A small invented clinic to bill in: two patients, a service of each tax kind, a desk and a stranger."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any
from uuid import UUID, uuid4

from django.apps import apps

from kalon.billing import actions
from kalon.billing.models import Bill, Payment
from kalon.kernel import actors
from kalon.kernel.actors import EVERYWHERE, Actor, Kind
from kalon.kernel.tenancy import acting_as
from kalon.patients import actions as patients
from kalon.patients.actions import PatientDetails
from kalon.people import actions as people
from kalon.people.rules import PATIENT_PERMISSIONS

MONEY = frozenset(
    {
        "billing.view", "billing.charge", "billing.take_payment", "billing.refund", "billing.void",
        "billing.write_off", "billing.transfer",
        "patients.read", "patients.search",
        "scheduling.view", "scheduling.book", "scheduling.cancel", "scheduling.reschedule",
    }
)  # fmt: skip


@dataclass
class Clinic:
    """What a test needs to bill somebody."""

    organization: Any
    branch: Any
    system: Actor
    desk: Actor
    stranger: Actor  # staff of the same clinic with no right to money
    patient: Any
    other_patient: Any
    consultation: Any  # exempt from GST
    botox: Any  # taxed at 18%

    def as_patient(self, patient: Any) -> Actor:
        return Actor(
            kind=Kind.PATIENT, name="Patient", organization_id=self.organization.pk, patient_id=patient.pk,
            grants=MappingProxyType({EVERYWHERE: PATIENT_PERMISSIONS}),
        )  # fmt: skip

    def draft(self, *services: Any, patient: Any = None) -> Bill:
        bill = actions.draft_bill((patient or self.patient).pk, self.branch.pk, by=self.desk)
        for service in services:
            actions.add_line(bill.pk, actions.LineDetails(service_id=service.pk), by=self.desk)
        return self.again(bill)

    def bill(self, *services: Any, patient: Any = None) -> Bill:
        """A finalised bill: the consultation's when no service is named."""
        return actions.finalize(self.draft(*(services or [self.consultation]), patient=patient).pk, by=self.desk)

    def pay(self, bill: Bill, amount: str, *, key: str = "", method: str = "CASH") -> Payment:
        return actions.take_payment(bill.pk, method, Decimal(amount), "", key or str(uuid4()), by=self.desk)

    def again(self, row: Any) -> Any:
        """The row as the database has it now."""
        with acting_as(self.system):
            return type(row).objects.select_related("patient").get(pk=row.pk)


def open_clinic(*, code: str = "KC", gstin: str = "32AAAAA0000A1ZB") -> Clinic:
    """Open it by the product's own verbs."""
    installer = actors.system("tests")
    organization = people.create_organization(
        "Kalon Test Clinic", code=code, slug=f"clinic-{uuid4().hex[:10]}", upi_id="kalon@examplebank", by=installer
    )
    system = actors.system("tests", organization.pk)
    branch = people.add_branch(
        name="Kochi", code="KOC", gstin=gstin, state_code="32", address="12 Rose Lane, Kochi 682036", by=system
    )
    with acting_as(system):
        consultation = _service(organization, "CONSULT", "First consultation", "800.00", "HEALTHCARE", "999312")
        botox = _service(organization, "BOTOX", "Botulinum toxin, upper face", "14000.00", "COSMETIC", "999722")
        for tax_code, percent in (("HEALTHCARE", 0), ("COSMETIC", 18)):
            apps.get_model("catalog", "TaxRate").objects.create(
                organization=organization,
                code=tax_code,
                name=tax_code.title(),
                percent=percent,
                valid_from=date(2017, 7, 1),
            )
        apps.get_model("billing", "BillingPolicy").objects.create(organization=organization, write_off_limit=10**6)
    return Clinic(
        organization=organization,
        branch=branch,
        system=system,
        desk=_staff("Sini Paul", organization.pk, branch.pk, MONEY),
        stranger=_staff("Arun Das", organization.pk, branch.pk, frozenset({"patients.read", "scheduling.view"})),
        patient=_patient("Meera", "Nair", "+919847055218", system),
        other_patient=_patient("Zubair", "Khan", "+919847055219", system),
        consultation=consultation,
        botox=botox,
    )


def _staff(name: str, organization_id: UUID, branch_id: UUID, permissions: frozenset[str]) -> Actor:
    return Actor(kind=Kind.STAFF, name=name, organization_id=organization_id, branch_id=branch_id,
                 grants=MappingProxyType({EVERYWHERE: permissions}))  # fmt: skip


def _patient(given: str, family: str, phone: str, by: Actor) -> Any:
    details = PatientDetails(given_name=given, family_name=family, phone=phone, birth_date=date(1990, 5, 17),
                             gender="female", confirmed_not_duplicate=True)  # fmt: skip
    return patients.register(details, by=by)


def _service(organization: Any, code: str, name: str, price: str, tax_code: str, sac: str) -> Any:
    return apps.get_model("catalog", "Service").objects.create(
        organization=organization, code=code, name=name, price=Decimal(price), tax_code=tax_code, hsn_sac=sac,
        is_self_bookable=True, is_auto_approved=True, prepayment="FULL", needs_doctor=False,
    )  # fmt: skip
