"""Pages of the clinical encounter: the doctor's queue, triage, the note, and the clinic's templates."""

from kalon.consultations.pages.dashboard import my_day
from kalon.consultations.pages.diagnosis import (
    add_diagnosis,
    diagnosis_card,
    put_diagnosis_first,
    search_diagnosis,
    star_code,
    withdraw_diagnosis,
)
from kalon.consultations.pages.encounter import begin, close, consultation, record_outcome, reopen, today
from kalon.consultations.pages.note import add_addendum, save_section, settle, use_template, versions
from kalon.consultations.pages.papers import sign_certificate, sign_referral, sign_summary, summaries
from kalon.consultations.pages.story import story
from kalon.consultations.pages.templates import add_template, change_template, retire_template, template_list
from kalon.consultations.pages.triage import see_alerts, triage

__all__ = [
    "add_addendum",
    "add_diagnosis",
    "add_template",
    "begin",
    "change_template",
    "close",
    "consultation",
    "diagnosis_card",
    "my_day",
    "put_diagnosis_first",
    "record_outcome",
    "reopen",
    "retire_template",
    "save_section",
    "search_diagnosis",
    "see_alerts",
    "settle",
    "sign_certificate",
    "sign_referral",
    "sign_summary",
    "star_code",
    "story",
    "summaries",
    "template_list",
    "today",
    "triage",
    "use_template",
    "versions",
    "withdraw_diagnosis",
]
