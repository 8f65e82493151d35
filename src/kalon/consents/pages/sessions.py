"""The consent on the page of a session: asked for in one press, signed on a phone or on this tablet."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.decorators.http import require_POST

from kalon.consents import actions, queries
from kalon.consents.forms import AskForm
from kalon.consents.lifecycles import OPEN, PRESENT, READ
from kalon.consents.pages.looks import look_of
from kalon.kernel.errors import Invalid
from kalon.plans import queries as plans
from kalon.plans.lifecycles import BOOKED, UNBOOKED
from kalon.web.fronts import actor_of, go, staff_page


@require_POST
@staff_page(PRESENT)
def ask(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Prepare the consent to a session and put it before the patient."""
    by = actor_of(request)
    session = plans.session(session_id, seen_by=by)
    form = AskForm(request.POST, versions=queries.forms_for(session.plan, queries.Kind.SESSION, seen_by=by))
    if not form.is_valid():
        raise Invalid(" ".join(str(error) for errors in form.errors.values() for error in errors), field="version")
    said = form.cleaned_data
    actions.ask_of_session(
        session_id, UUID(said["version"]), language=said["language"], has_interpreter=said["has_interpreter"], by=by
    )
    return go(request, "plans:session", pk=session_id, toast="The patient can read it now, here and on their own pages")


def on_session(request: HttpRequest, session: Any) -> str | None:
    """The card of a session that is consented to by itself, or may be."""
    by = actor_of(request)
    if not by.may(READ):
        return None
    rows = list(queries.of_session(session.pk, seen_by=by))
    is_asked = queries.is_asked_each(session.plan_id)
    live = any(one.status in queries.LIVE for one in rows)
    may_ask = session.status in (*BOOKED, *UNBOOKED) and by.may(PRESENT) and not live
    versions = queries.forms_for(session.plan, queries.Kind.SESSION, seen_by=by) if may_ask else []
    if not (rows or is_asked or versions):
        return None
    context = {
        "session": session,
        "rows": [(row, look_of(row), row.status in OPEN) for row in rows],
        "is_asked": is_asked,
        "form": AskForm(versions=versions) if versions else None,
    }
    return render_to_string("consents/_on_session.html", context, request=request)
