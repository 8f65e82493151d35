"""/api/packages-held, /api/gift-vouchers and /api/memberships."""

from kalon.entitlements.api.memberships import router as memberships
from kalon.entitlements.api.packages import router
from kalon.entitlements.api.vouchers import router as vouchers

__all__ = ["memberships", "router", "vouchers"]
