"""Writing to the log, in the transaction of what is logged."""

import json
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection

from kalon.kernel.actors import Actor
from kalon.kernel.models.audit import AuditEvent

PATIENTS = "patients_patient"  # the one table whose rows are their own patient

INSERT = """
INSERT INTO kernel_auditevent (kind, organization_id, patient_id, user_id, actor_name, actor_kind, subject_table,
    subject_id, move, from_state, to_state, reason, purpose, origin_ip, request_id, facts)
SELECT %s, %s, patient_id, %s, %s, %s, subject_table, subject_id, '', '', '', %s, %s, %s::inet, %s, %s::jsonb
FROM unnest(%s::text[], %s::uuid[], %s::uuid[]) AS subject(subject_table, subject_id, patient_id)
"""


# As above, but for a subject that the same person saw on the same screen, from the same place, a moment ago. What
# another transaction has not committed yet is not seen here: then there are two lines, never none.
UNLESS_SEEN = """
WHERE NOT EXISTS (
    SELECT FROM kernel_auditevent AS seen
    WHERE seen.user_id = %s AND seen.at > kalon_now() - %s AND seen.kind = %s AND seen.purpose = %s
        AND seen.organization_id IS NOT DISTINCT FROM %s AND seen.origin_ip IS NOT DISTINCT FROM %s::inet
        AND seen.subject_table = subject.subject_table AND seen.subject_id = subject.subject_id
        AND seen.patient_id IS NOT DISTINCT FROM subject.patient_id AND seen.facts = %s::jsonb)
"""

SIGHT = timedelta(minutes=15)  # for how long one line stands for a screen that draws the same record again and again


def read(by: Actor, subject: Any, *, purpose: str) -> None:
    """Log that a record is about to be shown, and for what."""
    reads(by, [subject], purpose=purpose)


def reads(by: Actor, subjects: Iterable[Any], *, purpose: str) -> None:
    """Log that each of these records is about to be shown: one statement for a whole list."""
    rows = [_subject(subject) for subject in subjects]
    if rows:
        _insert(by, AuditEvent.Kind.READ, rows, purpose=purpose)


def sights(by: Actor, subjects: Iterable[Any], *, screen: str) -> None:
    """Log what stands on a screen that refreshes by itself: each record once per person, screen and quarter of an hour.

    A first sight is always logged, before it is shown. The line says for how many minutes it stands
    (`facts.screen_minutes`): while they run, the same person, at the same address of the network, may have been
    shown that record on that screen again. Whoever has no user (the system, a visitor) is logged each time.
    """
    rows = [_subject(subject) for subject in subjects]
    if not rows:
        return
    facts = {"screen_minutes": int(SIGHT.total_seconds() // 60)}
    if by.user_id is None:
        _insert(by, AuditEvent.Kind.READ, rows, purpose=screen)
    else:
        _insert(by, AuditEvent.Kind.READ, rows, purpose=screen, facts=facts, unless_seen_within=SIGHT)


def note(
    by: Actor,
    kind: AuditEvent.Kind,
    subject: Any = None,
    *,
    reason: str = "",
    purpose: str = "",
    facts: Mapping[str, Any] | None = None,
    patient_id: UUID | None = None,
) -> None:
    """Log anything else: a sign-in, an export, a refusal. `facts` hold ids and counts, never a patient's name."""
    table, pk, patient = _subject(subject) if subject is not None else ("", None, None)
    _insert(by, kind, [(table, pk, patient_id or patient)], reason=reason, purpose=purpose, facts=facts)


def _subject(subject: Any) -> tuple[str, UUID | None, UUID | None]:
    table = subject._meta.db_table
    return table, subject.pk, subject.pk if table == PATIENTS else getattr(subject, "patient_id", None)


def _insert(
    by: Actor,
    kind: AuditEvent.Kind,
    rows: list[tuple[str, UUID | None, UUID | None]],
    *,
    reason: str = "",
    purpose: str = "",
    facts: Mapping[str, Any] | None = None,
    unless_seen_within: timedelta | None = None,
) -> None:
    tables, subjects, patients = (list(column) for column in zip(*rows, strict=True))
    more = json.dumps(dict(facts or {}), cls=DjangoJSONEncoder)
    said = (reason, purpose, by.origin_ip, by.request_id, more)
    who = (by.user_id, by.name, by.kind.value)
    word = AuditEvent.Kind(kind).value
    statement = INSERT
    values: list[Any] = [word, by.organization_id, *who, *said, tables, subjects, patients]
    if unless_seen_within is not None:
        statement += UNLESS_SEEN
        values += [by.user_id, unless_seen_within, word, purpose, by.organization_id, by.origin_ip, more]
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
