"""Consents at the clinic: prepared, put before the patient, signed on a tablet, withdrawn."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET, require_POST

from kalon.consents import actions, queries, rules
from kalon.consents.forms import AnswerForm, LanguageForm, PrepareForm, ReasonForm, SignForm
from kalon.consents.lifecycles import CONSENT, ENDED, OF_PATIENT, PRESENT, READ, SIGN, Status
from kalon.consents.pages import coding, reading
from kalon.consents.pages.handing import is_handed_over
from kalon.consents.pages.looks import languages_of, look_of, pdf, signers_of
from kalon.kernel import audit
from kalon.papers import queries as papers
from kalon.patients import queries as patients
from kalon.people import queries as people
from kalon.plans.lifecycles import APPROVE
from kalon.web.fronts import actor_of, go, refusals_on, render, staff_page


@staff_page(PRESENT)
def prepare(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Choose what a patient is asked to agree to."""
    by = actor_of(request)
    patient = patients.patient(patient_id, seen_by=by)
    versions = list(queries.usable(seen_by=by).filter(kind__in=OF_PATIENT))
    wanted = next((one.pk for one in versions if one.kind == request.GET.get("kind")), None)
    form = PrepareForm(request.POST or None, versions=versions, initial={"version": wanted})
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            made = actions.prepare(patient_id, form.wish(people.own_branch(by).pk), by=by)
        if not form.errors:
            return go(request, "consents:consent", pk=made.pk, toast="Prepared. Look at it, then put it before them.")
    audit.read(by, patient, purpose="prepare a consent")
    context = {"form": form, "patient": patient, "banner": patients.banner(patient), "versions": versions}
    return render(request, "consents/prepare.html", context, status=422 if form.errors else 200)


@require_GET
@staff_page(READ)
def consent(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A consent: its words, who signed, whether it holds."""
    actions.read(pk, purpose="consent", by=actor_of(request))
    return _page(request, pk)


@require_POST
@staff_page(PRESENT)
def present(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Freeze the words and put them before the patient."""
    actions.present(pk, by=actor_of(request))
    return go(request, "consents:consent", pk=pk, toast="The patient can read it now, here and on their own pages")


@require_POST
@staff_page(SIGN)
def language(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show it in another language."""
    form = LanguageForm(request.POST)
    if form.is_valid():
        actions.change_language(pk, form.cleaned_data["language"], by=actor_of(request))
    return go(request, "consents:sign" if "signing" in request.POST else "consents:consent", pk=pk)


@staff_page(SIGN)
def sign(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The page that is handed over: read, tick, sign; one person after another."""
    return _sign(request, pk)


@require_POST
@staff_page(SIGN)
def read_part(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A part is read, on a device of the clinic."""
    return reading.read(request, pk, page=_sign, url_name="consents:sign")


@require_POST
@staff_page(SIGN)
def ask_about(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A question about a part, on a device of the clinic."""
    return reading.ask(request, pk, page=_sign, url_name="consents:sign")


@require_POST
@staff_page(SIGN)
def send_code(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Send the patient a code to sign with, from a device of the clinic."""
    return coding.send(request, pk, url_name="consents:sign")


@require_POST
@staff_page(PRESENT)
def answer(request: HttpRequest, pk: UUID, question_id: UUID) -> HttpResponse:
    """Answer what the patient asked."""
    form = AnswerForm(request.POST)
    if form.is_valid():
        with refusals_on(form):
            actions.answer(question_id, form.cleaned_data["answer"], by=actor_of(request))
        if not form.errors:
            return go(request, "consents:consent", pk=pk, toast="Answered. The patient is told.")
    return _page(request, pk, answers=form)


def _sign(request: HttpRequest, pk: UUID, **refused: Any) -> HttpResponse:
    by = actor_of(request)
    found = actions.open_to_sign(pk, by=by)
    shown = queries.shown(found)
    handed_over = is_handed_over(request, pk)
    role = shown.next_role
    if not found.is_open or (handed_over and role in (rules.Role.STAFF, rules.Role.SURGEON)):
        return go(request, "web:take_back") if handed_over else go(request, "consents:consent", pk=pk)
    parts = {**reading.part_on_screen(request, found, role), **refused}
    form = None
    if not parts["now"] and not parts["waits"]:
        sent = None if refused else request.POST or None
        form = SignForm(sent, shown=shown, role=role, initial=_known_name(role, by), code=coding.sent(request, found))
    if request.method == "POST" and form is not None and form.is_valid():
        with refusals_on(form):
            done = actions.sign(pk, form.signing(), by=by)
        if not form.errors:
            if handed_over:
                return go(request, "consents:sign", pk=pk)
            if done.status == Status.SIGNED:
                return go(request, "consents:consent", pk=pk, toast="Signed and sealed")
            return go(request, "consents:sign", pk=pk, toast="Signed. Now the next one.")
    context = {
        **parts,
        "theirs": role in reading.THEMSELVES,
        **coding.offered(request, found, role),
        "consent": found,
        "shown": shown,
        "form": form,
        "role": rules.Role(role),
        "handed_over": handed_over,
        "signer": found.patient.name if role == rules.Role.PATIENT else "",
        "languages": [] if shown.signatures else languages_of(found, by=by),
        "signers": signers_of(shown),
    }
    refusals = (form, parts["read_form"], parts["question_form"])
    wrong = any(one is not None and one.errors for one in refusals)
    return render(request, "consents/sign.html", context, status=422 if wrong else 200)


@require_POST
@staff_page(SIGN)
def revoke(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Write down that the patient withdraws it."""
    return _ended(request, pk, "revoke", "Withdrawn. It allows nothing from now on.")


@require_POST
@staff_page(PRESENT)
def void(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Give it up before it is signed."""
    return _ended(request, pk, "void", "Given up. Nothing was signed.")


@require_GET
@staff_page(READ)
def paper(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The signed PDF, byte for byte as it was kept."""
    kept, content = queries.paper(pk, seen_by=actor_of(request))
    return pdf(content, kept.file_name)


def _ended(request: HttpRequest, pk: UUID, step: str, toast: str) -> HttpResponse:
    by, form = actor_of(request), ReasonForm(request.POST)
    if form.is_valid():
        with refusals_on(form):
            verb = actions.revoke if step == "revoke" else actions.void
            verb(pk, form.cleaned_data["reason"], by=by)
        if not form.errors:
            return go(request, "consents:consent", pk=pk, toast=toast)
    return _page(request, pk, reason=form)


def _page(
    request: HttpRequest, pk: UUID, *, reason: ReasonForm | None = None, answers: AnswerForm | None = None
) -> HttpResponse:
    by = actor_of(request)
    found = queries.consent(pk, seen_by=by)
    shown = queries.shown(found)
    context = {
        "consent": found,
        "patient": found.patient,
        "banner": patients.banner(found.patient),
        "shown": shown if found.content else _preview(found, by=by),
        "look": look_of(found),
        "signers": signers_of(shown),
        "moves": {button.move.name: button for button in CONSENT.buttons(found, by=by)},
        "may_sign": found.is_open and by.may(SIGN),
        "languages": languages_of(found, by=by),
        "seal_holds": queries.seal_holds(found) if found.seal_sha256 else None,
        "paper": papers.papers(seen_by=by).filter(source_id=found.pk).first() if found.seal_sha256 else None,
        "history": [(event, Status(event.to_state).label) for event in CONSENT.history(found)],
        "reason": reason or ReasonForm(),
        "reading": queries.reading(found),
        "answers": answers or AnswerForm(),
        "may_answer": by.may(PRESENT),
        "may_note": found.plan_id and found.status in ENDED and found.noted_at is None and by.may(APPROVE),
    }
    return render(request, "consents/consent.html", context, status=422 if reason or answers else 200)


def _preview(found: Any, *, by: Any) -> Any:
    """The words that would be frozen now, with the names still open."""
    text = queries.texts_in_use(found.version_id, seen_by=by)[found.language]
    sections, ticks = rules.read(text.body)
    return queries.Shown(found, text.title, sections, ticks, [])


def _known_name(role: str, by: Any) -> dict[str, str]:
    return {"name": by.name} if role in (rules.Role.STAFF, rules.Role.SURGEON) else {}
