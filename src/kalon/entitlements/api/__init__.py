"""/api/packages-held and /api/gift-vouchers."""

from kalon.entitlements.api.packages import router
from kalon.entitlements.api.vouchers import router as vouchers

__all__ = ["router", "vouchers"]
