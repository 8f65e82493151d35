"""How consents look on every page: the words of a state, who signs, which languages there are."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse

from kalon.consents import queries, rules
from kalon.consents.lifecycles import Status
from kalon.consents.models import Consent
from kalon.consents.queries import Shown
from kalon.kernel import clock
from kalon.kernel.actors import Actor


@dataclass(frozen=True, slots=True)
class Look:
    """A state as a pill."""

    tone: str
    icon: str
    word: str


LOOKS = {
    Status.DRAFT: Look("mute", "pencil", "Being prepared"),
    Status.PRESENTED: Look("info", "book-open", "To be read and signed"),
    Status.PARTIALLY_SIGNED: Look("gold", "pen-line", "Partly signed"),
    Status.SIGNED: Look("ok", "circle-check", "In force"),
    Status.REVOKED: Look("danger", "undo-2", "Withdrawn"),
    Status.EXPIRED: Look("mute", "clock", "Expired"),
    Status.VOIDED: Look("mute", "ban", "Given up"),
}


def look_of(consent: Consent) -> Look:
    """The state as it counts at this moment: past its time it is expired, whether noted or not."""
    if consent.status == Status.SIGNED and not consent.holds_at(clock.now()):
        return LOOKS[Status.EXPIRED]
    return LOOKS[Status(consent.status)]


def signers_of(shown: Shown) -> list[tuple[str, Any]]:
    """Everybody who is asked, with the signature where there is one."""
    by_role = {one.role: one for one in shown.signatures}
    return [(str(rules.Role(role).label), by_role.get(role)) for role in shown.consent.signers]


def languages_of(consent: Consent, *, by: Actor) -> list[tuple[str, str, bool]]:
    """The languages it can be shown in: code, name, whether it is shown in it now."""
    there = queries.texts_in_use(consent.version_id, seen_by=by)
    return [(code, rules.LANGUAGES.get(code, code), code == consent.language) for code in there]


def pdf(content: bytes, name: str) -> HttpResponse:
    """A signed paper, shown and kept by no cache."""
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name.replace("/", "-")}"'
    response["Cache-Control"] = "private, no-store"
    return response
