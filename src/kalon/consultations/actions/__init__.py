"""The verbs of the clinical encounter: each loads its row locked, guards, writes and announces."""

from kalon.consultations.actions.diagnosis import (
    LONGEST_DIAGNOSIS,
    add_diagnosis,
    keep_at_hand,
    put_away,
    put_first,
    withdraw_diagnosis,
)
from kalon.consultations.actions.encounter import (
    bear,
    begin,
    close,
    follow_appointment,
    go_along,
    read,
    record_outcome,
    reopen,
    start_triage,
    write_to,
)
from kalon.consultations.actions.note import Saved, add_addendum, save_section, settle
from kalon.consultations.actions.papers import sign_certificate, sign_referral, sign_summary
from kalon.consultations.actions.templates import add_template, change_template, retire_template, use_template
from kalon.consultations.actions.vitals import record_vitals, see_alerts

__all__ = [
    "LONGEST_DIAGNOSIS",
    "Saved",
    "add_addendum",
    "add_diagnosis",
    "add_template",
    "bear",
    "begin",
    "change_template",
    "close",
    "follow_appointment",
    "go_along",
    "keep_at_hand",
    "put_away",
    "put_first",
    "read",
    "record_outcome",
    "record_vitals",
    "reopen",
    "retire_template",
    "save_section",
    "see_alerts",
    "settle",
    "sign_certificate",
    "sign_referral",
    "sign_summary",
    "start_triage",
    "use_template",
    "withdraw_diagnosis",
    "write_to",
]
