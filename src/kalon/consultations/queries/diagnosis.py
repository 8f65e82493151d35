"""Reads of diagnoses: those of a visit, those of a patient, and what a doctor may mean who types."""

from datetime import timedelta

from django.db.models import Count, QuerySet

from kalon.codes import queries as codes
from kalon.codes.queries import Code, System
from kalon.consultations.models import Consultation, Diagnosis, FavouriteCode
from kalon.kernel import clock
from kalon.kernel.actors import Actor
from kalon.people import queries as people

SETTING = "diagnosis_system"  # in the organisation's settings
OFTEN = timedelta(days=180)
SHOWN = 12


def classification(*, seen_by: Actor) -> System:
    """In which classification the clinic codes: as its settings say, else the one of its country."""
    clinic = people.organization(seen_by=seen_by)
    said = str(clinic.settings.get(SETTING, ""))
    if said in System.values:
        return System(said)
    return System.ICD10CM if clinic.country == "US" else System.ICD10


def diagnoses_of(consultation: Consultation, *, seen_by: Actor) -> QuerySet[Diagnosis]:
    """What stands of a visit, the primary one first."""
    seen_by.must("consultations.read", do="read diagnoses")
    rows = Diagnosis.objects.filter(organization_id=seen_by.organization_id, consultation=consultation)
    return rows.filter(withdrawn_at=None).select_related("patient", "made_by")


def favourites(*, seen_by: Actor) -> list[Code]:
    """The codes this doctor keeps at hand, and then those written most often in the last half year."""
    doctor = people.staff_of(seen_by)
    if doctor is None:
        return []
    system = classification(seen_by=seen_by)
    kept = list(FavouriteCode.objects.filter(staff=doctor, system=system).values_list("code", flat=True))
    recent = Diagnosis.objects.filter(
        organization_id=seen_by.organization_id, made_by=doctor, system=system, made_at__gte=clock.now() - OFTEN
    )
    counted = recent.exclude(code="").order_by().values("code").annotate(times=Count("id")).order_by("-times", "code")
    often = [row["code"] for row in counted[:SHOWN]]
    wanted = list(dict.fromkeys([*kept, *often]))[:SHOWN]
    found = {row.code: row for row in Code.objects.filter(system=system, code__in=wanted)}
    return [found[code] for code in wanted if code in found]


def kept_codes(*, seen_by: Actor) -> set[str]:
    """The codes that carry this doctor's star."""
    doctor = people.staff_of(seen_by)
    rows = FavouriteCode.objects.filter(staff=doctor, system=classification(seen_by=seen_by)) if doctor else None
    return set(rows.values_list("code", flat=True)) if rows is not None else set()


def meant(text: str, *, seen_by: Actor) -> list[Code]:
    """What a doctor may mean who types this; before the first letters, what they use."""
    at_hand = favourites(seen_by=seen_by)
    if not text.strip():
        return at_hand
    favoured = [row.pk for row in at_hand]
    return codes.search(text, system=classification(seen_by=seen_by), favoured=favoured, most=SHOWN)
