"""Tables of quotes: what is offered for a plan, what was accepted, what the clinic asks before it books."""

from kalon.quotes.models.policies import Policy, SectionDefault
from kalon.quotes.models.quotes import Quote, QuoteLine, QuoteOption
from kalon.quotes.models.signed import Acceptance, MoneyWaiver, SelfPayWaiver

__all__ = [
    "Acceptance",
    "MoneyWaiver",
    "Policy",
    "Quote",
    "QuoteLine",
    "QuoteOption",
    "SectionDefault",
    "SelfPayWaiver",
]
