"""The clinic's own wording of its messages."""

from django.db import transaction

from kalon.kernel import audit
from kalon.kernel.actors import Actor
from kalon.kernel.errors import Invalid, NotFound
from kalon.kernel.tenancy import verb
from kalon.messaging import queries, rules
from kalon.messaging.lifecycles import MANAGE
from kalon.messaging.models import Channel, Template

DO = "change the wording of messages"


@verb
def change_wording(code: str, channel: str, language: str, *, subject: str, body: str, by: Actor) -> Template:
    """Say it in the clinic's own words from now on; what was sent stays as it was."""
    by.must(MANAGE, do=DO)
    _check(code, channel, language, subject, body)
    template = _own(code, channel, language, by)
    before = {} if template._state.adding else {"subject": template.subject, "body": template.body}
    template.subject = " ".join(subject.split()) if channel == Channel.EMAIL else ""
    template.body, template.is_active = body.strip(), True
    template.save()
    facts = {"what": "wording", "code": code, "channel": channel, "language": language, "before": before}
    audit.note(by, audit.Kind.CHANGE, template, facts=facts)
    return template


@verb
def use_built_in(code: str, channel: str, language: str, *, by: Actor) -> None:
    """Go back to the wording that comes with Kalon."""
    by.must(MANAGE, do=DO)
    template = (
        queries.templates(seen_by=by).select_for_update().filter(code=code, channel=channel, language=language).first()
    )
    if template is not None and template.is_active:
        template.is_active = False
        template.save(update_fields=["is_active"])
        audit.note(
            by, audit.Kind.CHANGE, template, facts={"what": "built-in wording", "code": code, "channel": channel}
        )


@verb
def install_templates(*, by: Actor) -> int:
    """Write the built-in wordings down as the clinic's own, to be changed at will; those it has stay. How many."""
    by.must(MANAGE, do=DO)
    known = set(queries.templates(seen_by=by).values_list("code", "channel", "language"))
    added = [
        Template(
            organization_id=by.organization_id, code=code, channel=channel, subject=wording.subject, body=wording.body
        )
        for code in rules.KNOWN
        for channel in Channel.values
        if (code, channel, rules.FALLBACK) not in known
        for wording in [rules.built_in(code, channel, rules.FALLBACK)]
    ]
    with transaction.atomic():
        Template.objects.bulk_create(added)
    return len(added)


def _own(code: str, channel: str, language: str, by: Actor) -> Template:
    found = (
        queries.templates(seen_by=by).select_for_update().filter(code=code, channel=channel, language=language).first()
    )
    return found or Template(organization_id=by.organization_id, code=code, channel=channel, language=language)


def _check(code: str, channel: str, language: str, subject: str, body: str) -> None:
    if code not in rules.KNOWN:
        raise NotFound(f"There is no message called {code}.")
    if channel not in Channel.values:
        raise Invalid("Choose e-mail, SMS, WhatsApp or notification.", field="channel")
    if not (language.isascii() and language.isalpha() and language.islower() and 2 <= len(language) <= 3):
        raise Invalid("A language is two or three letters, such as en or hi.", field="language")
    if not body.strip():
        raise Invalid("Write what the message says.", field="body")
    if channel == Channel.EMAIL and not subject.strip():
        raise Invalid("Write a subject.", field="subject")
    if len(body) > 4000 or len(subject) > 200:
        raise Invalid("Shorten it: 200 characters for the subject, 4,000 for the text.", field="body")
    if "\0" in subject + body:
        raise Invalid("This holds a character that cannot be stored. Type it again by hand.", field="body")
    for field, text in (("subject", subject), ("body", body)):
        if unknown := rules.unknown_names(code, text):
            names = ", ".join(rules.KNOWN[code].names)
            raise Invalid(f"This message does not know {', '.join(unknown)}. It knows: {names}.", field=field)
        if rules.stray_braces(text):
            raise Invalid("Names stand in double braces, such as {{ name }}. Take the other braces out.", field=field)
    code_missing = rules.KNOWN[code].is_secret and "code" not in rules.PLACEHOLDER.findall(body)
    if code_missing:
        raise Invalid("The text must hold {{ code }}, or nobody can sign in.", field="body")
