"""A visit of today whose patient is with the doctor, and whoever works with orders."""

from dataclasses import dataclass
from io import BytesIO
from typing import Any

import pytest
from tests.once import fresh

from kalon.consultations import actions as consultations
from kalon.consultations.tests.conftest import Visit, eight_in_the_morning, visit_once  # noqa: F401  (fixtures)
from kalon.documents import actions as documents
from kalon.documents.actions import DocumentDetails
from kalon.documents.tests import samples
from kalon.kernel import clock
from kalon.kernel.actors import Actor
from kalon.kernel.tenancy import acting_as
from kalon.orders import actions, queries
from kalon.orders.actions import Answered, Wish
from kalon.orders.models import Order
from kalon.patients import actions as patients
from kalon.scheduling.tests.clinic import EIGHT


@dataclass(frozen=True)
class Ward:
    """A consultation under way, with short ways to do what the tests do."""

    visit: Visit
    consultation: Any

    @property
    def doctor(self) -> Actor:
        return self.visit.doctor

    @property
    def nurse(self) -> Actor:
        return self.visit.nurse

    @property
    def desk(self) -> Actor:
        return self.visit.desk

    @property
    def system(self) -> Actor:
        return self.visit.clinic.system

    def ordered(self, *codes: str, **wish: Any) -> Order:
        return actions.order(self.consultation.pk, Wish(codes=codes or ("HB",), **wish), by=self.doctor)

    def again(self, of: Order) -> Order:
        with acting_as(self.system):
            found = queries.with_lines(queries.orders(seen_by=self.system)).get(pk=of.pk)
            list(found.tests.all()), list(found.results.all())
            return found

    def answered(self, of: Order, by: Actor | None = None, **values: str) -> Order:
        """Write values down by the code of their test."""
        tests = {line.test.code: line.test.pk for line in queries.lines(self.again(of))}
        told = [Answered(test_id=tests[code], value=value) for code, value in values.items()]
        return actions.write_results(of.pk, told, by=by or self.nurse)

    def report(self, content: bytes = b"", patient_id: Any = None) -> Any:
        return documents.upload(
            patient_id or self.consultation.patient_id,
            BytesIO(content or samples.pdf()),
            DocumentDetails(kind="LAB_REPORT"),
            by=self.nurse,
        )


@pytest.fixture(scope="module")
def ward_once(visit_once: Visit, made_once: Any) -> Ward:  # noqa: F811
    with clock.at(EIGHT):
        return made_once(lambda: _at_work(visit_once))  # type: ignore[no-any-return]


@pytest.fixture
def ward(ward_once: Ward, db: None) -> Ward:
    return fresh(ward_once)


@pytest.fixture
def visit(ward: Ward) -> Visit:
    return ward.visit


def _at_work(visit: Visit) -> Ward:
    told = {"gender": "female", "birth_date": "1990-05-17", "phone": "+919847055218"}
    who = visit.clinic.patient
    patients.correct(who.pk, told, version=who.version, reason="Asked", by=visit.clinic.system)
    encounter = visit.arrived()
    return Ward(visit, consultations.begin(encounter.pk, by=visit.doctor))
