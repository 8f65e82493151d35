"""Tables of quotes: what is offered for a plan, what was accepted, what the clinic asks before it books."""

from kalon.quotes.models.bundles import Bundle, BundlePart
from kalon.quotes.models.policies import Policy, SectionDefault
from kalon.quotes.models.quotes import Quote, QuoteLine, QuoteOption
from kalon.quotes.models.signed import Acceptance, MoneyWaiver, Question, SelfPayWaiver

__all__ = [
    "Acceptance",
    "Bundle",
    "BundlePart",
    "MoneyWaiver",
    "Policy",
    "Question",
    "Quote",
    "QuoteLine",
    "QuoteOption",
    "SectionDefault",
    "SelfPayWaiver",
]
