"""How messages leave this clinic: which sender carries each channel, what is missing, a test, and the quiet hours."""

from itertools import product
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from kalon.kernel import clock
from kalon.messaging import actions, queries, rules
from kalon.messaging.actions import senders
from kalon.messaging.forms import QuietForm, TestForm
from kalon.messaging.lifecycles import MANAGE
from kalon.messaging.models import Channel
from kalon.people import queries as people
from kalon.web.fronts import actor_of, go, refusals_on, render, staff_page

NAMES = {
    "embedded": "Kept in the house",
    "smtp": "A mail server (SMTP)",
    "anymail": "A mail service",
    "twilio": "Twilio",
    "meta": "WhatsApp Cloud API",
    "webpush": "Web push",
}
ICONS = {"EMAIL": "mail", "SMS": "smartphone", "WHATSAPP": "message-circle", "PUSH": "bell"}
HOOKS = {"twilio": ("hooks/twilio/incoming",), "meta": ("hooks/whatsapp",), "anymail": ("hooks/mail",)}


@staff_page(MANAGE)
def channels(request: HttpRequest) -> HttpResponse:
    """Each channel, and a message to try it."""
    by = actor_of(request)
    form = TestForm(request.POST if "recipient" in request.POST else None)
    if request.method == "POST" and "make_key" in request.POST:
        actions.make_push_key(by=by)
        return go(request, "messaging:channels", toast="The keys are made")
    if form.is_bound and form.is_valid():
        wish = form.cleaned_data
        with refusals_on(form):
            sent = actions.send(
                "channel-test",
                recipient=wish["recipient"],
                channel=wish["channel"],
                data={"at": f"{clock.now():%-d %b, %H:%M} UTC"},
                once=f"channel-test {uuid4()}",
                by=by,
            )
        if not form.errors and sent is not None:
            return go(request, "messaging:message", pk=sent.pk, toast="On its way. See below how it goes.")
    context = {
        "lines": [_line(channel) for channel in Channel],
        "form": form,
        "push_key": queries.push_public_key(seen_by=by),
        "branches": [(branch, queries.quiet(branch.pk, seen_by=by)) for branch in people.branches(seen_by=by)],
        "templates": _templates(by) if senders.carrier(Channel.WHATSAPP) == "meta" else [],
    }
    return render(request, "messaging/channels.html", context, status=422 if form.errors else 200)


@staff_page(MANAGE)
def quiet_hours(request: HttpRequest, branch_id: UUID) -> HttpResponse:
    """When one branch writes to nobody."""
    by = actor_of(request)
    branch = people.branch(branch_id, seen_by=by)
    now = queries.quiet(branch_id, seen_by=by)
    form = QuietForm(request.POST or None, initial={"starts_at": now.starts, "ends_at": now.ends})
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            actions.change_quiet_hours(branch_id, **form.cleaned_data, by=by)
        if not form.errors:
            return go(request, "messaging:channels", toast=f"Quiet hours of {branch.name} saved")
    context = {"branch": branch, "form": form}
    return render(request, "messaging/quiet.html", context, status=422 if form.errors else 200)


def _line(channel: Channel) -> dict[str, Any]:
    carrier = senders.carrier(channel)
    missing = senders.missing(channel)
    base = settings.KALON_URL.rstrip("/")
    return {
        "channel": channel,
        "icon": ICONS[channel],
        "setting": f"KALON_{channel.value}",
        "sender": NAMES.get(carrier, carrier),
        "is_embedded": carrier == "embedded",
        "missing": ", ".join(missing),
        "hooks": [f"{base}/{path}" for path in HOOKS.get(carrier, ())] if base else [],
    }


def _templates(by: Any) -> list[dict[str, Any]]:
    """What is to be registered with Meta: the name and the language, and the text with numbered places.

    Where a message has no words in a language it goes out in English, so that there is nothing to register.
    """
    from kalon.messaging.actions.senders.whatsapp import template_name

    own = {
        (row.code, row.language): rules.Wording(row.subject, row.body, row.language)
        for row in queries.templates(seen_by=by).filter(channel=Channel.WHATSAPP, is_active=True)
    }
    lines: list[dict[str, Any]] = []
    for known, (language, label) in product(rules.KNOWN.values(), rules.LANGUAGES.items()):
        provided = rules.built_in(known.code, Channel.WHATSAPP, language)
        said = own.get((known.code, language), provided)
        if known.is_secret or said.language != language:
            continue
        text = said.body
        for number, name in enumerate(rules.named_in(text), 1):
            text = text.replace("{{ " + name + " }}", "{{" + str(number) + "}}")
        unread = language != rules.FALLBACK and said is provided
        buttons = list(rules.choices(known.code, language).values())
        facts = {"name": template_name(known.code), "language": language, "label": label, "text": text}
        lines.append({**facts, "buttons": buttons, "is_unread": unread})
    return lines
