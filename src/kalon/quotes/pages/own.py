"""A patient's own quotes: compared, asked about, accepted with a signature, declined, kept on paper."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET, require_POST

from kalon.billing import actions as billing
from kalon.billing import queries as bills
from kalon.consents import queries as consents
from kalon.kernel import audit
from kalon.kernel.errors import IllegalMove
from kalon.quotes import actions, queries
from kalon.quotes.forms import ReasonForm, SignForm, WordsForm
from kalon.quotes.lifecycles import QuoteStatus
from kalon.quotes.models import Quote
from kalon.quotes.pages.looks import SIGNS, look_of, pdf, span_of
from kalon.quotes.queries import quote_page
from kalon.web.fronts import actor_of, go, patient_page, refusals_on, render

MOST = 60


@require_GET
@patient_page
def quotes(request: HttpRequest) -> HttpResponse:
    """What was offered, and what was decided."""
    by = actor_of(request)
    rows = list(queries.own_quotes(seen_by=by)[:MOST])
    audit.reads(by, rows, purpose="own quotes")
    looked = [(row, look_of(row), span_of(list(row.options.all()))) for row in rows]
    context = {
        "open": [one for one in looked if one[0].is_open],
        "decided": [one for one in looked if not one[0].is_open],
    }
    return render(request, "quotes/mine.html", context)


@patient_page
def quote(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One quote: what is offered and what it costs; accepted with a signature where it is open."""
    by = actor_of(request)
    found = actions.open_quote(pk, by=by)
    offered = queries.offered(found)
    form = None
    if found.is_open and look_of(found).word != "Expired":
        form = SignForm(request.POST or None, quote=found, options=[one.option for one in offered])
    if request.method == "POST" and form is not None and form.is_valid():
        with refusals_on(form):
            actions.accept(pk, form.signing(), by=by)
        if not form.errors:
            return go(request, "quotes:my_quote", pk=pk, toast="Thank you. It is accepted.")
    return _page(request, found, offered, form=form)


@require_GET
@patient_page
def paper(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One's own quote on paper, to keep."""
    by = actor_of(request)
    return pdf(actions.quote_pdf(pk, by=by), str(queries.quote(pk, seen_by=by)))


@require_POST
@patient_page
def decline(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Say no, and why."""
    by, reason = actor_of(request), ReasonForm(request.POST)
    if reason.is_valid():
        with refusals_on(reason):
            actions.reject(pk, reason.cleaned_data["reason"], by=by)
        if not reason.errors:
            return go(request, "quotes:my_quote", pk=pk, toast="Thank you for telling us. Nothing is owed.")
    found = queries.quote(pk, seen_by=by)
    return _page(request, found, queries.offered(found), reason=reason)


@require_POST
@patient_page
def ask(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ask first."""
    by, question = actor_of(request), WordsForm(request.POST)
    if question.is_valid():
        with refusals_on(question):
            actions.ask(pk, question.cleaned_data["words"], by=by)
        if not question.errors:
            return go(request, "quotes:my_quote", pk=pk, toast="Asked. We write to you when it is answered.")
    found = queries.quote(pk, seen_by=by)
    return _page(request, found, queries.offered(found), question=question)


@require_POST
@patient_page
def deposit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """On to the gateway's own page with what is missing of the deposit; it is kept for this treatment."""
    by = actor_of(request)
    found = queries.quote(pk, seen_by=by)
    owed = queries.deposit_of(found, seen_by=by)
    if found.status != QuoteStatus.ACCEPTED or owed.is_met:
        raise IllegalMove("No deposit is to be paid on this quote now.", status_is=str(found.status))
    payment = billing.start_online_advance(
        found.patient_id, found.branch_id, owed.left, plan_id=found.plan_id,
        key=request.POST.get("idempotency_key", "")[:120], return_url=request.path.removesuffix("/deposit"), by=by,
    )  # fmt: skip
    return go(request, payment.checkout_url)


def _page(
    request: HttpRequest, found: Quote, offered: list[queries.Offered], *, form: SignForm | None = None, **forms: Any
) -> HttpResponse:
    by = actor_of(request)
    accepted = found.status == QuoteStatus.ACCEPTED
    if accepted:
        offered = [one for one in offered if one.option.pk == found.chosen_option_id]
    context = {
        "quote": found,
        "offered": offered,
        "form": form,
        "frame": consents.frame("en"),
        "chosen": str(form["option"].value()) if form else "",
        "signer": "" if form and form.errors.get("name") else found.patient.name,
        "role": SIGNS,
        "look": look_of(found),
        "deposit": queries.deposit_of(found, seen_by=by) if accepted else None,
        "takes_online": accepted and bool(bills.chosen_gateway(seen_by=by)),
        "questions": queries.questions(found),
        "panels": quote_page.panels(request, found, "patient"),
        "reason": ReasonForm(),
        "question": WordsForm(),
        **forms,
    }
    refused = (form is not None and form.errors) or any(one.errors for one in forms.values())
    return render(request, "quotes/my_quote.html", context, status=422 if refused else 200)
