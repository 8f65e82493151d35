"""Vitals and their limits by age, units, differences and smart fields."""

from datetime import date
from decimal import Decimal

import pytest

from kalon.consultations import rules
from kalon.consultations.models import Vitals
from kalon.kernel.errors import Invalid

TODAY = date(2026, 3, 10)


def sentences(vitals, born):
    return [alert.sentence for alert in rules.alerts(vitals, born=born, on=TODAY)]


def test_body_mass_index_is_weight_over_height_squared():
    assert rules.bmi(Decimal("74"), Decimal("176")) == Decimal("23.9")
    assert rules.bmi(None, Decimal("176")) is None


def test_what_is_outside_its_limits_is_said_with_the_limit():
    taken = Vitals(systolic=148, diastolic=94, pulse=78, oxygen=93, glucose=Decimal("212.0"))
    assert sentences(taken, date(1999, 1, 1)) == [
        "Blood pressure, upper high: 148 mmHg, limit 139.",
        "Blood pressure, lower high: 94 mmHg, limit 89.",
        "Oxygen low: 93 %, limit 95.",
        "Blood glucose high: 212 mg/dL, limit 199.",
    ]


@pytest.mark.parametrize(
    ("born", "said"),
    [
        (date(2022, 3, 9), ["Pulse high: 130 /min, limit 120."]),  # four years old
        (date(2025, 9, 1), []),  # half a year old: 130 is usual
        (date(2014, 3, 11), ["Pulse high: 130 /min, limit 118."]),  # eleven, twelve tomorrow
        (date(2014, 3, 10), ["Pulse high: 130 /min, limit 100."]),  # twelve today
        (date(1980, 1, 1), ["Pulse high: 130 /min, limit 100."]),
        (None, []),  # nobody claims a limit for an unknown age
    ],
)
def test_the_limits_of_a_pulse_follow_the_age(born, said):
    assert sentences(Vitals(pulse=130), born) == said


def test_an_alert_reads_the_same_after_it_was_kept():
    [alert] = rules.alerts(Vitals(temperature=Decimal("39.2")), born=date(1980, 1, 1), on=TODAY)
    assert rules.alert_of(alert.kept()) == alert
    assert alert.sentence == "Temperature high: 39.2 °C, limit 38."


@pytest.mark.parametrize(
    ("measured", "unit", "kept"),
    [
        ({"temperature": Decimal("98.6")}, "°F", Decimal("37.0")),
        ({"temperature": Decimal("100.4")}, "F", Decimal("38.0")),
        ({"glucose": Decimal("5.5")}, "mmol/L", Decimal("99.1")),
        ({"weight": Decimal("154")}, "lb", Decimal("69.9")),
        ({"height": Decimal("70")}, "in", Decimal("177.8")),
        ({"temperature": Decimal("36.9")}, "", Decimal("36.9")),
    ],
)
def test_what_was_measured_in_another_unit_is_kept_in_ours(measured, unit, kept):
    [field] = measured
    assert rules.in_stored_unit(measured, {field: unit}) == {field: kept}


def test_an_unknown_unit_or_measure_is_refused_with_what_to_write():
    with pytest.raises(Invalid, match="Temperature is measured in °C or °F, not in “K”"):
        rules.in_stored_unit({"temperature": Decimal(310)}, {"temperature": "K"})
    with pytest.raises(Invalid, match="Pulse is measured in /min"):
        rules.in_stored_unit({"pulse": 70}, {"pulse": "Hz"})
    with pytest.raises(Invalid, match="We do not measure aura"):
        rules.in_stored_unit({"aura": 1}, {})


def test_a_difference_shows_every_word_once():
    pieces = rules.difference("Fine lines at rest.", "Fine deep lines, at rest.")
    assert [(piece.kind, piece.text) for piece in pieces if piece.kind != "same"] == [
        ("added", "deep "), ("added", ","),
    ]  # fmt: skip
    assert "".join(piece.text for piece in pieces if piece.kind != "removed") == "Fine deep lines, at rest."
    assert [piece.kind for piece in rules.difference("gone", "")] == ["removed"]


def test_smart_fields_are_filled_and_what_is_not_known_says_so():
    text = "{patient.age} y, BMI { vitals.bmi }, last seen {last_visit.date}."
    assert rules.fill(text, {"patient.age": "34", "vitals.bmi": "22.1"}) == (
        "34 y, BMI 22.1, last seen [the day of the last visit not recorded]."
    )


@pytest.mark.parametrize(
    ("text", "strange"),
    [
        ("{patient.age}", []),
        ("{patient.shoe_size} and {today}", ["{patient.shoe_size}"]),
        ("{}", ["{}"]),
        ("{patient.age", ["a brace that is not closed"]),
        ("{{today}}", ["a brace that is not closed"]),
        ("{patient.__class__}", ["{patient.__class__}"]),
    ],
)
def test_a_field_that_there_is_not_is_found(text, strange):
    assert rules.unknown_fields(text) == strange


def test_a_trend_needs_two_measurements_and_stays_inside_its_frame():
    from datetime import UTC, datetime

    rows = [
        Vitals(systolic=upper, diastolic=80, pulse=70, taken_at=datetime(2026, 1, day, tzinfo=UTC))
        for day, upper in ((1, 120), (3, 150), (9, 132))
    ]
    pressure, pulse = rules.trends(rows)
    assert (pressure.name, pressure.first, pressure.last) == ("Blood pressure", "120/80", "132/80")
    assert pressure.points.split()[0] == "4.0,28.0"
    assert {point.split(",")[1] for point in pulse.points.split()} == {"16.0"}
    assert rules.trends(rows[:1]) == []
