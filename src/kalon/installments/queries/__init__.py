"""Reads of payment plans, each limited to what the actor may see."""

from kalon.installments.queries.offers import Offer, offer_of, offers_of
from kalon.installments.queries.payment_plans import (
    Standing,
    due_of_patient,
    installment,
    live_of_quote,
    live_of_treatment,
    loan,
    loans_of,
    parts_of,
    payment_plan,
    payment_plans,
    payment_plans_of,
    rows_of_plans,
    standing_of,
    to_tell,
)
from kalon.installments.queries.terms import terms

__all__ = [
    "Offer",
    "Standing",
    "due_of_patient",
    "installment",
    "live_of_quote",
    "live_of_treatment",
    "loan",
    "loans_of",
    "offer_of",
    "offers_of",
    "parts_of",
    "payment_plan",
    "payment_plans",
    "payment_plans_of",
    "rows_of_plans",
    "standing_of",
    "terms",
    "to_tell",
]
