"""Which gateway a clinic's patients pay through, and its keys; only the owner's hand changes them."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings

from kalon.billing import queries
from kalon.billing.actions import gateways
from kalon.billing.actions.gateways import Account, Refused
from kalon.billing.actions.gateways.minor import to_minor
from kalon.billing.lifecycles import MANAGE_GATEWAYS
from kalon.billing.models import GatewayAccount, GatewayChoice
from kalon.kernel import audit, clock
from kalon.kernel.actors import Actor
from kalon.kernel.errors import Clash, IllegalMove, Invalid
from kalon.kernel.tenancy import acting_as, verb

OLD_SECRET_LIVES = timedelta(days=3)  # as long as gateways go on sending what was not taken
DO = "set up online payments"


@verb
def set_up_gateway(gateway: str, *, key_id: str, secret: str, webhook_secret: str, by: Actor) -> GatewayAccount:
    """Keep the keys of a clinic's account with a gateway, sealed. What is left empty stays as it was.

    The webhook secret before is believed for three more days, because what was signed with it is still on its way.
    """
    by.must(MANAGE_GATEWAYS, do=DO)
    _offered(gateway)
    account = GatewayAccount.objects.select_for_update().filter(gateway=gateway).first()
    if account is None:
        account = GatewayAccount(organization_id=by.organization_id, gateway=gateway, secret="")
    key_id, secret, webhook_secret = key_id.strip(), secret.strip(), webhook_secret.strip()
    if not secret and not account.secret:
        raise Invalid("Write the secret key. You find it on the gateway's own pages.", field="secret")
    if webhook_secret and webhook_secret != account.webhook_secret:
        account.old_webhook_secret, account.webhook_secret = account.webhook_secret, webhook_secret
        account.old_until = clock.now() + OLD_SECRET_LIVES
    account.key_id = key_id or account.key_id
    account.secret = secret or account.secret
    account.changed_at, account.changed_by_id = clock.now(), by.user_id
    account.save()
    audit.note(by, audit.Kind.CHANGE, account, purpose="keys of a payment gateway changed")
    return account


@verb
def choose_gateway(gateway: str, *, by: Actor) -> GatewayChoice:
    """From now on patients pay through this gateway; an empty name: nobody pays online.

    What waits already at another gateway is settled there.
    """
    by.must(MANAGE_GATEWAYS, do=DO)
    if gateway and gateway != gateways.PRACTICE:
        _offered(gateway)
        account = queries.gateway_accounts(seen_by=by).filter(gateway=gateway).first()
        if account is None or not account.webhook_secret:
            raise Invalid("Save the keys and the webhook secret first: without it nothing is ever settled.")
        if not settings.KALON_URL.startswith("https://") and not settings.KALON_PRACTICE_GATEWAY:
            raise Invalid("This clinic has no https address yet, so no gateway reaches it. Set KALON_URL first.")
    elif gateway:
        gateways.named(gateway)
    choice, _ = GatewayChoice.objects.update_or_create(
        organization_id=by.organization_id, defaults={"gateway": gateway}
    )
    audit.note(by, audit.Kind.CHANGE, choice, purpose="payment gateway chosen", facts={"gateway": gateway})
    return choice


def try_gateway(gateway: str, *, by: Actor) -> str:
    """Ask a gateway whether it knows the keys, outside any unit of work; a sentence that says so, or why not."""
    with acting_as(by):
        by.must(MANAGE_GATEWAYS, do=DO)
        _offered(gateway)
        account = account_of(gateway, by=by)
    try:
        return gateways.named(gateway).try_out(account)
    except Refused as no:
        raise Clash(f"{gateways.named(gateway).label} says: {no}") from None
    except gateways.NoAnswer as silence:
        raise Clash(f"{gateways.named(gateway).label} did not answer. {silence} Try again in a minute.") from None


def must_take_online(currency: str, *, by: Actor) -> str:
    """The gateway that new payments go through, or a refusal that says where to pay instead."""
    gateway = queries.chosen_gateway(seen_by=by)
    if not gateway:
        raise IllegalMove("Paying online is not set up here. Pay at the desk, or ask there for another way.")
    try:
        to_minor(Decimal(1), currency)
    except Refused as no:
        raise IllegalMove(str(no)) from None
    return gateway


@verb
def account_of(gateway: str, *, by: Actor) -> Account:
    """The clinic's account with a gateway, its secrets opened; an empty one where there is none."""
    assert by.organization_id is not None
    row: Any = GatewayAccount.objects.filter(gateway=gateway, organization_id=by.organization_id).first()
    if row is None:
        return Account(organization_id=by.organization_id)
    in_use = [row.webhook_secret]
    if row.old_webhook_secret and row.old_until and clock.now() < row.old_until:
        in_use.append(row.old_webhook_secret)
    return Account(
        organization_id=row.organization_id,
        key_id=row.key_id,
        secret=row.secret,
        webhook_secrets=tuple(secret for secret in in_use if secret),
    )


def _offered(gateway: str) -> None:
    if gateway not in {one.name for one in gateways.offered()}:
        raise Invalid("Choose one of the gateways in the list.", field="gateway")
