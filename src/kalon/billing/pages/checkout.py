"""The embedded gateway's page and the door for every gateway's webhooks; both open their own unit of work."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from kalon.api.problems import problem
from kalon.billing.actions import embedded
from kalon.billing.forms import CheckoutForm
from kalon.billing.lifecycles import PaymentStatus
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
    """Pay or decline; what happens next is told by the signed webhook, never by this page."""
    by = _gateway(request)
    form = CheckoutForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        pays = form.cleaned_data["decision"] == "pay"
        with refusals_on(form):
            embedded.decide(token, pays=pays, method=form.cleaned_data["method"], by=by)
            return HttpResponseRedirect(reverse("billing:pay", args=[token]), status=303)
    with acting_as(by):
        payment = embedded.checkout(token, by=by)
        is_late = payment.expires_at is not None and payment.expires_at <= clock.now()
        state = STATES.get(PaymentStatus(payment.status), "paid")
        context = {
            "payment": payment,
            "clinic": people.organization(seen_by=by),
            "state": "expired" if state == "open" and is_late else state,
            "form": form,
            "methods": embedded.METHODS.items(),
            "return_url": payment.return_url or "/",
        }
        return render(request, "billing/pay.html", context, status=422 if form.errors else 200)


@csrf_exempt
@require_POST
@public_page
def webhook(request: HttpRequest, gateway: str) -> HttpResponse:
    """A gateway tells what happened; anything but a good signature is refused."""
    try:
        outcome = embedded.receive(gateway, request.headers, request.body)
    except DomainError as refusal:
        return problem(refusal)
    return JsonResponse({"outcome": outcome})


def _gateway(request: HttpRequest) -> Actor:
    organization_id = people.public_organization_id(request.get_host().split(":")[0])
    if organization_id is None:
        raise NotFound("There is no clinic at this address.")
    return actors.system("the embedded payment gateway", organization_id)
