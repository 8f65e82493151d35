"""Writing to the log, in the transaction of what is logged."""

import json
from collections.abc import Iterable, Mapping
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


def read(by: Actor, subject: Any, *, purpose: str) -> None:
    """Log that a record is about to be shown, and for what."""
    reads(by, [subject], purpose=purpose)


def reads(by: Actor, subjects: Iterable[Any], *, purpose: str) -> None:
    """Log that each of these records is about to be shown: one statement for a whole list."""
    rows = [_subject(subject) for subject in subjects]
    if rows:
        _insert(by, AuditEvent.Kind.READ, rows, purpose=purpose)


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
) -> None:
    tables, subjects, patients = (list(column) for column in zip(*rows, strict=True))
    said = (
        reason,
        purpose,
        by.origin_ip,
        by.request_id,
        json.dumps(dict(facts or {}), cls=DjangoJSONEncoder),
    )
    who = (by.user_id, by.name, by.kind.value)
    with connection.cursor() as cursor:
        cursor.execute(
            INSERT, [AuditEvent.Kind(kind).value, by.organization_id, *who, *said, tables, subjects, patients]
        )
