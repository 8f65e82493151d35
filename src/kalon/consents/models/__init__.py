"""Tables of consents: the words with their versions, what a patient was shown, and who signed it."""

from kalon.consents.models.codes import SigningCode
from kalon.consents.models.consents import Consent, CoveredLine, Signature
from kalon.consents.models.reading import Question, SectionRead
from kalon.consents.models.spoken import Spoken
from kalon.consents.models.templates import Template, TemplateProcedure, Text, Version

__all__ = [
    "Consent", "CoveredLine", "Question", "SectionRead", "Signature", "SigningCode", "Spoken", "Template",
    "TemplateProcedure", "Text", "Version",
]  # fmt: skip
