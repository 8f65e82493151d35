"""Both classifications are loaded whole, found by what people type, and changed by nobody."""

from collections.abc import Iterator

import pytest
from django.db import DatabaseError, connection, connections, transaction

from kalon.codes import actions, queries, rules
from kalon.codes.models import Code, Edition, System
from kalon.kernel.errors import NotFound

pytestmark = pytest.mark.xdist_group("codes")  # a hundred thousand lines are loaded once, not by every worker


@pytest.fixture(scope="module")
def loaded(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[dict[str, int]]:
    """Every node, loaded as the owner does at installation; taken out again for the tests that follow."""
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        came = actions.load()
        again = actions.load()
        assert again == {}
        yield came
        with connections["owner"].cursor() as cursor:
            cursor.execute("TRUNCATE codes_code, codes_edition")
        connections["owner"].close()


@pytest.fixture
def codes(loaded: dict[str, int], db: None) -> dict[str, int]:
    return loaded


def codes_of(text: str, system: System = System.ICD10CM, **ways: object) -> list[str]:
    return [row.code for row in queries.search(text, system=system, **ways)]  # type: ignore[arg-type]


def test_every_node_is_there(codes: dict[str, int]) -> None:
    assert codes == {
        "ICD-10": 12542,
        "ICD-10-CM": 98466,
    }  # of 98,505 lines: 39 blocks carry the letters of their one category
    assert list(Edition.objects.order_by("system").values_list("system", "nodes")) == sorted(codes.items())
    assert queries.code("l570", system=System.ICD10CM).title == "Actinic keratosis"
    assert queries.code("L57.0", system=System.ICD10).parent == "L57"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("actinic ker", "L57.0"),
        ("solar keratosis", "L57.0"),  # a synonym
        ("AK", "L57.0"),
        ("L57", "L57"),
        ("l570", "L57.0"),
        ("hypertrophic scar", "L91.0"),
        ("keloid", "L91.0"),
        ("gynaecomastia", "N62"),  # as Britain spells it: a synonym of hypertrophy of the breast
        ("alopecia areata", "L63"),
        ("htn", "I10"),
        ("T2DM", "E11"),
        ("rosacea", "L71"),
        ("actnic keratosis", "L57.0"),  # a slip
    ],
)
def test_what_people_type_finds_the_code(codes: dict[str, int], typed: str, code: str) -> None:
    assert code in codes_of(typed)[:5]


def test_favoured_codes_come_first(codes: dict[str, int]) -> None:
    far = codes_of("acne", most=20)[-1]
    pk = queries.code(far, system=System.ICD10CM).pk
    assert codes_of("acne", favoured=[pk])[0] == far


def test_a_seventh_character_is_below_its_code_and_not_among_words(codes: dict[str, int]) -> None:
    found = queries.code("S01.01", system=System.ICD10CM)
    assert not found.is_leaf
    assert [row.code for row in queries.below(found)] == ["S01.01XA", "S01.01XD", "S01.01XS"]
    assert "S01.01XA" not in codes_of("laceration scalp", most=100)
    assert codes_of("S0101X")[0] == "S01.01XA"


@pytest.mark.parametrize("typed", ["", " ", "a", "&", "' | !", "'); DROP TABLE codes_code; --", "%", "\x00", "🙂"])
def test_anything_may_be_typed(codes: dict[str, int], typed: str) -> None:
    assert isinstance(codes_of(typed), list)


def test_an_unknown_code_is_said(codes: dict[str, int]) -> None:
    with pytest.raises(NotFound, match=r"has no code Z99\.99"):
        queries.code("Z99.99", system=System.ICD10)


@pytest.mark.parametrize(
    "change", ["UPDATE codes_code SET title = 'x'", "DELETE FROM codes_edition", "TRUNCATE codes_code"]
)
def test_no_clinic_changes_a_classification(codes: dict[str, int], change: str) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        connection.cursor().execute(change)
    assert Code.objects.exists()


def test_both_sides_of_the_sea_spell_alike() -> None:
    assert rules.folded("Haemorrhage of the Oesophagus, tumour") == ["hemorrhage", "of", "the", "esophagus", "tumor"]
    assert rules.asked("bcc nose") == ["basal", "cell", "carcinoma", "nose"]
    assert [rules.looks_like_code(text) for text in ("l57", "L57.0", "l570", "acne", "5")] == [
        "L57", "L57.0", "L57.0", "", "",
    ]  # fmt: skip
