"""What this context puts into the shell, and its own cards on the patient page."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from kalon.kernel.actors import Actor
from kalon.patients import queries
from kalon.patients.lifecycles import AUDIT, READ
from kalon.patients.models import AllergyState
from kalon.patients.pages import lists, tabs
from kalon.patients.queries import page
from kalon.web import navigation, search


def plug_in() -> None:
    """Called once, when the application starts."""
    entry = navigation.Entry(label="Patients", url_name="patients:list", icon="users", permission=READ, order=30)
    navigation.add(entry)
    search.add(lists.palette)
    page.add_timeline(own_story)
    page.add_next_action(tabs.ask_about_allergies, order=90)
    page.add_tab(page.Tab("details", "Details", render=tabs.details, permission=READ, order=70))
    page.add_tab(page.Tab("family", "Family and contacts", render=tabs.family, permission=READ, order=80))
    page.add_tab(page.Tab("access", "Access log", render=tabs.access, permission=AUDIT, order=90))


def own_story(pk: UUID, seen_by: Actor, limit: int, before: datetime | None) -> Iterable[page.TimelineEntry]:
    """When the record was made, and when allergies were last asked."""
    patient = queries.patient(pk, seen_by=seen_by)
    who = "By themselves, online" if patient.registered_by == "self-registration" else f"By {patient.registered_by}"
    source = f" Found us through: {patient.referral_source.lower()}." if patient.referral_source else ""
    entries = [
        page.TimelineEntry(
            at=patient.created_at,
            title=f"Registered as {patient.mrn}",
            text=f"{who}.{source}",
            icon="user-plus",
            tag="Record",
        )
    ]
    if patient.allergies_asked_at:
        known = patient.allergy_state == AllergyState.KNOWN
        entries.append(
            page.TimelineEntry(
                at=patient.allergies_asked_at,
                title=AllergyState(patient.allergy_state).label,
                text=f"Asked by {patient.allergies_asked_by}",
                icon="triangle-alert" if known else "shield-check",
                tone="danger" if known else "ok",
                tag="Safety",
            )
        )
    return [entry for entry in entries if before is None or entry.at < before][:limit]
