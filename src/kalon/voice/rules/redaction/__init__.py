"""Identifiers are taken out of what was said before any of it goes to an engine that thinks elsewhere.

    redactor = Redactor(people=(Known("PATIENT_A7X9K2", names=("Ramesh Kumar",), numbers=("9822044556",)),))
    redactor("I'm Ramesh Kumar, nine eight double two …").text      # I'm PATIENT_A7X9K2, [PHONE_REDACTED] …

Names that are registered are found misspelt and misheard too; names nobody registered by where they stand, and by a
model where one is installed. Numbers are read written and said, in English and in Hindi. Amounts, doses, ages, times
and other dates stay, and so does every medicine and procedure in `allowed`.
"""

from kalon.voice.rules.redaction.kinds import PERSON_TOKEN, Kind, Known, Redacted, Span
from kalon.voice.rules.redaction.leaks import Leak, leaks
from kalon.voice.rules.redaction.passes import Redactor, restored
from kalon.voice.rules.redaction.patterns import ALWAYS, BadPattern, Pattern, checked
from kalon.voice.rules.redaction.strangers import NameFinder
from kalon.voice.rules.redaction.vocabulary import allowing

__all__ = [
    "ALWAYS", "PERSON_TOKEN", "BadPattern", "Kind", "Known", "Leak", "NameFinder", "Pattern", "Redacted", "Redactor",
    "Span", "allowing", "checked", "leaks", "restored",
]  # fmt: skip
