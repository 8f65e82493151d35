"""A patient with an approved surgery, and the way of its consent; for tests that begin there."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from kalon.consents import actions, queries
from kalon.consents.actions import Role, Signing, Wish
from kalon.consents.models import Consent
from kalon.consents.tests.conftest import LINES, Office, office_in
from kalon.consultations.tests.conftest import Visit, booked_visit
from kalon.kernel.actors import Actor
from kalon.kernel.tenancy import acting_as
from kalon.plans.models import ProcedurePlan
from kalon.plans.tests.told import approved
from kalon.quotes import actions as quotes


@dataclass
class Planned:
    """The office, the visit in which it was decided, and the plan that a doctor approved."""

    office: Office
    visit: Visit
    plan: ProcedurePlan

    @property
    def status(self) -> str:
        """How far the plan has come by now."""
        with acting_as(self.office.clinic.system):
            return str(ProcedurePlan.objects.values_list("status", flat=True).get(pk=self.plan.pk))

    def asked(self, kind: str = "PROCEDURE", **more: Any) -> Consent:
        """Prepared and put before the patient."""
        return self.office.presented(kind, plan_id=self.plan.pk, **more)

    def signed(self, kind: str = "PROCEDURE", **more: Any) -> Consent:
        """Signed by the patient at the clinic, and by the doctor."""
        return sign_all(self.asked(kind, **more), nurse=self.office.nurse, doctor=self.office.doctor)


def open_planned() -> Planned:
    visit = booked_visit()
    office = office_in(visit.clinic, visit.nurse)
    asks_nothing = quotes.PolicyDetails(asked_for=[], deposit_percent=Decimal(0))
    quotes.set_policy(asks_nothing, by=visit.clinic.system)
    return Planned(office, visit, approved(visit, "SURGICAL"))


def sign_all(consent: Consent, *, nurse: Actor, doctor: Actor, patient: Actor | None = None) -> Consent:
    """Everybody who is asked signs, one after the other: who stands for the patient with the nurse's tablet."""
    done = read_all(actions.open_to_sign(consent.pk, by=patient or nurse), by=patient or nurse)
    for role in done.signers:
        if role == Role.SURGEON:
            done = actions.sign(done.pk, Signing(role, "", None, "", 0, done.content_sha256), by=doctor)
        else:
            names = {"PATIENT": done.patient.name, "GUARDIAN": "Leena Rao", "WITNESS": "Ravi Menon"}
            hand = Signing(role, names.get(role, "Mini Das"), LINES, "mother", 9, done.content_sha256)
            done = actions.sign(done.pk, hand, by=patient if patient and role in ("PATIENT", "GUARDIAN") else nurse)
    return done


def read_all(consent: Consent, *, by: Actor, initials: str = "AI") -> Consent:
    """Every part is put on the screen and read, with initials where they are asked."""
    for number in range(1, consent.parts + 1):
        actions.show_part(consent.pk, number, by=by)
        actions.read_part(consent.pk, number, words=consent.content_sha256, initials=initials, by=by)
    return consent


def consented(visit: Any, plan: Any) -> Consent:
    """The consent to a plan is asked for and signed, in a clinic that has no forms yet."""
    clinic = visit.clinic
    with acting_as(clinic.system):
        clinic.patient.birth_date = date(1990, 5, 4)
        clinic.patient.save(update_fields=["birth_date"])
        in_use = queries.usable(seen_by=clinic.owner).filter(kind="PROCEDURE").first()
    if in_use is None:
        drafts = actions.bring_built_in(by=clinic.owner)
        in_use = actions.publish(next(one.pk for one in drafts if one.kind == "PROCEDURE"), by=clinic.owner)
    made = actions.prepare(plan.patient_id, Wish(in_use.pk, clinic.branch.pk, plan_id=plan.pk), by=visit.nurse)
    asked = actions.present(made.pk, by=visit.nurse)
    return sign_all(asked, nurse=visit.nurse, doctor=visit.doctor)
