"""What a message may say: the codes that exist, their names in braces, and how a wording is filled in."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from kalon.messaging.rules import wordings
from kalon.messaging.rules.known import Known

__all__ = ["KNOWN", "Known", "Wording", "built_in", "fill", "stray_braces", "unknown_names"]

PLACEHOLDER = re.compile(r"\{\{\s*([a-z_]+)\s*\}\}")
BRACES = re.compile(r"\{\{|\}\}|\{%|%\}")
LONGEST_SMS = 480  # three parts of an SMS
FALLBACK = "en"
KNOWN: dict[str, Known] = {known.code: known for known in wordings.KNOWN}


@dataclass(frozen=True, slots=True)
class Wording:
    """A subject and a body, still with names in braces; `language` is the one they are in."""

    subject: str
    body: str
    language: str = FALLBACK


def built_in(code: str, channel: str, language: str) -> Wording:
    """The wording that comes with Kalon, in the language or else in English."""
    known = KNOWN[code]
    if words := wordings.TRANSLATED.get((code, language)):
        subject, body, sms = words
        return Wording("", sms, language) if channel == "SMS" else Wording(subject, body, language)
    return Wording("", known.sms) if channel == "SMS" else Wording(known.subject, known.body)


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
