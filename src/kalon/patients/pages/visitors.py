"""/register: a visitor becomes a patient, on a phone, in a few steps.

Between the steps nothing is kept on the server: what was typed travels in the page, and the password is asked
for last, so that it never travels twice.
"""

from typing import Any
from uuid import UUID

from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from kalon.kernel import actors, clock
from kalon.kernel.actors import Actor
from kalon.kernel.errors import DomainError, NotFound
from kalon.kernel.tenancy import acting_as
from kalon.patients import actions, queries
from kalon.patients.forms import CodeForm, HealthStep, LastStep, PersonStep
from kalon.patients.forms.visitors import Step
from kalon.patients.models import Patient
from kalon.patients.pages.sending import sent
from kalon.patients.rules import PatientDetails
from kalon.people import queries as people
from kalon.web.fronts import actor_of, go, public_page, refusals_on, render

STEPS: tuple[type[Step], ...] = (PersonStep, HealthStep, LastStep)
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
SENT = "registration"  # in the session: where the code went, to be shown on the next page


@public_page
def welcome(request: HttpRequest) -> HttpResponse:
    """The steps. `step` names the one that was sent, `go` is "back" or "next"."""
    if actor_of(request).is_patient:
        return go(request, "portal:home")
    by = _visitor(request)
    if request.method != "POST":
        return _draw(request, _forms(request, by, typed=False), 1)
    forms, sent = _forms(request, by, typed=True), _step(request)
    if request.POST.get("go") == "back":
        return _draw(request, forms, max(1, sent - 1))
    for number, form in enumerate(forms[:sent], start=1):
        if not form.is_valid():
            return _draw(request, forms, number, status=422)
    if sent < len(STEPS):
        return _draw(request, _forms(request, by, typed=True, fresh=sent), sent + 1)
    return _begin(request, forms, by)


@public_page
def confirm(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The code of the message opens the account."""
    by, form = _visitor(request), CodeForm(sent(request))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            patient = actions.confirm_registration(pk, form.cleaned_data["code"], by=by)
        if not form.errors:
            request.session.pop(SENT, None)
            return _opened(request, patient, by)
    return _code_page(request, form, pk)


@require_POST
@public_page
def resend(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Send the code again."""
    form = CodeForm({"code": ""})
    with refusals_on(form):
        actions.resend_code(pk, by=_visitor(request))
    if form.errors:
        return _code_page(request, form, pk)
    return go(request, "patients:register_confirm", pk=pk, toast="A new code is on its way")


def _begin(request: HttpRequest, forms: list[Step], by: Actor) -> HttpResponse:
    told: dict[str, Any] = {}
    for form in forms:
        told |= form.answers(form.cleaned_data)
    last = forms[-1]
    with refusals_on(last):
        row = actions.start_registration(PatientDetails(**told), last.cleaned_data["password"], by=by)
    if last.errors:
        return _draw(request, forms, len(STEPS), status=422)
    request.session[SENT] = row.channel
    return go(request, "patients:register_confirm", pk=row.pk)


def _code_page(request: HttpRequest, form: CodeForm, pk: UUID) -> HttpResponse:
    refusal: DomainError | None = getattr(form, "refusal", None)
    context = {"form": form, "pk": pk, "channel": request.session.get(SENT, "")}
    return render(request, "patients/register_code.html", context, status=refusal.status if refusal else 200)


def _opened(request: HttpRequest, patient: Patient, by: Actor) -> HttpResponse:
    """Into their own pages; on the clinic's own tablet, where a member of staff is signed in, only a thank-you."""
    if request.user.is_authenticated:
        return render(request, "patients/registered.html", {"given_name": patient.given_name})
    us = actors.system("self-registration", by.organization_id)
    with acting_as(us):
        access = queries.account_of(patient.pk, seen_by=us)
        if access is not None:
            login(request, access.user, backend=BACKEND)
    return go(request, "portal:home", toast="Welcome. Your account is open.")


def _visitor(request: HttpRequest) -> Actor:
    """Whoever fills the form in is a visitor, also when the desk hands over its tablet."""
    by = actor_of(request)
    if by.organization_id is None:
        raise NotFound("No clinic answers at this address. Ask the clinic for the address of its pages.")
    return actors.public(by.organization_id).from_origin(by.origin_ip, by.request_id)


def _forms(request: HttpRequest, by: Actor, *, typed: bool, fresh: int | None = None) -> list[Step]:
    """The three forms; from number `fresh` on they have not been sent yet, but may hold what was typed earlier."""
    here = people.organization(seen_by=by)
    rules: dict[str, Any] = {"region": here.country, "today": clock.today(here.timezone)}
    made: list[Step] = []
    for number, step in enumerate(STEPS):
        if typed and (fresh is None or number < fresh):
            made.append(step(request.POST, **rules))
        else:
            made.append(step(initial=_carried(request, step), **rules))
    return made


def _carried(request: HttpRequest, step: type[Step]) -> dict[str, Any]:
    several = "allergens"
    names = [name for name in step.base_fields if name in request.POST]
    return {name: request.POST.getlist(name) if name == several else request.POST[name] for name in names}


def _step(request: HttpRequest) -> int:
    sent = request.POST.get("step", "1")
    return int(sent) if sent in ("1", "2", "3") else 1


def _draw(request: HttpRequest, forms: list[Step], number: int, *, status: int = 200) -> HttpResponse:
    own = set(forms[number - 1].fields)
    others = {name for form in forms for name in form.fields} - own - {"password"}
    kept = [(name, value) for name in sorted(others) for value in request.POST.getlist(name)]
    context = {"form": forms[number - 1], "step": number, "kept": kept}
    return render(request, f"patients/register_{number}.html", context, status=status)
