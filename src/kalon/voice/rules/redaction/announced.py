"""What was announced as an e-mail address or a PAN and came as something else: "my pan is KCL and an 8672X"."""

import re
from collections.abc import Iterator

from kalon.voice.rules.redaction.kinds import Kind
from kalon.voice.rules.redaction.numbers import Found
from kalon.voice.rules.redaction.texts import BLANK, View

HOSTS = r"(?:gmail|googlemail|yahoo|ymail|outlook|hotmail|live|red+if+mail|icloud|proton(?:mail)?|zoho)"
ENDING = r"\.(?:com|in|org|net|co)\b(?:\.in\b)?"
SIGNLESS = re.compile(
    rf"[\w.%+-]+?{HOSTS}{ENDING}|\b\w+[._]\w+,?\s+(?:(?:at|to)\s+)?(?:www\.)?{HOSTS}{ENDING}", re.IGNORECASE
)
ADDRESS = re.compile(
    rf"\be-?mail(?:\s+(?:id|address))?\s+(?:is|to|at|on)\s+([^\n?!{BLANK}]{{1,60}}?\b(?:{HOSTS}{ENDING}|[\w-]+@[\w-]+{ENDING}))",
    re.IGNORECASE,
)
PAN = re.compile(
    r"\b(?:my)?pan\b(?:\s+(?:card|number|no\.?))*\s+(?:is|hai)\s+((?:[a-z]{1,5}[\s,.-]+){1,6}?[a-z]{0,5}-?\d{3,5}[a-z])\b",
    re.IGNORECASE,
)


def found_announced(view: View) -> Iterator[Found]:
    """Addresses whose sign or dots were lost on the way to the ear, and PANs whose letters became words."""
    for form, kind, why in (
        (ADDRESS, Kind.EMAIL, "said to be an e-mail address"),
        (PAN, Kind.PAN, "said to be a PAN"),
    ):
        for match in form.finditer(view.text):
            yield match.span(1), kind, why
    for match in SIGNLESS.finditer(view.text):
        yield match.span(), Kind.EMAIL, "an e-mail address that lost its sign"
