"""How the clinic says it: the wording of each message, with a preview."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from kalon.kernel.errors import NotFound
from kalon.messaging import actions, queries, rules
from kalon.messaging.forms import WordingForm
from kalon.messaging.lifecycles import MANAGE
from kalon.messaging.models import Channel
from kalon.web.fronts import actor_of, go, refusals_on, render, staff_page


@staff_page(MANAGE)
def wordings(request: HttpRequest) -> HttpResponse:
    """Each message the clinic sends, and in which languages it has its own words."""
    by = actor_of(request)
    own: dict[tuple[str, str], list[str]] = {}
    for template in queries.templates(seen_by=by).filter(is_active=True):
        own.setdefault((template.code, template.channel), []).append(template.language)
    lines = [
        (known, [(channel, label, own.get((known.code, str(channel)), [])) for channel, label in Channel.choices])
        for known in rules.KNOWN.values()
    ]
    return render(request, "messaging/wordings.html", {"lines": lines, "in_languages": rules.LANGUAGES.items()})


@staff_page(MANAGE)
def wording(request: HttpRequest, code: str, channel: str, language: str) -> HttpResponse:
    """Change one wording; the preview fills it with invented names."""
    by = actor_of(request)
    known = rules.KNOWN.get(code)
    if known is None or channel not in Channel.values:
        raise NotFound("There is no such message. Go back to the list.")
    current = queries.wording(code, channel, language, seen_by=by)
    form = WordingForm(
        request.POST or None, initial={"subject": current.subject, "body": current.body}, channel=channel
    )
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        if "reset" in request.POST:
            actions.use_built_in(code, channel, language, by=by)
            return go(request, "messaging:wordings", toast="The built-in wording is used again")
        if "preview" not in request.POST:
            with refusals_on(form):
                actions.change_wording(
                    code, channel, language, subject=said.get("subject", ""), body=said["body"], by=by
                )
            if not form.errors:
                return go(request, "messaging:wordings", toast="Wording saved")
    context = {
        "known": known,
        "channel": Channel(channel),
        "language": language,
        "form": form,
        "names": ["{{ " + name + " }}" for name in known.names],
        **_preview(known, form, channel),
    }
    return render(request, "messaging/wording.html", context, status=422 if form.errors else 200)


def _preview(known: rules.Known, form: WordingForm, channel: str) -> dict[str, Any]:
    subject, body = form["subject"].value() if "subject" in form.fields else "", form["body"].value()
    is_sms = channel == Channel.SMS
    return {
        "preview_subject": rules.fill(subject or "", known.sample, one_line=True),
        "preview_body": rules.fill(body or "", known.sample, one_line=is_sms),
    }
