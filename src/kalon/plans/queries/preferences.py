"""What a patient wishes of the catalogue: everything that was said, and what counts of it."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from kalon.kernel.actors import Actor
from kalon.patients import queries as patients
from kalon.plans.lifecycles import READ
from kalon.plans.models import ProcedurePreference, Wish
from kalon.plans.rules import preferences as rules

ONE_SUBJECT = ("procedure_id", "category")


def preferences(patient_id: UUID, *, seen_by: Actor) -> "QuerySet[ProcedurePreference]":
    """Everything a person said of procedures, the newest first; whose patient is not theirs is told so."""
    patients.patient(patient_id, seen_by=seen_by)
    return _of_person(patient_id, seen_by)


def standing_preferences(patient_id: UUID, *, seen_by: Actor) -> "QuerySet[ProcedurePreference]":
    """The wishes that count: of each procedure and category the newest, unless it was taken back; newest first."""
    patients.patient(patient_id, seen_by=seen_by)
    return _standing(patient_id, seen_by)


def unwanted(patient_id: UUID, entries: Iterable[Any], *, seen_by: Actor) -> list[tuple[Any, ProcedurePreference]]:
    """Which of these procedures of the catalogue the patient does not want, each with what they said."""
    asked = [entry for entry in entries if entry is not None]
    if not asked:
        return []
    standing = list(_standing(patient_id, seen_by))
    found = [(entry, rules.about(entry.pk, entry.category, standing)) for entry in asked]
    return [(entry, said) for entry, said in found if said is not None and said.is_refusal]


def _standing(patient_id: UUID, seen_by: Actor) -> "QuerySet[ProcedurePreference]":
    every = _of_person(patient_id, seen_by)
    newest = every.order_by(*ONE_SUBJECT, "-created_at", "-id").distinct(*ONE_SUBJECT)
    return every.filter(pk__in=newest.values("pk")).exclude(wish=Wish.WITHDRAWN)


def _of_person(patient_id: UUID, seen_by: Actor) -> "QuerySet[ProcedurePreference]":
    seen_by.must(READ, do="read what a patient wishes")
    rows = ProcedurePreference.objects.filter(organization_id=seen_by.organization_id, patient_id__person=patient_id)
    return rows.select_related("procedure", "heard_by", "patient").order_by("-created_at", "-id")
