"""Reads of recorded consultations, each limited to what the actor may see."""

from kalon.voice.lifecycles import Status
from kalon.voice.queries.names import hotwords
from kalon.voice.queries.places import chunk_place, opened, sealed, span_place
from kalon.voice.queries.sessions import (
    Arrived,
    arrived,
    going_on,
    lines,
    must_listen,
    of_consultation,
    of_patient,
    policy,
    session,
    sessions,
    sound_due,
    words_due,
)

__all__ = [
    "Arrived",
    "Status",
    "arrived",
    "chunk_place",
    "going_on",
    "hotwords",
    "lines",
    "must_listen",
    "of_consultation",
    "of_patient",
    "opened",
    "policy",
    "sealed",
    "session",
    "sessions",
    "sound_due",
    "span_place",
    "words_due",
]
