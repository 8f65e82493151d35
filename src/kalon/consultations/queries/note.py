"""What was written in a note, when and by whom; the clinic's templates and what their fields are filled with."""

from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from kalon.consultations import rules
from kalon.consultations.models import Addendum, Consultation, NoteTemplate, NoteVersion, Vitals
from kalon.consultations.queries.diagnosis import diagnoses_of
from kalon.consultations.queries.encounters import previous, vitals_of
from kalon.kernel import clock
from kalon.kernel.actors import Actor
from kalon.kernel.errors import NotFound
from kalon.patients import queries as patients


def versions_of(consultation: Consultation, *, seen_by: Actor) -> QuerySet[NoteVersion]:
    """Every saved version of every section, the latest first."""
    seen_by.must("consultations.read", do="read consultations")
    rows = NoteVersion.objects.filter(consultation=consultation).select_related("patient", "written_by")
    return rows.order_by("-written_at", "-id")


def written_beside(consultation: Consultation) -> dict[str, list[NoteVersion]]:
    """Per section the words that two people wrote at once and nobody has settled: the last of each who wrote."""
    rows = NoteVersion.objects.filter(Q(stands=False) | Q(settles=True), consultation=consultation)
    found: dict[str, dict[UUID | None, NoteVersion]] = {}
    for version in rows.select_related("patient", "written_by").order_by("edition"):
        if version.settles:
            found.pop(version.section, None)
        else:
            found.setdefault(version.section, {})[version.written_by_id] = version
    return {section: list(by_author.values()) for section, by_author in found.items()}


def addenda_of(consultation: Consultation, *, seen_by: Actor) -> QuerySet[Addendum]:
    """What was added after the signature, in the order it was signed."""
    seen_by.must("consultations.read", do="read consultations")
    return Addendum.objects.filter(consultation=consultation).select_related("patient", "signed_by").order_by("id")


def templates(*, seen_by: Actor) -> QuerySet[NoteTemplate]:
    """The clinic's templates by name."""
    seen_by.must("consultations.read", do="read consultations")
    rows = NoteTemplate.objects.filter(organization_id=seen_by.organization_id)
    return rows.select_related("service").order_by("-is_active", "name")


def template(pk: UUID, *, seen_by: Actor, lock: bool = False) -> NoteTemplate:
    """One template, or a refusal."""
    rows = templates(seen_by=seen_by).filter(pk=pk)
    found = (rows.select_for_update(of=("self",)) if lock else rows).first()
    if found is None:
        raise NotFound("There is no such template.")
    return found


def templates_for(consultation: Consultation, *, seen_by: Actor) -> list[NoteTemplate]:
    """Those offered for an encounter: of its service first, then of the doctor's specialty, then the others."""
    service = consultation.appointment.service_id if consultation.appointment else None
    specialty = (consultation.doctor.specialty if consultation.doctor else "").lower()

    def nearness(one: NoteTemplate) -> tuple[int, str]:
        if one.service_id and one.service_id == service:
            return (0, one.name)
        if one.specialty and one.specialty.lower() == specialty:
            return (1, one.name)
        return (2, one.name)

    return sorted(templates(seen_by=seen_by).filter(is_active=True), key=nearness)


def smart_values(consultation: Consultation, *, seen_by: Actor) -> dict[str, str]:
    """What the smart fields of a template say in this encounter; what is not known is left out."""
    banner, last = patients.banner(consultation.patient), previous(consultation, seen_by=seen_by)
    zone = ZoneInfo(consultation.branch.timezone)
    values = {
        "patient.name": banner.name,
        "patient.first_name": consultation.patient.given_name,
        "patient.age": "" if banner.age is None else str(banner.age),
        "patient.sex": banner.sex,
        "patient.mrn": banner.mrn,
        "patient.allergies": _allergies(banner),
        "doctor.name": consultation.doctor.name if consultation.doctor else "",
        "visit.complaint": consultation.text_of("complaint"),
        "today": f"{clock.today(zone):%-d %B %Y}",
        **_measured(vitals_of(consultation).first()),
    }
    if last is not None:
        values["last_visit.date"] = f"{(last.signed_at or last.created_at).astimezone(zone):%-d %B %Y}"
        coded = "; ".join(one.sentence for one in diagnoses_of(last, seen_by=seen_by))
        values["last_visit.diagnosis"] = coded or last.text_of("assessment")
        values["last_visit.outcome"] = last.get_outcome_display()
    return values


def _allergies(banner: patients.Banner) -> str:
    if banner.allergy_state == "NONE_KNOWN":
        return "none known"
    return ", ".join(str(one.substance) for one in banner.allergies)


def _measured(vitals: Vitals | None) -> dict[str, str]:
    if vitals is None:
        return {}
    named = ("pulse", "temperature", "oxygen", "glucose", "weight", "height")
    values = {f"vitals.{name}": rules.plain(getattr(vitals, name)) for name in named}
    if vitals.systolic:
        values["vitals.bp"] = f"{vitals.systolic}/{vitals.diastolic}"
    if (index := rules.bmi(vitals.weight, vitals.height)) is not None:
        values["vitals.bmi"] = str(index)
    return values
