"""Vitals and their limits."""

from decimal import Decimal

from kalon.consultations import rules
from kalon.consultations.models import Vitals


def test_body_mass_index_is_weight_over_height_squared():
    assert rules.bmi(Decimal("74"), Decimal("176")) == Decimal("23.9")
    assert rules.bmi(None, Decimal("176")) is None


def test_what_is_outside_its_limits_is_said_with_the_limit():
    taken = Vitals(systolic=148, diastolic=94, pulse=78, oxygen=93)
    assert [alert.sentence for alert in rules.alerts(taken, age=27)] == [
        "Blood pressure, upper high: 148 mmHg, limit 139.",
        "Blood pressure, lower high: 94 mmHg, limit 89.",
        "Oxygen low: 93 %, limit 95.",
    ]


def test_the_limits_of_adults_are_not_applied_to_children():
    assert rules.alerts(Vitals(pulse=130), age=4) == []
    assert rules.alerts(Vitals(pulse=130), age=None) == []
