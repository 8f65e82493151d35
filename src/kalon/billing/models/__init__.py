"""Bills, the money received for them, and the proof that the two agree.

The sums of bills and payments are columns that the database works out itself, each time a row is touched, from
the lines, allocations, refunds and credit notes underneath (`models.sums`). Nobody can write them, so
billed = allocated + owed + credited + written off, and received = allocated + refunded + on account, at every moment.
"""

from kalon.billing.models.bills import Bill, BillLine, CreditNote
from kalon.billing.models.gateways import GatewayAccount, GatewayCall, GatewayChoice
from kalon.billing.models.payments import GatewayEvent, Payment, PaymentAllocation, Refund
from kalon.billing.models.policy import BillingPolicy
from kalon.billing.models.transfers import AccountTransfer
from kalon.billing.models.write_offs import WriteOff

__all__ = [
    "AccountTransfer",
    "Bill",
    "BillLine",
    "BillingPolicy",
    "CreditNote",
    "GatewayAccount",
    "GatewayCall",
    "GatewayChoice",
    "GatewayEvent",
    "Payment",
    "PaymentAllocation",
    "Refund",
    "WriteOff",
]
