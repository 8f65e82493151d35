"""Tables of what was bought and is used later."""

from kalon.entitlements.models.memberships import Membership, MembershipMove, MembershipOffer
from kalon.entitlements.models.packages import HoldingItem, PackageHolding, Settlement, Use
from kalon.entitlements.models.terms import Terms
from kalon.entitlements.models.vouchers import GiftVoucher, VoucherMove

__all__ = [
    "GiftVoucher",
    "HoldingItem",
    "Membership",
    "MembershipMove",
    "MembershipOffer",
    "PackageHolding",
    "Settlement",
    "Terms",
    "Use",
    "VoucherMove",
]
