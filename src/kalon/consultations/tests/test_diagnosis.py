"""Diagnoses: coded or in one's own words, one primary, sealed with the note."""

from collections.abc import Iterator

import pytest
from django.db import DatabaseError, connection, connections, transaction
from django.test import Client

from kalon.codes.models import Code, System
from kalon.consultations import actions, queries
from kalon.consultations.lifecycles import Status
from kalon.consultations.models import Diagnosis
from kalon.consultations.tests.conftest import Visit
from kalon.kernel.constraints import broken_constraint
from kalon.kernel.errors import Clash, IllegalMove, Invalid, NotFound, NotPermitted, NotReady
from kalon.kernel.tenancy import acting_as

CODES = (
    ("L57.0", "Actinic keratosis", "CODE"),
    ("L70.0", "Acne vulgaris", "CODE"),
    ("L90.5", "Scar conditions and fibrosis of skin", "CODE"),
    ("XII", "Diseases of the skin and subcutaneous tissue", "CHAPTER"),
)


@pytest.fixture(scope="module", autouse=True)
def three_codes(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[None]:
    """Enough of the classification to write with, as the installer loads it."""
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        with connections["owner"].cursor() as cursor:
            for code, title, level in CODES:
                cursor.execute(
                    "INSERT INTO codes_code (system, code, title, level, parent, is_leaf, synonyms, words) "
                    "VALUES ('ICD-10', %s, %s, %s, '', true, '{}', to_tsvector('simple', lower(%s)))",
                    [code, title, level, title],
                )
        yield
        with connections["owner"].cursor() as cursor:
            cursor.execute("TRUNCATE codes_code")
        connections["owner"].close()


@pytest.fixture
def open_visit(visit: Visit) -> Visit:
    visit.arrived()
    actions.begin(visit.encounter.pk, by=visit.doctor)
    return visit


def standing(visit: Visit) -> list[tuple[str, str, str]]:
    with acting_as(visit.doctor):
        rows = queries.diagnoses_of(visit.encounter, seen_by=visit.doctor)
        return [(row.code, row.title, row.rank) for row in rows]


def test_the_first_is_the_primary_and_words_of_ones_own_are_kept(open_visit: Visit) -> None:
    pk, by = open_visit.encounter.pk, open_visit.doctor
    actions.add_diagnosis(pk, code="l700", by=by)
    actions.add_diagnosis(pk, words="  Early ice-pick scars ", by=by)
    assert standing(open_visit) == [
        ("L70.0", "Acne vulgaris", "PRIMARY"),
        ("", "Early ice-pick scars", "SECONDARY"),
    ]


def test_another_is_put_first_and_the_next_follows_when_it_is_taken_back(open_visit: Visit) -> None:
    pk, by = open_visit.encounter.pk, open_visit.doctor
    actions.add_diagnosis(pk, code="L70.0", by=by)
    second = actions.add_diagnosis(pk, code="L90.5", by=by)
    actions.put_first(pk, diagnosis_id=second.pk, by=by)
    assert [(code, rank) for code, _title, rank in standing(open_visit)] == [
        ("L90.5", "PRIMARY"), ("L70.0", "SECONDARY"),
    ]  # fmt: skip
    actions.withdraw_diagnosis(pk, diagnosis_id=second.pk, by=by)
    assert [(code, rank) for code, _title, rank in standing(open_visit)] == [("L70.0", "PRIMARY")]
    with acting_as(open_visit.doctor):
        assert Diagnosis.objects.get(pk=second.pk).withdrawn_by is not None  # it stays, with who took it back


def test_what_cannot_be_a_diagnosis_is_refused(open_visit: Visit) -> None:
    pk, by = open_visit.encounter.pk, open_visit.doctor
    with pytest.raises(Invalid, match="Type a diagnosis"):
        actions.add_diagnosis(pk, words="  ", by=by)
    with pytest.raises(Invalid, match="at most 400"):
        actions.add_diagnosis(pk, words="x" * 401, by=by)
    with pytest.raises(NotFound, match=r"no code Z99\.99"):
        actions.add_diagnosis(pk, code="Z99.99", by=by)
    actions.add_diagnosis(pk, code="L57.0", by=by)
    with pytest.raises(Clash, match="among the diagnoses already"):
        actions.add_diagnosis(pk, code="L57.0", by=by)
    for other in (open_visit.nurse, open_visit.desk):
        with pytest.raises(NotPermitted):
            actions.add_diagnosis(pk, code="L90.5", by=other)
    assert len(standing(open_visit)) == 1


def test_before_the_consultation_and_after_signing_nothing_is_written(visit: Visit) -> None:
    with pytest.raises(IllegalMove):
        actions.add_diagnosis(visit.encounter.pk, code="L57.0", by=visit.doctor)


def test_a_signed_note_seals_its_diagnoses_in_the_database(open_visit: Visit) -> None:
    pk, by = open_visit.encounter.pk, open_visit.doctor
    made = actions.add_diagnosis(pk, code="L57.0", by=by)
    actions.record_outcome(pk, outcome="NO_ACTION", note={"assessment": "Sun damage"}, by=by)
    actions.close(pk, by=by)
    with pytest.raises(IllegalMove, match="added"):
        actions.withdraw_diagnosis(pk, diagnosis_id=made.pk, by=by)
    with acting_as(open_visit.clinic.system):
        for change in (
            "UPDATE consultations_diagnosis SET code = 'L90.5'",
            "UPDATE consultations_diagnosis SET withdrawn_at = now(), withdrawn_by_id = made_by_id",
            "DELETE FROM consultations_diagnosis",
        ):
            with pytest.raises(DatabaseError), transaction.atomic():
                connection.cursor().execute(change)


def test_two_primaries_are_refused_by_the_database(open_visit: Visit) -> None:
    pk, by = open_visit.encounter.pk, open_visit.doctor
    for code in ("L57.0", "L70.0"):
        actions.add_diagnosis(pk, code=code, by=by)
    with acting_as(by), pytest.raises(DatabaseError) as refused, transaction.atomic():
        connection.cursor().execute("UPDATE consultations_diagnosis SET rank = 'PRIMARY'")
    assert broken_constraint(refused.value.__cause__) == "diagnosis_one_primary"


def test_what_a_doctor_uses_stands_first(open_visit: Visit) -> None:
    by = open_visit.doctor
    actions.keep_at_hand("L90.5", by=by)
    actions.add_diagnosis(open_visit.encounter.pk, code="L70.0", by=by)
    with acting_as(by):
        assert [row.code for row in queries.meant("", seen_by=by)] == ["L90.5", "L70.0"]
        assert [row.code for row in queries.meant("actin", seen_by=by)] == ["L57.0"]
    actions.put_away("L90.5", by=by)
    with acting_as(by):
        assert [row.code for row in queries.meant("", seen_by=by)] == ["L70.0"]
        assert Code.objects.filter(system=System.ICD10).count() == len(CODES)


def test_a_chapter_is_no_diagnosis(open_visit: Visit) -> None:
    with pytest.raises(Invalid, match="XII is a whole chapter"):
        actions.add_diagnosis(open_visit.encounter.pk, code="XII", by=open_visit.doctor)
    assert standing(open_visit) == []


def test_a_diagnosis_stands_for_the_assessment(open_visit: Visit) -> None:
    pk, by = open_visit.encounter.pk, open_visit.doctor
    with pytest.raises(NotReady, match="or add a diagnosis"):
        actions.record_outcome(pk, outcome="NO_ACTION", note={}, by=by)
    made = actions.add_diagnosis(pk, words="Sun damage", by=by)
    actions.record_outcome(pk, outcome="NO_ACTION", note={}, by=by)
    actions.withdraw_diagnosis(pk, diagnosis_id=made.pk, by=by)  # taken back between the outcome and the signature
    with pytest.raises(NotReady, match="or add a diagnosis"):
        actions.close(pk, by=by)
    actions.add_diagnosis(pk, words="Sun damage of the face", by=by)
    assert actions.close(pk, by=by).status == Status.CLOSED


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE consultations_diagnosis SET code = 'L90.5'",
        "UPDATE consultations_diagnosis SET made_at = now() - interval '1 year'",
        "UPDATE consultations_diagnosis SET withdrawn_at = NULL, withdrawn_by_id = NULL WHERE withdrawn_at IS NOT NULL",
    ],
)
def test_what_was_written_is_not_rewritten_even_while_the_note_is_open(open_visit: Visit, change: str) -> None:
    pk, by = open_visit.encounter.pk, open_visit.doctor
    first = actions.add_diagnosis(pk, code="L57.0", by=by)
    actions.add_diagnosis(pk, code="L70.0", by=by)
    actions.withdraw_diagnosis(pk, diagnosis_id=first.pk, by=by)
    with acting_as(by), pytest.raises(DatabaseError) as refused, transaction.atomic():
        connection.cursor().execute(change)
    assert broken_constraint(refused.value.__cause__) == "consultations_diagnosis_stays"


def test_a_patient_reads_the_diagnoses_of_signed_notes_only(open_visit: Visit) -> None:
    pk, by = open_visit.encounter.pk, open_visit.doctor
    gone = actions.add_diagnosis(pk, words="Perhaps rosacea", by=by)
    actions.withdraw_diagnosis(pk, diagnosis_id=gone.pk, by=by)
    actions.add_diagnosis(pk, words="Sun damage", by=by)
    patient = open_visit.clinic.patient_actor()
    with acting_as(patient):
        assert list(Diagnosis.objects.all()) == []
    actions.record_outcome(pk, outcome="NO_ACTION", note={}, by=by)
    actions.close(pk, by=by)
    with acting_as(patient):
        assert [row.title for row in Diagnosis.objects.select_related("patient")] == ["Sun damage"]


def test_the_card_finds_adds_and_keeps_what_was_typed(open_visit: Visit, client: Client) -> None:
    client.force_login(open_visit.clinic.doctor.user)
    card = f"/consultations/{open_visit.encounter.pk}/diagnoses"
    hits = client.get(f"{card}/search", {"q": "acne"}).content.decode()
    assert "L70.0" in hits and "in my own words" in hits and "L57.0" not in hits
    in_place = {"HTTP_HX_REQUEST": "true"}
    slow = client.post(card, {"q": "acne", "for": "ac", "code": "L57.0"}, **in_place)
    assert slow.status_code == 422
    assert "The list was still coming" in slow.content.decode() and 'value="acne"' in slow.content.decode()
    assert client.post(card, {"q": "acne", "for": "acne", "code": "L70.0"}, **in_place).status_code == 200
    assert client.post(card, {"q": "Scar < 2 cm"}, **in_place).status_code == 200
    assert [(code, title) for code, title, _rank in standing(open_visit)] == [
        ("L70.0", "Acne vulgaris"), ("", "Scar < 2 cm"),
    ]  # fmt: skip
    starred = client.post(f"{card}/star", {"q": "sc", "code": "L90.5"}, **in_place).content.decode()
    assert 'value="sc"' in starred and 'aria-pressed="true"' in starred
    assert "Scar &lt; 2 cm" in client.get(f"/consultations/{open_visit.encounter.pk}").content.decode()


def test_the_api_says_the_same(open_visit: Visit, client: Client) -> None:
    client.force_login(open_visit.clinic.doctor.user)
    path = f"/api/consultations/{open_visit.encounter.pk}/diagnoses"
    first = client.post(path, {"code": "L70.0"}, "application/json").json()
    second = client.post(path, {"words": "Early scars"}, "application/json").json()
    assert (first["rank"], second["rank"]) == ("PRIMARY", "SECONDARY")
    assert client.post(f"{path}/{second['id']}/first").json()["rank"] == "PRIMARY"
    assert client.post(path, {"code": "Z99.99"}, "application/json").status_code == 404
    client.post(f"{path}/{first['id']}/withdraw")
    assert [(row["title"], row["rank"], row["made_by"]) for row in client.get(path).json()] == [
        ("Early scars", "PRIMARY", "Dr Kavya Menon")
    ]
