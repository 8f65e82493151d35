"""The desk's pages of quotes: the list, one quote with its options side by side, and everything done with it."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from kalon.billing.lifecycles import CHARGE
from kalon.consents import queries as consents
from kalon.kernel import audit, clock
from kalon.kernel.actors import Actor
from kalon.patients import queries as patients
from kalon.people import queries as people
from kalon.plans import queries as plans
from kalon.plans.lifecycles import READ as READ_PLANS
from kalon.quotes import actions, queries
from kalon.quotes.forms import OptionForm, PaperForm, ReasonForm, SignForm, TermsForm, WordsForm
from kalon.quotes.lifecycles import ACCEPT, QUOTE, SEND, VIEW, WRITE, QuoteStatus
from kalon.quotes.models import Quote
from kalon.quotes.pages.looks import SIGNS, ends_in, look_of, pdf, span_of
from kalon.quotes.queries import quote_page
from kalon.web import handing
from kalon.web.fronts import actor_of, go, refusals_on, render, staff_page

PER_PAGE = 30
FILTERS = (
    ("", "Open"),
    ("drafts", "Drafts"),
    ("sent", "Sent"),
    ("waiting", "Read, waiting"),
    ("expiring", "Ending soon"),
    ("asked", "With a question"),
    ("accepted", "Accepted"),
    ("closed", "Closed"),
)


@require_GET
@staff_page(VIEW)
def quote_list(request: HttpRequest) -> HttpResponse:
    """The quotes, newest first, by what is to be done with them."""
    by, chosen = actor_of(request), request.GET.get("show", "")
    today = clock.today(people.own_branch(by).timezone)
    page = Paginator(queries.listed(chosen, today, seen_by=by), PER_PAGE).get_page(request.GET.get("page"))
    rows = list(page.object_list)
    audit.reads(by, rows, purpose="list of quotes")
    counted = queries.counts(today, seen_by=by)
    context = {
        "page": page,
        "rows": [(one, look_of(one), ends_in(one), span_of(list(one.options.all()))) for one in rows],
        "filters": [
            {
                "label": f"{label} {counted[value]}" if counted.get(value) else label,
                "url": f"?show={value}" if value else "?",
                "current": value == chosen,
            }
            for value, label in FILTERS
        ],
        "chosen": chosen,
    }
    return render(request, "quotes/list.html", context)


@require_GET
@staff_page(VIEW)
def quote(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One quote: what it offers, side by side, and the next step."""
    actions.read(pk, purpose="opened the quote", by=actor_of(request))
    return _page(request, pk)


@require_GET
@staff_page(VIEW)
def paper(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The quote on A4."""
    by = actor_of(request)
    return pdf(actions.quote_pdf(pk, by=by), str(queries.quote(pk, seen_by=by)))


@require_POST
@staff_page(WRITE)
def draft(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """Begin a quote from a plan."""
    made = actions.draft_quote(plan_id, by=actor_of(request))
    return go(request, "quotes:quote", pk=made.pk, toast="Draft made from the plan. Look at it, then send it.")


@require_POST
@staff_page(WRITE)
def version(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Begin the next version with what this one says."""
    made = actions.new_version(pk, by=actor_of(request))
    return go(request, "quotes:quote", pk=made.pk, toast=f"Version {made.version} begun. Change it, then send it.")


@require_POST
@staff_page(WRITE)
def add_option(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Offer another way beside the others."""
    by = actor_of(request)
    form = OptionForm(request.POST, options=list(queries.quote(pk, seen_by=by).options.all()))
    if form.is_valid():
        said = form.cleaned_data
        with refusals_on(form):
            like = UUID(said["like"]) if said["like"] else None
            actions.add_option(pk, title=said["title"], words=said["words"], like=like, by=by)
        if not form.errors:
            return go(request, "quotes:quote", pk=pk)
    return _page(request, pk, option_form=form)


@require_POST
@staff_page(WRITE)
def remove_option(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take an option off a draft."""
    by = actor_of(request)
    found = queries.option(pk, seen_by=by)
    actions.remove_option(pk, by=by)
    return go(request, "quotes:quote", pk=found.quote_id, toast=f"Option {found.letter} taken away")


@require_POST
@staff_page(WRITE)
def terms(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Until when it is offered, and the deposit."""
    form = TermsForm(request.POST)
    if form.is_valid():
        with refusals_on(form):
            actions.set_terms(pk, form.terms(), by=actor_of(request))
        if not form.errors:
            return go(request, "quotes:quote", pk=pk, toast="Kept")
    return _page(request, pk, terms_form=form)


@require_POST
@staff_page(SEND)
def send(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Put it before the patient."""
    sent = actions.send(pk, by=actor_of(request))
    return go(request, "quotes:quote", pk=pk, toast=f"{sent} is on the patient's pages, and they are told")


@require_POST
@staff_page(SEND)
def withdraw(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _with_reason(request, pk, actions.withdraw, "Withdrawn")


@require_POST
@staff_page(ACCEPT)
def decline(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The patient said no at the desk."""
    return _with_reason(request, pk, actions.reject, "Declined")


@require_POST
@staff_page(SEND)
def answer(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Answer what a patient asked."""
    form = WordsForm(request.POST)
    form.full_clean()
    answered = actions.answer(pk, form.cleaned_data.get("words", ""), by=actor_of(request))
    return go(request, "quotes:quote", pk=answered.quote_id, toast="Answered. The patient is told.")


@require_POST
@staff_page(ACCEPT)
def hand_over(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Give the tablet to the patient: from now on it shows only this quote."""
    actions.open_quote(pk, by=actor_of(request))
    to, back = (reverse(f"quotes:{name}", args=[pk]) for name in ("sign", "quote"))
    return handing.over(request, to=to, back=back)


@staff_page(ACCEPT)
def sign(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The page that is handed over: choose an option and sign."""
    by = actor_of(request)
    found = actions.open_quote(pk, by=by)
    handed_over = handing.is_over(request, reverse("quotes:sign", args=[pk]))
    if not found.is_open:
        return go(request, "web:take_back") if handed_over else go(request, "quotes:quote", pk=pk)
    offered = queries.offered(found)
    form = SignForm(request.POST or None, quote=found, options=[one.option for one in offered])
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            actions.accept(pk, form.signing(), by=by)
        if not form.errors:
            if handed_over:
                return go(request, "web:take_back")
            return go(request, "quotes:quote", pk=pk, toast="Accepted and signed")
    context = {
        "quote": found,
        "offered": offered,
        "form": form,
        "frame": consents.frame("en"),
        "chosen": str(form["option"].value()),
        "signer": found.patient.name,
        "role": SIGNS,
        "at_the_clinic": True,
        "handed_over": handed_over,
        "panels": quote_page.panels(request, found, "patient"),
    }
    return render(request, "quotes/my_quote.html", context, status=422 if form.errors else 200)


@require_POST
@staff_page(ACCEPT)
def accept_paper(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Write down that it was signed on paper."""
    by = actor_of(request)
    found = queries.quote(pk, seen_by=by)
    form = PaperForm(request.POST, quote=found, options=list(found.options.all()))
    if form.is_valid():
        with refusals_on(form):
            actions.accept(pk, form.signing(), by=by)
        if not form.errors:
            return go(request, "quotes:quote", pk=pk, toast="Accepted, signed on paper")
    return _page(request, pk, paper_form=form)


def _with_reason(request: HttpRequest, pk: UUID, verb: Callable[..., Any], toast: str) -> HttpResponse:
    form = ReasonForm(request.POST)
    if form.is_valid():
        with refusals_on(form):
            verb(pk, form.cleaned_data["reason"], by=actor_of(request))
        if not form.errors:
            return go(request, "quotes:quote", pk=pk, toast=toast)
    return _page(request, pk, reason=form)


def _page(request: HttpRequest, pk: UUID, **forms: Any) -> HttpResponse:
    by = actor_of(request)
    found = queries.quote(pk, seen_by=by)
    offered = queries.offered(found)
    options = [one.option for one in offered]
    is_draft = found.status == QuoteStatus.DRAFT and by.may(WRITE)
    money = queries.money_of_plan(found.plan_id, seen_by=by)
    signed = queries.acceptance_of(found)
    context = {
        "quote": found,
        "plan": found.plan,
        "others": _others(found, offered, by),
        "patient": found.patient,
        "banner": patients.banner(found.patient),
        "look": look_of(found),
        "ends": ends_in(found),
        "offered": offered,
        "is_draft": is_draft,
        "obstacles": QUOTE.obstacles(QUOTE["send"], found) if found.status == QuoteStatus.DRAFT else [],
        "may_send": found.status == QuoteStatus.DRAFT and by.may(SEND),
        "may_sign": found.is_open and by.may(ACCEPT),
        "may_withdraw": found.status in (QuoteStatus.DRAFT, QuoteStatus.SENT) and by.may(SEND),
        "may_version": found.status != QuoteStatus.DRAFT and found.superseded_at is None and by.may(WRITE),
        "may_answer": by.may(SEND),
        "money": money,
        "acceptance": signed,
        "signature_path": consents.path_of(signed.strokes) if signed and isinstance(signed.strokes, list) else "",
        "questions": queries.questions(found),
        "versions": [
            (one, look_of(one)) for one in queries.quotes_of_plan(found.plan_id, seen_by=by) if one.pk != found.pk
        ],
        "history": [(event, QuoteStatus(event.to_state).label) for event in QUOTE.history(found)],
        "panels": quote_page.panels(request, found, "desk"),
        "terms_form": TermsForm(initial=TermsForm.said_of(found)),
        "option_form": OptionForm(options=options),
        "paper_form": PaperForm(quote=found, options=options) if options else None,
        "reason": ReasonForm(),
        **forms,
    }
    return render(request, "quotes/quote.html", context, status=422 if forms else 200)


def _others(found: Quote, offered: list[queries.Offered], by: Actor) -> list[Any]:
    """The other plans of a bundle."""
    about = {line.plan_id for one in offered for line in one.lines if line.plan_id} - {found.plan_id}
    return list(plans.plans(seen_by=by).filter(pk__in=about).order_by("number")) if about and by.may(READ_PLANS) else []


@require_POST
@staff_page(CHARGE)
def bill(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Make the bill of what was accepted."""
    made = actions.bill_quote(pk, by=actor_of(request))
    said = "The quote is on a bill. Add what was used, then finalise it."
    return go(request, reverse("billing:bill", args=[made.pk]), toast=said)
