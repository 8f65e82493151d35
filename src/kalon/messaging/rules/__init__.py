"""What a message may say: the codes that exist, their names in braces, and how a wording is filled in."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from kalon.messaging.rules import wordings
from kalon.messaging.rules.known import ALWAYS, DECLINABLE, Known, Purpose, Words

__all__ = [
    "ALWAYS",
    "CHOICES",
    "DECLINABLE",
    "KNOWN",
    "LANGUAGES",
    "Known",
    "Purpose",
    "Wording",
    "built_in",
    "choices",
    "fill",
    "named_in",
    "stray_braces",
    "unknown_names",
]

PLACEHOLDER = re.compile(r"\{\{\s*([a-z_]+)\s*\}\}")
BRACES = re.compile(r"\{\{|\}\}|\{%|%\}")
LONGEST_SMS = 480  # three parts of an SMS
FALLBACK = "en"
# What we write in, each by its own name; those beside English are to be read by a native speaker before use.
LANGUAGES = {"en": "English", "hi": "हिन्दी", "ar": "العربية", "ml": "മലയാളം"}
KNOWN: dict[str, Known] = {known.code: known for known in wordings.KNOWN}


@dataclass(frozen=True, slots=True)
class Wording:
    """A subject and a body, still with names in braces; `language` is the one they are in."""

    subject: str
    body: str
    language: str = FALLBACK


# Beside the digits 1, 2, 3: what the buttons say where a channel has buttons (20 characters at most).
CHOICES = {
    "en": {"1": "Confirm", "2": "Reschedule", "3": "Cancel"},
    "hi": {"1": "पक्का करें", "2": "समय बदलें", "3": "रद्द करें"},
    "ar": {"1": "تأكيد", "2": "تغيير الموعد", "3": "إلغاء"},
    "ml": {"1": "ഉറപ്പാക്കുക", "2": "സമയം മാറ്റുക", "3": "റദ്ദാക്കുക"},
}


AROUND = {
    "en": ("From", "Thank you."),
    "hi": ("संदेश:", "धन्यवाद।"),
    "ar": ("من", "شكرًا لكم."),
    "ml": ("സന്ദേശം:", "നന്ദി."),
}  # round a WhatsApp text


def built_in(code: str, channel: str, language: str) -> Wording:
    """The wording that comes with Kalon, in the language or else in English."""
    words = wordings.TRANSLATED.get(language, {}).get(code)
    return _for(channel, words, language) if words else _for(channel, KNOWN[code].words, FALLBACK)


def _for(channel: str, words: Words, language: str) -> Wording:
    if channel == "SMS":
        return Wording("", words.sms, language)
    if channel == "WHATSAPP":
        return Wording("", words.whatsapp or _registrable(words.sms, language), language)
    if channel == "PUSH":  # a locked screen shows it: what it is about, and nothing more
        return Wording("{{ clinic }}", words.subject, language)
    return Wording(words.subject, words.body, language)


def _registrable(text: str, language: str) -> str:
    """As Meta takes a template: it neither begins nor ends with a name to be filled in."""
    opening, closing = AROUND.get(language, AROUND[FALLBACK])
    opened = f"{opening} {text}" if text.startswith("{{") else text
    return f"{opened} {closing}" if opened.endswith("}}") else opened


def choices(code: str, language: str) -> dict[str, str]:
    """The digits that may be answered, and what a button says for each; none where nothing is asked."""
    if not KNOWN[code].asks:
        return {}
    said = CHOICES.get(language, CHOICES[FALLBACK])
    return {digit: said[digit] for digit in said if digit != "1" or not code.endswith("-unpaid")}


def named_in(text: str) -> list[str]:
    """The names in braces of a wording, each once, in order."""
    return list(dict.fromkeys(PLACEHOLDER.findall(text)))


def unknown_names(code: str, *texts: str) -> list[str]:
    """Names in braces that this message does not have."""
    used = {name for text in texts for name in PLACEHOLDER.findall(text)}
    return sorted(used - set(KNOWN[code].names))


def stray_braces(*texts: str) -> bool:
    """Braces that are no name: a slip that a patient would otherwise read."""
    return any(BRACES.search(PLACEHOLDER.sub("", text)) for text in texts)


def fill(text: str, data: Mapping[str, str], *, one_line: bool = False) -> str:
    """The wording with its names filled in. A line all of whose names are empty is left out."""
    lines = [_filled(line, data) for line in text.split("\n")]
    said = "\n".join(line for line in lines if line is not None)
    said = re.sub(r"\n{3,}", "\n\n", said).strip()
    return " ".join(said.split()) if one_line else said


def _filled(line: str, data: Mapping[str, str]) -> str | None:
    names = PLACEHOLDER.findall(line)
    if names and not any(data.get(name, "") for name in names):
        return None
    return PLACEHOLDER.sub(lambda match: data.get(match[1], ""), line)
