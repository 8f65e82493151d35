"""The consultations on the patient's timeline."""

from collections.abc import Iterable

from django.urls import reverse

from kalon.consultations import queries
from kalon.patients.queries import timeline


def story(ask: timeline.Ask) -> Iterable[timeline.Entry]:
    """The consultations that were signed, for the patient's timeline."""
    return [
        timeline.Entry(
            at=one.signed_at,
            id=one.pk,
            title=one.get_outcome_display(),
            text=f"{one.get_kind_display()}{f' with {one.doctor.name}' if one.doctor else ''}",
            icon="stethoscope",
            tone="brand",
            tag="Consultation",
            href=reverse("consultations:consultation", args=[one.pk]),
        )
        for one in ask.of(queries.summaries_of(ask.patient_id, seen_by=ask.by), at="signed_at")
        if one.signed_at
    ]
