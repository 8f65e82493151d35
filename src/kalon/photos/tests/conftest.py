"""A clinic whose patient has agreed to photographs, with short ways to take them; another patient who has not."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from typing import Any

import pytest
from tests.once import fresh

from kalon.config.seed.faces import Face, jpeg, photographed
from kalon.consents import actions as consents
from kalon.consents.tests.conftest import Office, open_office
from kalon.kernel import clock
from kalon.kernel.actors import Actor
from kalon.photos import actions
from kalon.photos.actions import PhotoDetails
from kalon.photos.models import Pair, Photo
from kalon.scheduling.tests.clinic import EIGHT


@cache
def face(pigment: float = 1.0, held: tuple[float, float, float, float] = (1, 0, 0, 0), seed: int = 3) -> bytes:
    return jpeg(photographed(Face(seed=seed, pigment=pigment), size=(450, 600), held=held))


@dataclass
class Studio:
    """The clinic of the consents, where Lakshmi has agreed to photographs."""

    office: Office

    @property
    def nurse(self) -> Actor:
        return self.office.nurse

    @property
    def doctor(self) -> Actor:
        return self.office.doctor

    @property
    def owner(self) -> Actor:
        return self.office.owner

    @property
    def patient(self) -> Any:
        return self.office.patient

    def taken(self, content: bytes | None = None, *, by: Actor | None = None, of: Any = None, **said: Any) -> Photo:
        details = PhotoDetails(**{"view": "FRONT", "stage": "BEFORE", **said})
        patient = of or self.patient
        return actions.take(patient.pk, BytesIO(content or face()), details, by=by or self.nurse)

    def compared(self) -> Pair:
        one = self.taken()
        other = self.taken(face(0.3, (1.06, 2, 9, -7)), stage="AFTER")
        return actions.compare(one.pk, other.pk, by=self.nurse)

    def agrees_to_adverts(self) -> None:
        from kalon.consents.actions import Role

        consent = self.office.opened("MARKETING")
        for said in ({}, {"role": Role.WITNESS, "name": "Ravi Menon"}, {"role": Role.STAFF, "name": "Asha Jacob"}):
            consents.sign(consent.pk, self.office.hand(consent, **said), by=self.nurse)

    def withdraws(self) -> None:
        from kalon.consents import queries as held
        from kalon.kernel.tenancy import acting_as

        with acting_as(self.office.clinic.system):
            consent = held.in_force(self.patient.pk, "PHOTOGRAPHY", seen_by=self.office.clinic.system)
        assert consent is not None
        consents.revoke(consent.pk, "Does not want it any more", by=self.nurse)


@pytest.fixture(autouse=True)
def eight_in_the_morning() -> Iterator[None]:
    with clock.at(EIGHT):
        yield


@pytest.fixture(scope="module")
def studio_once(made_once: Any) -> Studio:
    with clock.at(EIGHT):
        return made_once(_studio)  # type: ignore[no-any-return]


@pytest.fixture
def studio(studio_once: Studio, db: None) -> Studio:
    return fresh(studio_once)


def _studio() -> Studio:
    office = open_office()
    office.signed("PHOTOGRAPHY")
    return Studio(office)
