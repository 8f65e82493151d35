"""The verbs of sessions: they follow their visits, are carried out, and are kept apart."""

from kalon.plans.actions.sessions.arranging import SessionTime, arrange_sessions
from kalon.plans.actions.sessions.carrying import cancel_session, complete_session, start_session, undo_start
from kalon.plans.actions.sessions.days import allow_early, shift
from kalon.plans.actions.sessions.records import (
    Parameter,
    RecordDetails,
    add_addendum,
    note_complication,
    read_session,
    write_record,
)
from kalon.plans.actions.sessions.visits import arrival_undone, session_consent_changed, visit_arrived

__all__ = [
    "Parameter",
    "RecordDetails",
    "SessionTime",
    "add_addendum",
    "allow_early",
    "arrange_sessions",
    "arrival_undone",
    "cancel_session",
    "complete_session",
    "note_complication",
    "read_session",
    "session_consent_changed",
    "shift",
    "start_session",
    "undo_start",
    "visit_arrived",
    "write_record",
]
