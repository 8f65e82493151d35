"""A clinic, two patients of it, and one of another clinic."""

from dataclasses import dataclass
from io import BytesIO
from types import MappingProxyType
from typing import Any

import pytest
from tests.once import fresh

from kalon.documents import actions
from kalon.documents.actions import DocumentDetails
from kalon.documents.models import Document
from kalon.kernel.actors import EVERYWHERE, Actor, Kind
from kalon.patients.tests.factories import patient
from kalon.people.rules import PATIENT_PERMISSIONS
from kalon.people.tests.factories import Clinic, clinic

from . import samples


@dataclass(frozen=True)
class Place:
    """The clinic and its patients, with short ways to do what the tests do."""

    here: Clinic
    there: Clinic
    meera: Any
    joseph: Any
    stranger: Any

    def as_patient(self, of: Any) -> Actor:
        grants = MappingProxyType({EVERYWHERE: PATIENT_PERMISSIONS})
        return Actor(Kind.PATIENT, "Patient", self.here.organization_id, None, of.pk, grants=grants)

    def added(self, content: bytes | None = None, *, by: Actor | None = None, of: Any = None, **said: Any) -> Document:
        return actions.upload(
            (of or self.meera).pk,
            BytesIO(samples.pdf() if content is None else content),
            DocumentDetails(**{"kind": "LAB_REPORT", "description": "Thyroid profile", **said}),
            by=by or self.here.doctor,
        )


@pytest.fixture(scope="module")
def place_once(made_once: Any) -> Place:
    return made_once(_place)  # type: ignore[no-any-return]


@pytest.fixture
def place(place_once: Place, db: None) -> Place:
    return fresh(place_once)


def _place() -> Place:
    here = clinic(roles=["owner", "frontdesk", "doctor", "billing"])
    there = clinic(roles=["owner", "frontdesk"], code="NS")
    meera, joseph = patient(here.frontdesk), patient(here.frontdesk)
    return Place(here, there, meera, joseph, patient(there.frontdesk))
