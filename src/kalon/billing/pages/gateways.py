"""The owner's page of online payments: which gateway, its keys, where it posts to, and what it said."""

from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from kalon.billing import actions, queries
from kalon.billing.actions import gateways
from kalon.billing.forms import GatewayChoiceForm, GatewayKeysForm
from kalon.billing.lifecycles import MANAGE_GATEWAYS
from kalon.kernel.actors import Actor
from kalon.kernel.errors import DomainError
from kalon.kernel.tenancy import acting_as
from kalon.web.fronts import actor_of, go, refusals_on, render, staff_page

PER_PAGE = 30
HINTS = {
    "stripe": {
        "key_id": "Publishable key, pk_live_…",
        "secret": "Secret key, sk_live_… (better a restricted key: Checkout Sessions, PaymentIntents and Refunds)",
        "events": "checkout.session.completed, checkout.session.async_payment_succeeded, "
        "checkout.session.async_payment_failed, checkout.session.expired, refund.updated, refund.failed",
    },
    "razorpay": {
        "key_id": "Key id, rzp_live_…",
        "secret": "Key secret",
        "events": "payment_link.paid, payment_link.expired, payment_link.cancelled, refund.processed, refund.failed",
    },
}


@require_GET
@staff_page(MANAGE_GATEWAYS)
def online_payments(request: HttpRequest) -> HttpResponse:
    """Which gateway patients pay through, and what each one needs."""
    return _page(request, actor_of(request))


@require_POST
@staff_page(MANAGE_GATEWAYS)
def choose(request: HttpRequest) -> HttpResponse:
    """Let patients pay through one gateway from now on, or not online at all."""
    by = actor_of(request)
    form = GatewayChoiceForm(request.POST)
    if form.is_valid():
        with refusals_on(form):
            actions.choose_gateway(form.cleaned_data["gateway"], by=by)
            return go(request, "billing:online", toast="Saved")
    return _page(request, by, choice=form, status=422)


@require_POST
@staff_page(MANAGE_GATEWAYS)
def keys(request: HttpRequest, gateway: str) -> HttpResponse:
    """Keep the keys of one gateway; what is left empty stays."""
    by = actor_of(request)
    form = GatewayKeysForm(request.POST, prefix=gateway)
    if form.is_valid():
        with refusals_on(form):
            actions.set_up_gateway(gateway, **form.cleaned_data, by=by)
            return go(request, "billing:online", toast="Keys saved")
    return _page(request, by, forms={gateway: form}, status=422)


@require_POST
@staff_page(MANAGE_GATEWAYS)
def try_out(request: HttpRequest, gateway: str) -> HttpResponse:
    """Ask a gateway whether it knows the keys; outside any unit of work, because it may take its time."""
    by = actor_of(request)
    try:
        said, is_good = actions.try_gateway(gateway, by=by), True
    except DomainError as refusal:
        said, is_good = refusal.detail, False
    with acting_as(by):
        return _page(request, by, tried={"gateway": gateway, "said": said, "is_good": is_good})


try_out.unit_per_verb = True  # type: ignore[attr-defined]


@require_GET
@staff_page(MANAGE_GATEWAYS)
def events(request: HttpRequest) -> HttpResponse:
    """What gateways told us and what came of it, newest first."""
    page = Paginator(queries.gateway_events(seen_by=actor_of(request)), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "billing/gateway_events.html", {"page": page})


def _page(
    request: HttpRequest,
    by: Actor,
    *,
    choice: GatewayChoiceForm | None = None,
    forms: dict[str, GatewayKeysForm] | None = None,
    tried: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    chosen = queries.chosen_gateway(seen_by=by)
    accounts = {row.gateway: row for row in queries.gateway_accounts(seen_by=by)}
    base = settings.KALON_URL.rstrip("/") or f"{request.scheme}://{request.get_host()}"
    lines = [
        {
            "name": gateway.name,
            "label": gateway.label,
            "account": accounts.get(gateway.name),
            "form": (forms or {}).get(gateway.name) or _empty(gateway.name, accounts.get(gateway.name)),
            "hints": HINTS[gateway.name],
            "hook": base + reverse("billing:own_webhook", args=[gateway.name, by.organization_id]),
            "tried": tried if tried and tried["gateway"] == gateway.name else None,
        }
        for gateway in gateways.offered()
    ]
    context = {
        "chosen": chosen,
        "chosen_label": gateways.named(chosen).label if chosen else "",
        "choice": choice or GatewayChoiceForm(initial={"gateway": chosen}),
        "lines": lines,
        "may_practise": settings.KALON_PRACTICE_GATEWAY,
        "latest": queries.gateway_events(seen_by=by)[:5],
    }
    return render(request, "billing/online.html", context, status=status)


def _empty(name: str, account: Any) -> GatewayKeysForm:
    return GatewayKeysForm(prefix=name, initial={"key_id": account.key_id if account else ""})
