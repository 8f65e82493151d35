"""Everything that may be done with what was bought; the only writer of the tables of entitlements."""

from kalon.entitlements.actions.ending import expire_package, extend_package, refund_package, transfer_package
from kalon.entitlements.actions.memberships import (
    add_offer,
    earn_months,
    end_membership,
    end_offer,
    sell_membership,
    start_memberships,
    warn_member,
)
from kalon.entitlements.actions.paper import voucher_pdf
from kalon.entitlements.actions.selling import activate_paid, hand_over, sell_package
from kalon.entitlements.actions.terms import set_terms
from kalon.entitlements.actions.using import settle_visit, take_back_use, use_session
from kalon.entitlements.actions.vouchers import (
    activate_vouchers,
    close_cancelled_vouchers,
    expire_voucher,
    extend_voucher,
    redeem_voucher,
    refund_voucher,
    sell_voucher,
    warn_buyer,
)

__all__ = [
    "activate_paid",
    "activate_vouchers",
    "add_offer",
    "close_cancelled_vouchers",
    "earn_months",
    "end_membership",
    "end_offer",
    "expire_package",
    "expire_voucher",
    "extend_package",
    "extend_voucher",
    "hand_over",
    "redeem_voucher",
    "refund_package",
    "refund_voucher",
    "sell_membership",
    "sell_package",
    "sell_voucher",
    "set_terms",
    "settle_visit",
    "start_memberships",
    "take_back_use",
    "transfer_package",
    "use_session",
    "voucher_pdf",
    "warn_buyer",
    "warn_member",
]
