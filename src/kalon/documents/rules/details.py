"""What is said about a file, as typed; `checked()` gives it back in the one form we keep."""

import unicodedata
from dataclasses import dataclass, replace
from datetime import date

from kalon.documents.models import Kind, Source
from kalon.kernel.errors import Invalid


@dataclass(frozen=True, kw_only=True)
class DocumentDetails:
    """What the file is, what it is about, the day it was made, and who made it."""

    kind: str
    description: str = ""
    document_date: date | str | None = None
    source: str = Source.OUTSIDE
    origin: str = ""

    def checked(self, *, today: date, born: date | None) -> "DocumentDetails":
        """In the one form we keep, or a refusal with a sentence for each field."""
        errors: dict[str, list[str]] = {}
        if self.kind not in Kind.values:
            errors["kind"] = ["Choose what kind of document this is."]
        if self.source not in Source.values:
            errors["source"] = ["Choose where the document comes from."]
        made = self
        for name, most in (("description", 200), ("origin", 120)):
            text = unicodedata.normalize("NFC", " ".join(str(getattr(self, name) or "").split()))
            if len(text) > most:
                errors[name] = [f"This is too long: {len(text)} characters, and {most} fit. Shorten it."]
            elif any(unicodedata.category(letter) in ("Cc", "Cs", "Co", "Cn") for letter in text):
                errors[name] = ["This holds characters that cannot be seen. Type it again by hand."]
            made = replace(made, **{name: text})
        day, wrong = _day(self.document_date)
        if day is not None and day > today:
            wrong = "The day of the document cannot be in the future."
        elif day is not None and born is not None and day < born:
            wrong = "The document cannot be older than the patient. Check the year."
        if wrong:
            errors["document_date"] = [wrong]
        if errors:
            first = next(iter(errors))
            sentence = errors[first][0] if len(errors) == 1 else f"{len(errors)} fields need you."
            raise Invalid(sentence, field=first, errors=errors)
        return replace(made, document_date=day)


def _day(value: date | str | None) -> tuple[date | None, str]:
    if value is None or isinstance(value, date):
        return value, ""
    text = value.strip()
    if not text:
        return None, ""
    try:
        return date.fromisoformat(text), ""
    except ValueError:
        return None, "This day does not exist. Write it as year, month, day: 2026-03-14."
