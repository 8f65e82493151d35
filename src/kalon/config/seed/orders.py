"""Tests that were ordered at past visits: some reviewed, some waiting for a look, one on its way."""

from datetime import timedelta
from typing import Any

from kalon.config.seed.clinic import Place
from kalon.consultations import queries as encounters
from kalon.kernel import clock
from kalon.kernel.tenancy import acting_as
from kalon.orders import actions, queries
from kalon.orders.actions import Answered, Wish
from kalon.patients import actions as people
from kalon.patients.actions import HistoryDetails

BEFORE = ("HB", "WBC", "PLT", "PT", "APTT", "CREA", "GLU", "HIV", "HBSAG", "HCV")
VALUES = {
    "HB": "13.1", "WBC": "6.8", "PLT": "212", "PT": "12.1", "APTT": "29", "CREA": "0.8", "GLU": "88",
    "HIV": "non-reactive", "HBSAG": "non-reactive", "HCV": "non-reactive",
}  # fmt: skip
ANAEMIC = {**VALUES, "HB": "10.4", "GLU": "118"}
HISTORY = (
    HistoryDetails(kind="CONDITION", text="Hypothyroidism", code="E03.9", since_year=2019, source="SELF_REPORTED"),
    HistoryDetails(kind="MEDICATION", text="Levothyroxine", dose="50 micrograms each morning", since_year=2019),
    HistoryDetails(kind="SURGERY", text="Appendix taken out", since_year=2011, source="SELF_REPORTED"),
    HistoryDetails(kind="FAMILY", text="Mother: bled long after a tooth was drawn"),
    HistoryDetails(kind="SOCIAL", text="Does not smoke; a glass of wine on holidays"),
)


def order(place: Place, patients: list[Any]) -> None:
    """The first has everything; the others wait at different steps."""
    doctor, nurse = place.by["doctor"], place.by["nurse"]
    for item in HISTORY:
        line = people.add_history(patients[0].pk, item, by=nurse)
        if item.source != "SELF_REPORTED":
            people.verify_history(patients[0].pk, line.pk, by=doctor)
    for turn, patient in enumerate(patients):
        with acting_as(place.system):
            seen = encounters.summaries_of(patient.pk, seen_by=place.system).first()
        if seen is None or seen.signed_at is None:
            continue
        at = seen.signed_at
        with clock.at(at):
            wish = Wish(codes=BEFORE, question="Before an operation", laboratory="Periyar Diagnostics",
                        urgency="URGENT" if turn == 1 else "ROUTINE")  # fmt: skip
            asked = actions.order(seen.pk, wish, by=doctor)
        if turn == 2:
            continue
        with clock.at(at + timedelta(hours=1)):
            actions.collect(asked.pk, by=nurse)
        with clock.at(at + timedelta(hours=20)):
            _answer(place, asked.pk, ANAEMIC if turn else VALUES)
        if turn == 0:
            with clock.at(at + timedelta(hours=22)):
                actions.review(asked.pk, "All in range. Nothing stands against the operation.", by=doctor)


def _answer(place: Place, pk: Any, values: dict[str, str]) -> None:
    with acting_as(place.system):
        tests = [line.test for line in queries.lines(queries.order(pk, seen_by=place.system))]
    told = [Answered(test_id=test.pk, value=values[test.code]) for test in tests]
    actions.write_results(pk, told, by=place.by["nurse"])
