"""Smart fields of a template: words in braces that are filled when the template is put into a note."""

import re
from collections.abc import Mapping

FIELDS: dict[str, str] = {
    "patient.name": "the patient's name",
    "patient.first_name": "the patient's first name",
    "patient.age": "the age in years",
    "patient.sex": "female, male or other",
    "patient.mrn": "the record number",
    "patient.allergies": "what the patient reacts to, or that nothing is known",
    "doctor.name": "who sees the patient",
    "visit.complaint": "the chief complaint of this visit",
    "vitals.bp": "blood pressure, mmHg",
    "vitals.pulse": "pulse per minute",
    "vitals.temperature": "temperature, °C",
    "vitals.oxygen": "oxygen saturation, %",
    "vitals.glucose": "blood glucose, mg/dL",
    "vitals.weight": "weight, kg",
    "vitals.height": "height, cm",
    "vitals.bmi": "body mass index",
    "last_visit.date": "the day of the last visit",
    "last_visit.diagnosis": "the diagnoses of the last visit, or its assessment",
    "last_visit.outcome": "the outcome of the last visit",
    "today": "the day of today",
}
_IN_BRACES = re.compile(r"\{([^{}\n]{0,60})\}")
NOT_KNOWN = "[{} not recorded]"


def unknown_fields(text: str) -> list[str]:
    """The words in braces that are no smart field, each once, in reading order; a lone brace counts as one."""
    named = [name.strip() for name in _IN_BRACES.findall(text)]
    strange = [f"{{{name}}}" for name in named if name not in FIELDS]
    if {"{", "}"} & set(_IN_BRACES.sub("", text)):
        strange.append("a brace that is not closed")
    return list(dict.fromkeys(strange))


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with its smart fields filled; what is not known says so, so that nobody reads it as normal."""

    def filled(match: "re.Match[str]") -> str:
        name = match.group(1).strip()
        return values.get(name) or NOT_KNOWN.format(FIELDS[name].split(",")[0])

    return _IN_BRACES.sub(filled, text)
