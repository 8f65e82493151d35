"""What the clinic decides about its bills."""

from decimal import Decimal

from kalon.billing import queries
from kalon.billing.actions.prices import MOST
from kalon.billing.lifecycles import MANAGE
from kalon.billing.models import BillingPolicy
from kalon.kernel import audit
from kalon.kernel.actors import Actor
from kalon.kernel.errors import Invalid
from kalon.kernel.money import exact
from kalon.kernel.tenancy import verb


@verb
def set_billing_policy(*, write_off_limit: Decimal, by: Actor) -> BillingPolicy:
    """Up to which amount one person alone may write off; bills and decisions of before stay as they are."""
    by.must(MANAGE, do="decide how bills are kept")
    if not 0 <= write_off_limit <= MOST or write_off_limit != exact(write_off_limit):
        raise Invalid("Write an amount of money, zero or more.", field="write_off_limit")
    row = queries.billing_policy(seen_by=by)
    facts = {"write_off_limit": [str(row.write_off_limit), str(write_off_limit)]}
    row.write_off_limit = write_off_limit
    row.save()
    audit.note(by, audit.Kind.CHANGE, row, facts=facts)
    return row
