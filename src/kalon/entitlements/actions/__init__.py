"""Everything that may be done with what was bought; the only writer of the tables of entitlements."""

from kalon.entitlements.actions.ending import expire_package, extend_package, refund_package, transfer_package
from kalon.entitlements.actions.selling import activate_paid, hand_over, sell_package
from kalon.entitlements.actions.terms import set_terms
from kalon.entitlements.actions.using import settle_visit, take_back_use, use_session

__all__ = [
    "activate_paid",
    "expire_package",
    "extend_package",
    "hand_over",
    "refund_package",
    "sell_package",
    "set_terms",
    "settle_visit",
    "take_back_use",
    "transfer_package",
    "use_session",
]
