"""What this context puts into the shell, and its own cards on the patient page."""

from collections.abc import Iterable

from kalon.patients import queries
from kalon.patients.lifecycles import AUDIT, READ
from kalon.patients.models import AllergyState
from kalon.patients.pages import history, lists, tabs
from kalon.patients.queries import page, timeline
from kalon.web import navigation, search


def plug_in() -> None:
    """Called once, when the application starts."""
    entry = navigation.Entry(label="Patients", url_name="patients:list", icon="users", permission=READ, order=30)
    navigation.add(entry)
    search.add(lists.palette)
    timeline.add(timeline.Source("record", "Record", own_story, permission=READ, order=90))
    page.add_next_action(tabs.ask_about_allergies, order=90)
    page.add_tab(page.Tab("history", "History", render=history.tab, permission=READ, order=30))
    page.add_tab(page.Tab("details", "Details", render=tabs.details, permission=READ, order=70))
    page.add_tab(page.Tab("family", "Family and contacts", render=tabs.family, permission=READ, order=80))
    page.add_tab(page.Tab("access", "Access log", render=tabs.access, permission=AUDIT, order=90))


def own_story(ask: timeline.Ask) -> Iterable[timeline.Entry]:
    """When the record was made, and when allergies were last asked."""
    patient = queries.patient(ask.patient_id, seen_by=ask.by)
    who = "By themselves, online" if patient.registered_by == "self-registration" else f"By {patient.registered_by}"
    source = f" Found us through: {patient.referral_source.lower()}." if patient.referral_source else ""
    entries = [
        timeline.Entry(
            at=patient.created_at,
            id=patient.pk,
            title=f"Registered as {patient.mrn}",
            text=f"{who}.{source}",
            icon="user-plus",
            tag="Record",
        )
    ]
    if patient.allergies_asked_at:
        known = patient.allergy_state == AllergyState.KNOWN
        entries.append(
            timeline.Entry(
                at=patient.allergies_asked_at,
                id=patient.pk,
                title=AllergyState(patient.allergy_state).label,
                text=f"Asked by {patient.allergies_asked_by}",
                icon="triangle-alert" if known else "shield-check",
                tone="danger" if known else "ok",
                tag="Safety",
            )
        )
    entries += [
        timeline.Entry(
            at=merge.created_at,
            id=merge.pk,
            title=f"{merge.absorbed.mrn} was joined into this record",
            text=f"By {merge.joined_by}. {merge.reason}",
            icon="merge",
            tone="info",
            tag="Record",
        )
        for merge in queries.joining.joined_into(patient.pk, seen_by=ask.by)
    ]
    return ask.among(entries)
