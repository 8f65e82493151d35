"""Reading an answer and comparing it: both ends belong to the range, and nothing is said that is not known."""

from decimal import Decimal

import pytest

from kalon.kernel.errors import Invalid
from kalon.orders import rules
from kalon.orders.rules import known

TWELVE, FIFTEEN = Decimal(12), Decimal(15)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("11.9", "LOW"), ("12", "NORMAL"), ("12.0", "NORMAL"), ("15", "NORMAL"), ("15.1", "HIGH"), ("0", "LOW"),
        ("<12", "LOW"), ("<11", "LOW"), ("<13", "NONE"), (">15", "HIGH"), (">16", "HIGH"), (">13", "NONE"),
        ("≤12", "NONE"), ("≥15", "NONE"),
    ],
)  # fmt: skip
def test_a_number_beside_its_range(value: str, expected: str):
    assert rules.flag(value, answer="NUMBER", low=TWELVE, high=FIFTEEN) == expected


@pytest.mark.parametrize(
    ("value", "low", "high", "expected"),
    [
        ("<0.5", None, Decimal("0.5"), "NORMAL"), ("0.6", None, Decimal("0.5"), "HIGH"),
        (">60", Decimal(60), None, "NORMAL"), ("59", Decimal(60), None, "LOW"), ("5", None, None, "NONE"),
    ],
)  # fmt: skip
def test_a_range_with_one_end(value: str, low: Decimal | None, high: Decimal | None, expected: str):
    assert rules.flag(value, answer="NUMBER", low=low, high=high) == expected


def test_words_are_compared_with_nothing_and_signs_with_negative():
    assert rules.flag("O positive", answer="WORDS", low=None, high=None) == "NONE"
    assert rules.flag("Positive", answer="SIGN", low=None, high=None) == "ABNORMAL"
    assert rules.flag("Negative", answer="SIGN", low=None, high=None) == "NORMAL"


@pytest.mark.parametrize(
    ("typed", "kept"), [(" 12.4 ", "12.4"), ("12,4", "12.4"), ("< 0.5", "<0.5"), ("≥60", "≥60"), ("0", "0")]
)
def test_a_number_is_kept_in_one_form(typed: str, kept: str):
    assert rules.value(typed, answer="NUMBER", field="x") == kept


@pytest.mark.parametrize("typed", ["", "12.4 g/dL", "1e9", "NaN", "-3", "12.4.1", "twelve", "1234567890", "١٢", "Inf"])
def test_what_is_no_number_is_refused_with_a_sentence(typed: str):
    with pytest.raises(Invalid) as refusal:
        rules.value(typed, answer="NUMBER", field="x")
    assert refusal.value.field == "x"


@pytest.mark.parametrize("typed", ["NaN", "-1", "x", "1e400", "1.23456"])
def test_a_bound_that_is_none_is_refused(typed: str):
    with pytest.raises(Invalid):
        rules.bound(typed, field="x")


@pytest.mark.parametrize(
    ("typed", "kept"), [("NEG", "Negative"), ("Reactive", "Positive"), ("non-reactive", "Negative")]
)
def test_signs_are_read_as_laboratories_write_them(typed: str, kept: str):
    assert rules.value(typed, answer="SIGN", field="x") == kept


def test_a_sign_that_is_none_is_refused():
    with pytest.raises(Invalid):
        rules.value("maybe", answer="SIGN", field="x")


def test_every_test_cites_its_source_and_an_uncited_one_does_not_load():
    assert all(one.source for one in rules.KNOWN)
    assert len({one.code for one in rules.KNOWN}) == len(rules.KNOWN)
    assert {code for codes in rules.SETS.values() for code in codes} <= set(rules.BY_CODE)
    with pytest.raises(ValueError, match="no source"):
        known.Known("X", "X", "X", "NUMBER", " ", "g/dL", both=known.Range(TWELVE, FIFTEEN))
    with pytest.raises(ValueError, match="unit and a range"):
        known.Known("X", "X", "X", "NUMBER", "A book", "g/dL")


def test_where_sex_is_not_known_the_range_holds_both():
    haemoglobin = rules.BY_CODE["HB"]
    assert haemoglobin.range_for("female") == rules.Range(Decimal(12), Decimal(16))
    assert haemoglobin.range_for("male") == rules.Range(Decimal(14), Decimal(18))
    assert haemoglobin.range_for("unknown") == rules.Range(Decimal(12), Decimal(18))
