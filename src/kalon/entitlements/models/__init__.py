"""Tables of what was bought and is used later."""

from kalon.entitlements.models.packages import HoldingItem, PackageHolding, Settlement, Use
from kalon.entitlements.models.terms import Terms

__all__ = ["HoldingItem", "PackageHolding", "Settlement", "Terms", "Use"]
