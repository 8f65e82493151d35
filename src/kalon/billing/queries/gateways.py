"""Reads of online payments: which gateway, what it was asked and what it said."""

from django.conf import settings
from django.db.models import QuerySet

from kalon.billing.lifecycles import MANAGE_GATEWAYS
from kalon.billing.models import GatewayAccount, GatewayCall, GatewayChoice, GatewayEvent, Payment, Refund
from kalon.kernel.actors import Actor

PRACTICE = "embedded"


def chosen_gateway(*, seen_by: Actor) -> str:
    """The gateway that the organisation's patients pay through; empty where nobody pays online.

    Until somebody chooses, it is the practice gateway in a demonstration and none in a clinic.
    """
    practice = PRACTICE if settings.KALON_PRACTICE_GATEWAY else ""
    choice = GatewayChoice.objects.filter(organization_id=seen_by.organization_id).first()
    if choice is None or choice.gateway == PRACTICE:
        return practice
    return choice.gateway


def gateway_accounts(*, seen_by: Actor) -> "QuerySet[GatewayAccount]":
    """The accounts with gateways, sealed."""
    seen_by.must(MANAGE_GATEWAYS, do="see the keys of online payments")
    return GatewayAccount.objects.filter(organization_id=seen_by.organization_id)


def gateway_events(*, seen_by: Actor) -> "QuerySet[GatewayEvent]":
    """What gateways told us, newest first."""
    seen_by.must(MANAGE_GATEWAYS, do="see what the gateway said")
    rows = GatewayEvent.objects.filter(organization_id=seen_by.organization_id)
    return rows.select_related("payment", "refund").order_by("-created_at", "-id")


def calls_for(payment: Payment) -> "QuerySet[GatewayCall]":
    """What was asked of the gateway about the checkout of a payment, first to last."""
    return payment.calls.filter(kind=GatewayCall.Kind.CHECKOUT).order_by("created_at", "id")


def refund_calls(refund: Refund) -> "QuerySet[GatewayCall]":
    """What was asked of the gateway about a refund, first to last."""
    return refund.calls.order_by("created_at", "id")
