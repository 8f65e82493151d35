"""The payment plans' routes of /api."""

from kalon.installments.api.routes import financing, of_quotes, payment_plans

__all__ = ["financing", "of_quotes", "payment_plans"]
