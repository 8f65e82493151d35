"""Reads of consents: the words in use, what a patient was shown and signed, and what holds now.

Other contexts ask `in_force(patient_id, kind)` the moment they want to use something: a withdrawal counts at once.
"""

from kalon.consents.lifecycles import LIVE, Kind
from kalon.consents.queries.consents import (
    Waits,
    asked_in,
    code_sent,
    consent,
    consents,
    for_doctor,
    for_plan,
    hold_plan,
    in_force,
    kinds_in_force,
    live_of_plan,
    of_patient,
    of_plan,
    paper,
    signing_addresses,
    to_expire,
    waiting_for,
)
from kalon.consents.queries.guarding import guard_plans
from kalon.consents.queries.of_session import guard_sessions, is_asked_each, of_session, session_missing
from kalon.consents.queries.reading import Part, Reading, Shown, reading, seal_holds, seal_of, shown
from kalon.consents.queries.wording import (
    forms_for,
    template,
    templates,
    templates_of,
    texts_in_use,
    usable,
    version,
    versions,
)
from kalon.consents.rules import LONGEST_DRAWING, drawn, path_of
from kalon.consents.rules.frame import frame

__all__ = [
    "LIVE",
    "LONGEST_DRAWING",
    "Kind",
    "Part",
    "Reading",
    "Shown",
    "Waits",
    "asked_in",
    "code_sent",
    "consent",
    "consents",
    "drawn",
    "for_doctor",
    "for_plan",
    "forms_for",
    "frame",
    "guard_plans",
    "guard_sessions",
    "hold_plan",
    "in_force",
    "is_asked_each",
    "kinds_in_force",
    "live_of_plan",
    "of_patient",
    "of_plan",
    "of_session",
    "paper",
    "path_of",
    "reading",
    "seal_holds",
    "seal_of",
    "session_missing",
    "shown",
    "signing_addresses",
    "template",
    "templates",
    "templates_of",
    "texts_in_use",
    "to_expire",
    "usable",
    "version",
    "versions",
    "waiting_for",
]
