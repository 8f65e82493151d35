from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from tests.once import fresh

from kalon.kernel.actors import Actor
from kalon.kernel.ids import uuid7
from kalon.papers import actions
from kalon.papers.models import Kind, SignedPaper
from kalon.patients.tests.factories import patient
from kalon.people.tests.factories import Clinic, clinic

LETTER = Path(__file__).parent / "letter.typ"


@pytest.fixture(scope="module")
def here_once(made_once: Any) -> Clinic:
    return made_once(lambda: clinic(roles=["owner", "doctor", "nurse", "frontdesk"]))  # type: ignore[no-any-return]


@pytest.fixture
def here(here_once: Clinic, db: None) -> Clinic:
    return fresh(here_once)


@pytest.fixture
def meera(here: Clinic) -> Any:
    return patient(here.system, given_name="Meera", family_name="Nair")


def letter(here: Clinic, of: Any, *, by: Actor | None = None, source_id: UUID | None = None) -> SignedPaper:
    return actions.sign(
        LETTER,
        {"title": "Letter", "number": "L-1", "date": "21 November 2026", "words": "मीरा नायर · مرحبا · Meera"},
        kind=Kind.REFERRAL,
        title="Referral",
        number="L-1",
        patient_id=of.pk,
        branch_id=here.branch.pk,
        source_id=source_id or uuid7(),
        by=by or here.doctor,
    )
