"""The page behind every payment link, and the door for every gateway's webhooks; both open their own units of work.

Whoever has the link sees the clinic, the number of the bill and the amount: no name, no treatment.
"""

from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from kalon.api.problems import problem
from kalon.billing import actions, queries
from kalon.billing.actions import calling, embedded, gateways
from kalon.billing.forms import CheckoutForm
from kalon.billing.lifecycles import PaymentStatus
from kalon.billing.models import Payment
from kalon.kernel import actors, clock
from kalon.kernel.actors import Actor
from kalon.kernel.errors import DomainError, NotFound
from kalon.kernel.tenancy import acting_as
from kalon.people import queries as people
from kalon.web.fronts import public_page, refusals_on, render

STATES = {PaymentStatus.PENDING: "open", PaymentStatus.FAILED: "declined", PaymentStatus.EXPIRED: "expired"}


@never_cache
@require_http_methods(["GET", "POST"])
@public_page
def checkout(request: HttpRequest, token: str) -> HttpResponse:
    """Pay, or go on to the gateway; what happens next is told by its signed webhook, never by this page."""
    by = _gateway(request)
    with acting_as(by):
        payment = calling.behind(token, by=by)
        here = _here(request, token)
    if payment.gateway == gateways.PRACTICE:
        return _practise(request, token, by)
    return _go_on(request, payment, here, by)


def _practise(request: HttpRequest, token: str, by: Actor) -> HttpResponse:
    form = CheckoutForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        pays = form.cleaned_data["decision"] == "pay"
        with refusals_on(form):
            embedded.decide(token, pays=pays, method=form.cleaned_data["method"], by=by)
            return HttpResponseRedirect(reverse("billing:pay", args=[token]), status=303)
    with acting_as(by):
        payment = embedded.checkout(token, by=by)
        context = {**_shown(payment, by), "form": form, "methods": embedded.METHODS.items()}
        return render(request, "billing/pay.html", context, status=422 if form.errors else 200)


def _go_on(request: HttpRequest, payment: Payment, here: str, by: Actor) -> HttpResponse:
    """Our own page before and after the gateway's. The gateway is asked between two units of work.

    The way on is a header and a link, not a redirect of the form: forms of our pages send nothing anywhere else.
    """
    url, refusal = "", ""
    if request.method == "POST":
        try:
            url = actions.go_to_gateway(payment.checkout_token or "", here, by=by)
        except DomainError as no:
            refusal = no.detail
    with acting_as(by):
        payment = queries.payment(payment.pk, seen_by=by)
        went = queries.calls_for(payment).filter(step=calling.Step.ANSWERED).exists()
        context = {
            **_shown(payment, by),
            "gateway": gateways.named(payment.gateway).label,
            "way_on": url,
            "went": went,
            "refusal": refusal,
        }
        response = render(request, "billing/pay_online.html", context, status=409 if refusal else 200)
    if url:
        response["Refresh"] = f"0; url={url}"
    return response


def _shown(payment: Payment, by: Actor) -> dict[str, object]:
    is_late = payment.expires_at is not None and payment.expires_at <= clock.now()
    state = STATES.get(PaymentStatus(payment.status), "paid")
    return {
        "payment": payment,
        "clinic": people.organization(seen_by=by),
        "state": "expired" if state == "open" and is_late else state,
        "return_url": payment.return_url or "/",
    }


@csrf_exempt
@require_POST
@public_page
def webhook(request: HttpRequest, gateway: str, organization_id: UUID | None = None) -> HttpResponse:
    """A gateway tells what happened; anything but a good signature is refused."""
    try:
        outcome = actions.receive(gateway, request.headers, request.body, organization_id)
    except DomainError as refusal:
        return problem(refusal)
    return JsonResponse({"outcome": outcome})


def _here(request: HttpRequest, token: str) -> str:
    """This page's own address, to which the gateway sends the payer back."""
    path = reverse("billing:pay", args=[token])
    return f"{settings.KALON_URL.rstrip('/')}{path}" if settings.KALON_URL else request.build_absolute_uri(path)


def _gateway(request: HttpRequest) -> Actor:
    organization_id = people.public_organization_id(request.get_host().split(":")[0])
    if organization_id is None:
        raise NotFound("There is no clinic at this address.")
    return actors.system("the payment page", organization_id)
