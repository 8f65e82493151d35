# ruff: noqa: E501  (tables read better unbroken)
"""The arithmetic of doses: exact, in units that fit, for any number somebody writes."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kalon.prescribing.rules import begun_with, load
from kalon.prescribing.rules.amounts import Amount, amount, limit, of_dose, plain
from kalon.prescribing.rules.dosing import Course, Step
from kalon.prescribing.rules.lines import usual_frequency

doses = st.decimals(min_value="0.001", max_value="9999", places=3)
weights = st.decimals(min_value=1, max_value=400, places=1)
days = st.integers(min_value=1, max_value=365)
A_DAY = {"OD": 1, "BD": 2, "TDS": 3, "QDS": 4, "HS": 1}


@given(doses)
def test_a_gram_is_a_thousand_milligrams_and_a_million_micrograms(value: Decimal):
    assert amount(f"{plain(value)} g") == Amount(value * 1000, "mg")
    assert amount(f"{plain(value)} mg").value * 1000 == amount(f"{plain(value)} g").value
    assert amount(f"{plain(value)} microgram").value * 1000 == amount(f"{plain(value)} mg").value


@given(doses, doses)
def test_pieces_add_up(one: Decimal, other: Decimal):
    def mg(count: Decimal) -> Decimal:
        found = of_dose(count, "tablet", "2.5 mg")
        assert found is not None
        return found.value

    assert mg(one) + mg(other) == mg(one + other) == (one + other) * Decimal("2.5")


@given(doses)
def test_a_per_cent_is_ten_milligrams_in_each_millilitre(ml: Decimal):
    assert (
        of_dose(ml, "mL", "1 %")
        == of_dose(ml, "mL", "10 mg/mL")
        == of_dose(ml, "mL", "50 mg/5 mL")
        == Amount(ml * 10, "mg")
    )


@given(weights)
def test_a_limit_per_kilogram_stays_under_its_cap_and_grows_with_weight(weight: Decimal):
    found = limit("4.5 mg/kg to 300 mg")
    assert found is not None
    most, more = found.at(weight), found.at(weight + 1)
    assert most is not None and more is not None
    assert most.value == min(Decimal(300), Decimal("4.5") * weight)
    assert most.value <= more.value <= 300


def test_without_a_weight_only_the_cap_is_known():
    with_cap, without = limit("7 mg/kg to 500 mg"), limit("28 mg/kg")
    assert with_cap is not None and with_cap.at(None) == Amount(Decimal(500), "mg")
    assert without is not None and without.at(None) is None


@given(doses, st.sampled_from(sorted(A_DAY)), days)
def test_the_quantity_is_dose_times_frequency_times_days(dose: Decimal, frequency: str, for_days: int):
    assert Course(dose, "mL", frequency, for_days).quantity() == dose * A_DAY[frequency] * for_days
    whole = Course(dose, "tablet", frequency, for_days).quantity()
    exact = dose * A_DAY[frequency] * for_days
    assert whole is not None and whole == whole.to_integral_value() and exact <= whole < exact + 1


@given(doses, st.integers(min_value=1, max_value=24), days)
def test_every_n_hours_never_runs_short(dose: Decimal, hours: int, for_days: int):
    course = Course(dose, "mL", "EVERY", for_days, every_hours=hours)
    quantity = course.quantity()
    assert quantity is not None and quantity / dose * hours >= 24 * for_days
    assert course.doses_in_a_day() * hours >= 24 > (course.doses_in_a_day() - 1) * hours


@given(st.lists(st.tuples(doses, st.sampled_from(sorted(A_DAY)), days), min_size=1, max_size=6))
def test_a_taper_is_the_sum_of_its_steps_and_its_worst_day_is_its_largest(steps: list[tuple[Decimal, str, int]]):
    course = Course(Decimal(1), "mL", "OD", steps=tuple(Step(*step) for step in steps))
    assert course.quantity() == sum(dose * A_DAY[often] * for_days for dose, often, for_days in steps)
    assert course.most_in_a_day() == max(dose * A_DAY[often] for dose, often, _days in steps)
    assert course.total_days() == sum(for_days for _dose, _often, for_days in steps)


@pytest.mark.parametrize(
    ("course", "quantity"),
    [
        (Course(Decimal(1), "tablet", "ALT", 7), 4),
        (Course(Decimal(1), "tablet", "WEEKLY", 28), 4),
        (Course(Decimal(1), "tablet", "WEEKLY", 29), 5),
        (Course(Decimal(2), "tablet", "STAT"), 2),
        (Course(Decimal(1), "tablet", "SOS", 5, most_a_day=3), 15),
        (Course(Decimal("0.5"), "tablet", "BD", 5), 5),
        (Course(Decimal("0.5"), "tablet", "OD", 5), 3),
        (Course(Decimal(1), "tablet", "OD"), None),
        (Course(Decimal(1), "application", "BD", 10), None),
    ],
)
def test_quantities_that_have_their_own_rule(course: Course, quantity: int | None):
    assert course.quantity() == quantity


@pytest.mark.parametrize("text", ["", "2", "mg", "-1 mg", "1 mg/kg", "ten mg", "1 stone"])
def test_what_is_no_amount_is_refused(text: str):
    with pytest.raises(ValueError):
        amount(text)


@pytest.mark.parametrize("text", ["5 mg to 10 mg", "5 mg/kg to 10 mL", "mg/kg"])
def test_what_is_no_limit_is_refused(text: str):
    with pytest.raises(ValueError):
        limit(text)


@pytest.mark.parametrize(
    ("course", "words"),
    [
        (Course(Decimal(2), "tablet", "TDS", 5), "2 tablets three times a day for 5 days"),
        (Course(Decimal(1), "tablet", "EVERY", 1, every_hours=6), "1 tablet every 6 hours for 1 day"),
        (Course(Decimal(1), "capsule", "SOS", 3, most_a_day=2), "1 capsule when needed, at most 2 times a day for 3 days"),
        (Course(Decimal(1), "application", "HS", 28), "a thin layer at night for 28 days"),
        (Course(Decimal("2.5"), "mL", "STAT"), "2.5 mL once only"),
        (Course(Decimal(1), "tablet", "OD", steps=(Step(Decimal(4), "OD", 5), Step(Decimal(2), "OD", 5))),
         "4 tablets once a day for 5 days, then 2 tablets once a day for 5 days"),
    ],
)  # fmt: skip
def test_a_patient_can_read_it(course: Course, words: str):
    assert course.sentence() == words


@pytest.mark.parametrize(
    ("code", "strength", "frequency"),
    [
        ("amoxicillin", "500 mg", "TDS"),
        ("paracetamol", "500 mg", "QDS"),
        ("cetirizine", "10 mg", "OD"),
        ("tretinoin-topical", "0.025 %", "HS"),
    ],
)
def test_a_line_begins_with_the_usual_dose_as_often_as_it_is_usual(code: str, strength: str, frequency: str):
    begun = begun_with(load().medicines[code])
    assert (begun.strength, begun.frequency, begun.dose) == (strength, frequency, 1)


@pytest.mark.parametrize(
    ("usual", "expected"),
    [
        ("500 mg every 4 to 6 hours", ("QDS", None)),
        ("1 g every 18 hours", ("EVERY", 18)),
        ("A thin layer once or twice a day", ("OD", None)),
        ("20 mg twice a day, then once a day", ("BD", None)),
        ("By blood level", ("OD", None)),
    ],
)
def test_of_a_range_it_takes_the_longer_interval(usual: str, expected: tuple[str, int | None]):
    assert usual_frequency(usual) == expected


def test_what_it_begins_with_can_be_kept_for_every_medicine_of_the_formulary():
    for medicine in load().medicines.values():
        assert begun_with(medicine).checked().medicine == medicine.code


def test_a_taper_is_a_timetable():
    steps = (Step(Decimal(4), "OD", 5), Step(Decimal(1), "BD", 1), Step(Decimal("0.5"), "OD", 2))
    assert Course(Decimal(4), "tablet", "OD", steps=steps).by_days() == [
        ("Days 1 to 5", "4 tablets once a day"), ("Day 6", "1 tablet twice a day"),
        ("Days 7 to 8", "0.5 tablets once a day"),
    ]  # fmt: skip
    assert Course(Decimal(1), "tablet", "OD", 5).by_days() == []
