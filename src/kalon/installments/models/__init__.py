"""The tables of payment plans."""

from kalon.installments.models.financing import Financing
from kalon.installments.models.payment_plans import Installment, PaymentPlan
from kalon.installments.models.terms import Terms

__all__ = ["Financing", "Installment", "PaymentPlan", "Terms"]
