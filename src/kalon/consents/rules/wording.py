"""The words of a consent: how they are written, how they are read in sections, and how they are frozen.

    # What we ask of you                  a heading begins a section
    We take photographs of the treated area.
    - the face from five sides            a line of a list
    Source: DPDP Act 2023, section 6      where a fact of law stands; shown small, under its section
    [ ] I know that I can say no.         what is ticked before signing
    # What could go wrong [initials]      a part under which the patient puts their initials, once it is read

`{patient}`, `{number}` and `{clinic}` are filled in when the words are put before a patient; in a consent to what is
planned also `{doctor}`, and `{procedure}`, the title of the plan; in one to a session `{session}`, as in "3 of 6".
"""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from kalon.consents.rules.covered import Covered, covered_section
from kalon.kernel.errors import Invalid

NAMES = ("patient", "number", "clinic")
NAMES_OF_PLAN = (*NAMES, "doctor", "procedure")
NAMES_OF_SESSION = (*NAMES_OF_PLAN, "session")
A_NAME = re.compile(r"\{([^{}]*)\}")
LONGEST, LONGEST_TITLE = 20_000, 120
SOURCE, TICK, ITEM, HEADING, INITIALS = "Source:", "[ ]", "- ", "# ", "[initials]"


@dataclass(slots=True)
class Section:
    """One part of the text, as it is read: a heading, paragraphs and lists in order, and where it stands in law."""

    heading: str
    blocks: list[tuple[str, Any]] = field(default_factory=list)  # ("text", words) or ("list", [words, …])
    sources: list[str] = field(default_factory=list)
    initials: bool = False


@dataclass(frozen=True, slots=True)
class TextDetails:
    """The words of a version in one language."""

    language: str
    title: str
    body: str

    def checked(self, names: Sequence[str] = NAMES) -> "TextDetails":
        """The words as they are kept; refused with a sentence about the field."""
        title, body = " ".join(self.title.split()), _clean(self.body)
        if not title or len(title) > LONGEST_TITLE:
            raise Invalid(f"Write a title of at most {LONGEST_TITLE} characters.", field="title")
        if not body or len(body) > LONGEST:
            raise Invalid(f"Write the text, in at most {LONGEST:,} characters.", field="body")
        if strange := [name for name in A_NAME.findall(title + body) if name not in names]:
            known = ", ".join("{" + name + "}" for name in names)
            raise Invalid(f"“{{{strange[0][:40]}}}” is not a name this text knows. It knows {known}.", field="body")
        sections, ticks = read(body)
        if not any(section.blocks for section in sections):
            raise Invalid("There is nothing to read yet: write at least one sentence under a heading.", field="body")
        if names is NAMES and any(section.initials for section in sections):
            raise Invalid("Initials are put in consents to what is planned. Take [initials] away here.", field="body")
        if not ticks:
            raise Invalid("Say what the patient confirms, on a line of its own: [ ] I agree that …", field="body")
        return TextDetails(self.language, title, body)

    @property
    def sha256(self) -> str:
        return fingerprint({"language": self.language, "title": self.title, "body": self.body})


def read(body: str) -> tuple[list[Section], list[str]]:
    """The text in sections, and what is ticked before signing."""
    sections, ticks = [Section("")], []
    for line in body.splitlines():
        words = line.strip()
        if words.startswith(HEADING):
            heading = words.removeprefix(HEADING).strip()
            marked = heading.endswith(INITIALS)
            sections.append(Section(heading.removesuffix(INITIALS).strip(), initials=marked))
        elif words.startswith(SOURCE):
            sections[-1].sources.append(words.removeprefix(SOURCE).strip())
        elif words.startswith(TICK):
            ticks.append(words.removeprefix(TICK).strip())
        elif words.startswith(ITEM):
            _add_item(sections[-1], words.removeprefix(ITEM).strip())
        elif words:
            sections[-1].blocks.append(("text", words))
    return [one for one in sections if one.heading or one.blocks], ticks


def content_of(
    text: Any, *, version: int, number: str, names: Mapping[str, str], covered: Sequence[Covered] = ()
) -> dict[str, Any]:
    """Exactly what a patient is shown, as it is frozen: names filled in, with the version and the language.

    What a consent to a plan covers stands before the words, and once more as it was planned.
    """

    def fill(words: str) -> str:
        return A_NAME.sub(lambda found: names.get(found[1], found[0]), words)

    body = fill(text.body)
    content = {
        "number": number,
        "version": version,
        "language": text.language,
        "title": fill(text.title),
        "body": body,
        "text_sha256": text.sha256,
    }
    if covered:
        content["body"] = covered_section(covered, text.language) + "\n" + body
        content["lines"] = [line.plain() for line in covered]
    return content


def fingerprint(content: Any) -> str:
    """SHA-256 of plain data in one spelling: keys in order, UTF-8, nothing between."""
    spelt = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(spelt.encode()).hexdigest()


def _add_item(section: Section, words: str) -> None:
    if section.blocks and section.blocks[-1][0] == "list":
        section.blocks[-1][1].append(words)
    else:
        section.blocks.append(("list", [words]))


def _clean(body: str) -> str:
    lines = (line.rstrip() for line in body.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    return "\n".join(lines).strip()
