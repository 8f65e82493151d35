"""Bills and payments as JSON: `router` under /api/bills, `payments` under /api/payments."""

from kalon.billing.api.bills import router
from kalon.billing.api.payments import payments

__all__ = ["payments", "router"]
