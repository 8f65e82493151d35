"""What an engine outside is asked for, and whether what it answered has that form (document 4 §5.7)."""

import json
from collections.abc import Callable
from typing import Any

TEXTS = ("chief_complaint", "history_of_present_illness", "subjective", "objective", "assessment", "plan")
OF_MEDICINE = ("medicine_name", "dosage", "frequency", "duration", "instructions")
MOST_TEXT, MOST_ITEMS = 6_000, 40
BETWEEN = "\x1f"


class Unreadable(ValueError):
    """An answer that has not the form that was asked for."""


def schema() -> dict[str, Any]:
    """The form of an answer, as JSON Schema."""
    text: dict[str, Any] = {"type": "string"}
    medicine = {
        "type": "object", "properties": dict.fromkeys(OF_MEDICINE, text), "required": list(OF_MEDICINE),
        "additionalProperties": False,
    }  # fmt: skip
    properties = {
        **dict.fromkeys(TEXTS, text),
        "prescriptions": {"type": "array", "items": medicine},
        "allergies_mentioned": {"type": "array", "items": text},
        "follow_up_recommended": {"type": "boolean"},
        "follow_up_days": {"anyOf": [{"type": "integer"}, {"type": "null"}]},
    }
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


def read(text: str) -> dict[str, Any]:
    """An answer that has the form that was asked for; raises `Unreadable` for any other."""
    try:
        found = json.loads(text)
    except ValueError as error:
        raise Unreadable("The engine answered nothing that can be read.") from error
    if not isinstance(found, dict) or not all(isinstance(found.get(name), str) for name in TEXTS):
        raise Unreadable("The engine's answer has not the form of a note.")
    medicines, allergies = found.get("prescriptions"), found.get("allergies_mentioned")
    days = found.get("follow_up_days")
    is_form = (
        isinstance(medicines, list) and len(medicines) <= MOST_ITEMS and all(map(_is_medicine, medicines))
        and isinstance(allergies, list) and len(allergies) <= MOST_ITEMS
        and all(isinstance(one, str) for one in allergies)
        and (days is None or (isinstance(days, int) and not isinstance(days, bool)))
        and all(len(found[name]) <= MOST_TEXT for name in TEXTS)
    )  # fmt: skip
    if not is_form:
        raise Unreadable("The engine's answer has not the form of a note.")
    kept = (*TEXTS, "prescriptions", "allergies_mentioned", "follow_up_days")
    return {name: found[name] for name in kept}


def named(answer: dict[str, Any], restore: Callable[[str], str]) -> dict[str, Any]:
    """The answer with each of its texts as `restore` writes it; one call for all of them."""
    texts: list[str] = []

    def taken(value: Any) -> Any:
        if isinstance(value, str):
            texts.append(value.replace(BETWEEN, " "))
            return len(texts) - 1, None
        if isinstance(value, list):
            return [taken(one) for one in value]
        return {key: taken(one) for key, one in value.items()} if isinstance(value, dict) else value

    def given(value: Any) -> Any:
        if isinstance(value, tuple):
            return texts[value[0]]
        if isinstance(value, list):
            return [given(one) for one in value]
        return {key: given(one) for key, one in value.items()} if isinstance(value, dict) else value

    shape = taken(answer)
    texts = restore(BETWEEN.join(texts)).split(BETWEEN)
    return dict(given(shape))


def _is_medicine(one: object) -> bool:
    return isinstance(one, dict) and all(isinstance(one.get(name), str) for name in OF_MEDICINE)
