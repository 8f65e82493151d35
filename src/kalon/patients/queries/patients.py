"""The patients themselves, and what stands in the banner over every page about one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import connection
from django.db.models import QuerySet

from kalon.kernel import clock
from kalon.kernel.actors import Actor
from kalon.kernel.errors import Clash, NotFound
from kalon.kernel.lookup import one
from kalon.patients.lifecycles import READ
from kalon.patients.models import (
    Allergy,
    AllergyKind,
    AllergyState,
    Gender,
    HistoryKind,
    Language,
    Patient,
    PatientAccess,
    Relation,
)
from kalon.patients.queries.joining import JOINED, kept
from kalon.patients.rules import age_in_years

STALE_AFTER_DAYS = 365  # "none known" and "known" are asked again after a year

NO_SUCH_PATIENT = "There is no such patient here. Look them up by name, phone or record number."


@dataclass(frozen=True, slots=True)
class Banner:
    """Who this is, and what could hurt them: shown on top of every page about a patient."""

    id: UUID
    name: str
    mrn: str
    birth_date: date | None
    age: int | None
    sex: str
    phone: str
    languages: str
    allergy_state: str
    allergies: Sequence[Allergy]
    asked_at: datetime | None
    asked_by: str
    is_stale: bool


def patients(*, seen_by: Actor) -> "QuerySet[Patient]":
    """The patients this actor may see: an organisation's for staff, for a patient the rows that are theirs."""
    seen_by.must(READ, do="see patients")
    rows = Patient.objects.filter(organization_id=seen_by.organization_id)
    return rows.filter(pk__person=seen_by.own_patient_id) if seen_by.is_patient else rows


def patient(pk: UUID, *, seen_by: Actor, locked: bool = False) -> Patient:
    """One patient; `locked` holds the row for writing until the unit of work ends, which a joined record refuses."""
    rows = patients(seen_by=seen_by)
    found = one((rows.select_for_update() if locked else rows).filter(pk=pk))
    if found is None:
        raise NotFound(NO_SUCH_PATIENT)
    if locked and (whole := kept(found)) != found:
        raise Clash(JOINED.format(mrn=whole.mrn))
    return found


def banner(of: Patient) -> Banner:
    """The banner of a patient; allergies that cannot be read say so, they are never left out."""
    rows = Allergy.objects.filter(patient_id__person=of.pk, ended_at=None)
    return _banner(of, list(rows.order_by("created_at", "id")))


def banners(of: Sequence[Patient]) -> dict[UUID, Banner]:
    """The banners of the patients of a list, by their ids; two statements for any number of them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, kalon_records_of(id) FROM unnest(%s::uuid[]) AS id", [[one.pk for one in of]])
        records: dict[UUID, list[UUID]] = dict(cursor.fetchall())
    rows = Allergy.objects.filter(patient_id__in=[pk for whole in records.values() for pk in whole], ended_at=None)
    found = list(rows.select_related("patient").order_by("created_at", "id"))
    return {one.pk: _banner(one, [row for row in found if row.patient_id in records[one.pk]]) for one in of}


def _banner(of: Patient, found: list[Allergy]) -> Banner:
    asked = of.allergies_asked_at
    return Banner(
        id=of.pk,
        name=of.name,
        mrn=of.mrn,
        birth_date=of.born,
        age=age_in_years(of.born, clock.now().date()) if of.born else None,
        sex=of.get_gender_display().lower() if of.gender != Gender.UNKNOWN else "",
        phone=of.readable_phone,
        languages=of.get_language_display(),
        allergy_state=_state(of, found),
        allergies=found,
        asked_at=asked,
        asked_by=of.allergies_asked_by,
        is_stale=asked is not None and (clock.now() - asked).days > STALE_AFTER_DAYS,
    )


def patient_for_user(user: AbstractBaseUser, acting_for: str | UUID | None = None) -> Patient | None:
    """The patient an account acts for: the one named if it may, else themselves, else the first in their care.

    Called before there is an actor, in the system's unit of work.
    """
    rows = PatientAccess.objects.filter(user_id=user.pk, patient__is_active=True).select_related("patient")
    mine = list(rows.order_by("created_at", "id"))
    named = [access for access in mine if str(access.patient_id) == str(acting_for or "")]
    own = [access for access in mine if access.relation == Relation.SELF]
    chosen = next((access.patient for access in (*named, *own, *mine)), None)
    return kept(chosen) if chosen else None


def _state(of: Patient, found: Sequence[Allergy]) -> str:
    """Known as soon as a line says so, also one that the patient added since nobody asked; never known without one."""
    if found:
        return AllergyState.KNOWN
    return AllergyState.UNAVAILABLE if of.allergy_state == AllergyState.KNOWN else of.allergy_state


def languages() -> list[tuple[str, str]]:
    """The languages we speak and write in, by their codes."""
    return [(str(code), str(label)) for code, label in Language.choices]


def allergy_kinds() -> list[tuple[str, str]]:
    """What somebody may react to, by its codes."""
    return [(str(code), str(label)) for code, label in AllergyKind.choices]


def history_kinds() -> list[tuple[str, str]]:
    """The kinds of lines in a history, by their codes."""
    return [(str(code), str(label)) for code, label in HistoryKind.choices]


def people_i_act_for(seen_by: Actor) -> list[PatientAccess]:
    """Everybody this account may act for, by `called`; their records open one at a time."""
    return list(PatientAccess.objects.filter(user_id=seen_by.own_user_id).order_by("created_at", "id"))


def account_of(pk: UUID, *, seen_by: Actor) -> PatientAccess | None:
    """The account through which a patient is reached in the portal, their own before a guardian's."""
    rows = PatientAccess.objects.filter(patient__person=patient(pk, seen_by=seen_by).pk).select_related("user")
    return rows.order_by("-relation", "created_at").first()
