"""The card on a patient's page: the last messages, and whether they arrived."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse

from kalon.kernel import audit
from kalon.messaging import queries
from kalon.messaging.lifecycles import VIEW
from kalon.messaging.models import Channel
from kalon.messaging.pages.log import name_of
from kalon.patients.queries import page, timeline

SHOWN = 4


def plug_in() -> None:
    """Put the card on the patient's page."""
    timeline.add(timeline.Source("messages", "Messages", story, permission=VIEW, order=60))
    page.add_panel(messages_panel, column="side", order=70)


def messages_panel(request: HttpRequest, patient: Any) -> str | None:
    """The card, for those who may read messages."""
    by = request.actor  # type: ignore[attr-defined]
    if not by.may(VIEW):
        return None
    shown = list(queries.messages(seen_by=by, patient_id=patient.pk)[:SHOWN])
    audit.reads(by, shown, purpose="patient page")
    wish = queries.preference(patient.pk, seen_by=by)
    context = {
        "lines": [(message, name_of(message)) for message in shown],
        "patient": patient,
        "ways": ", ".join(Channel(way).label for way in queries.ways(wish) if way not in wish.stopped),
    }
    return render_to_string("messaging/_panel.html", context, request=request)


def story(ask: timeline.Ask) -> Iterable[timeline.Entry]:
    """What the patient was told, and whether it arrived."""
    return [
        timeline.Entry(
            at=message.created_at,
            id=message.pk,
            title=name_of(message),
            text=f"{message.get_channel_display()}, {message.get_status_display().lower()}",
            icon="message-square",
            tag="Message",
            href=reverse("messaging:message", args=[message.pk]),
        )
        for message in ask.of(queries.messages(seen_by=ask.by, patient_id=ask.patient_id))
    ]
