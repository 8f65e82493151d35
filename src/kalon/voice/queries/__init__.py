"""Reads of recorded consultations, each limited to what the actor may see."""

from kalon.voice.lifecycles import Status
from kalon.voice.queries.names import hotwords, terms
from kalon.voice.queries.outbound import (
    destroyed,
    destroyed_of,
    held,
    own_pattern,
    own_patterns,
    proof,
    sent_list,
    sent_one,
)
from kalon.voice.queries.places import chunk_place, opened, sealed, span_place
from kalon.voice.queries.sessions import (
    Arrived,
    arrived,
    going_on,
    languages,
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
    "destroyed",
    "destroyed_of",
    "going_on",
    "held",
    "hotwords",
    "languages",
    "lines",
    "must_listen",
    "of_consultation",
    "of_patient",
    "opened",
    "own_pattern",
    "own_patterns",
    "policy",
    "proof",
    "sealed",
    "sent_list",
    "sent_one",
    "session",
    "sessions",
    "sound_due",
    "span_place",
    "terms",
    "words_due",
]
