"""A patient's own consents: read, signed, taken away, withdrawn."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET, require_POST

from kalon.consents import actions, queries, rules
from kalon.consents.forms import LanguageForm, ReasonForm, SignForm
from kalon.consents.lifecycles import Status
from kalon.consents.pages import coding, reading
from kalon.consents.pages.looks import languages_of, look_of, pdf, signers_of
from kalon.kernel import audit
from kalon.web.fronts import actor_of, go, patient_page, refusals_on, render

MOST = 60
THEMSELVES = (rules.Role.PATIENT, rules.Role.GUARDIAN)


@require_GET
@patient_page
def consents(request: HttpRequest) -> HttpResponse:
    """What is to be read and signed, what holds, and what is over."""
    by = actor_of(request)
    rows = list(queries.of_patient(by.own_patient_id, seen_by=by).exclude(status=Status.VOIDED)[:MOST])
    audit.reads(by, rows, purpose="own consents")
    looked = [(row, look_of(row)) for row in rows]
    context = {
        "to_sign": [pair for pair in looked if pair[0].is_open],
        "in_force": [pair for pair in looked if pair[1].word == "In force"],
        "over": [pair for pair in looked if not pair[0].is_open and pair[1].word != "In force"],
    }
    return render(request, "consents/mine.html", context)


@patient_page
def consent(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One consent: read it, and sign it where it is one's turn."""
    return _consent(request, pk)


@require_POST
@patient_page
def read_part(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A part is read."""
    return reading.read(request, pk, page=_consent, url_name="consents:my_consent")


@require_POST
@patient_page
def ask_about(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A question about a part."""
    return reading.ask(request, pk, page=_consent, url_name="consents:my_consent")


def _consent(request: HttpRequest, pk: UUID, **refused: Any) -> HttpResponse:
    by = actor_of(request)
    found = actions.open_to_sign(pk, by=by)
    shown = queries.shown(found)
    role = shown.next_role if shown.next_role in THEMSELVES else ""
    parts = {**reading.part_on_screen(request, found, role), **refused}
    may_sign = role and not parts["now"] and not parts["waits"]
    sent = None if refused else request.POST or None
    form = SignForm(sent, shown=shown, role=role, code=coding.sent(request, found)) if may_sign else None
    if request.method == "POST" and form is not None and form.is_valid():
        with refusals_on(form):
            done = actions.sign(pk, form.signing(), by=by)
        if not form.errors:
            sealed = done.status == Status.SIGNED
            toast = "Thank you. It is signed." if sealed else "Thank you. The clinic signs next."
            return go(request, "consents:my_consent", pk=pk, toast=toast)
    return _page(request, shown, form=form, role=role, parts={**parts, **coding.offered(request, found, role)})


@require_POST
@patient_page
def send_code(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Have a code sent to sign with."""
    return coding.send(request, pk, url_name="consents:my_consent")


@require_POST
@patient_page
def language(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Read it in another language."""
    form = LanguageForm(request.POST)
    if form.is_valid():
        actions.change_language(pk, form.cleaned_data["language"], by=actor_of(request))
    return go(request, "consents:my_consent", pk=pk)


@require_POST
@patient_page
def withdraw(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Withdraw it, from now on."""
    by, reason = actor_of(request), ReasonForm(request.POST)
    if reason.is_valid():
        with refusals_on(reason):
            actions.revoke(pk, reason.cleaned_data["reason"], by=by)
        if not reason.errors:
            return go(request, "consents:my_consent", pk=pk, toast="Withdrawn. We stop from this moment.")
    return _page(request, queries.shown(queries.consent(pk, seen_by=by)), reason=reason)


@require_GET
@patient_page
def paper(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One's own signed paper, to keep."""
    kept, content = queries.paper(pk, seen_by=actor_of(request))
    return pdf(content, kept.file_name)


def _page(
    request: HttpRequest,
    shown: queries.Shown,
    *,
    form: SignForm | None = None,
    role: str = "",
    parts: Mapping[str, Any] = MappingProxyType({}),
    reason: ReasonForm | None = None,
) -> HttpResponse:
    by, found = actor_of(request), shown.consent
    may_switch = found.status == Status.PRESENTED and not shown.signatures
    context = {
        "theirs": bool(role),
        **parts,
        "consent": found,
        "shown": shown,
        "form": form,
        "role": rules.Role(role) if role else None,
        "signer": found.patient.name if role == rules.Role.PATIENT else "",
        "look": look_of(found),
        "signers": signers_of(shown),
        "languages": languages_of(found, by=by) if may_switch else [],
        "reason": reason or ReasonForm(),
        "holds": look_of(found).word == "In force",
    }
    refusals = (form, reason, parts.get("read_form"), parts.get("question_form"))
    refused = any(one is not None and one.errors for one in refusals)
    return render(request, "consents/my_consent.html", context, status=422 if refused else 200)
