"""What a line of an imported table says of a procedure or of its codes, in the words of its columns."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from kalon.catalog.rules import CodeLine
from kalon.kernel.errors import Invalid

YES, NO = {"yes", "y", "true", "1", "x"}, {"no", "n", "false", "0", "", "-"}
TEXTS = {
    "code": "code", "name": "name", "procedure": "name", "category": "category", "setting": "setting",
    "words for the patient": "patient_words", "patient words": "patient_words", "patient_words": "patient_words",
}  # fmt: skip
NUMBERS = {"minutes": "minutes", "duration": "minutes", "days between": "least_days_between",
           "least_days_between": "least_days_between"}  # fmt: skip
ANSWERS = {"side": "has_side", "has_side": "has_side", "consent": "needs_consent", "needs_consent": "needs_consent",
           "implant": "takes_implant", "takes_implant": "takes_implant", "in use": "is_active"}  # fmt: skip
OTHERS = {"room": "room_kind", "room_kind": "room_kind", "views": "photo_views", "photo views": "photo_views",
          "service": "service"}  # fmt: skip
UPPER = {"code", "category", "setting"}


def details(heads: Sequence[str], row: Sequence[str], systems: Sequence[str]) -> tuple[dict[str, Any], list[CodeLine]]:
    """What a line says: the fields whose columns there are, and its codes; Invalid for a cell that says nothing."""
    found: dict[str, Any] = {}
    codes: list[CodeLine] = []
    for head, cell in zip(heads, row, strict=False):
        text = cell.strip()
        name = head.strip().lower()
        if name in TEXTS:
            key = TEXTS[name]
            found[key] = re.sub(r"[ -]+", "_", text.upper()) if key in UPPER - {"code"} else text
            if key == "code":
                found[key] = text.upper()
        elif name in NUMBERS and text:
            found[NUMBERS[name]] = _number(head, text)
        elif name in ANSWERS and text:
            found[ANSWERS[name]] = _answer(head, text)
        elif name in OTHERS:
            found |= _other(OTHERS[name], text)
        elif head.strip().upper() in systems:
            codes += [CodeLine(head.strip().upper(), one) for one in re.split(r"[;,\s]+", text) if one]
    for key in ("category", "setting"):
        if not found.get(key):
            found.pop(key, None)
    return found, codes


def unknown(heads: Sequence[str], systems: Sequence[str]) -> list[str]:
    """The columns that nothing is read from."""
    known = {*TEXTS, *NUMBERS, *ANSWERS, *OTHERS}
    return [head for head in heads if head.strip() and head.strip().lower() not in known
            and head.strip().upper() not in systems]  # fmt: skip


def code_line(row: Mapping[str, str]) -> tuple[str, CodeLine]:
    """Of which procedure, and the code with its words."""
    procedure, system = row.get("procedure", "").strip().upper(), row.get("system", "").strip().upper()
    code = row.get("code", "").strip()
    if not (procedure and system and code):
        raise Invalid("A line names the procedure by the clinic's own code, the system, and the code.", field="file")
    return procedure, CodeLine(system, code, row.get("words", "").strip())


def _number(head: str, text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 5:
        raise Invalid(f"“{head.strip()}” is a whole number, not “{text[:30]}”.", field="file")
    return int(text)


def _answer(head: str, text: str) -> bool:
    word = text.lower()
    if word not in YES | NO:
        raise Invalid(f"“{head.strip()}” is yes or no, not “{text[:30]}”.", field="file")
    return word in YES


def _other(name: str, text: str) -> dict[str, Any]:
    if name == "photo_views":
        return {name: [one for one in re.split(r"[;,\s]+", text.upper()) if one]}
    if name == "room_kind":
        return {name: text.upper() or None}
    return {name: text}
