"""Bills, payments and accounts as JSON: under /api/bills, /api/payments, and /api/patients/{id}."""

from kalon.billing.api.accounts import of_patients
from kalon.billing.api.bills import router
from kalon.billing.api.payments import payments

__all__ = ["of_patients", "payments", "router"]
