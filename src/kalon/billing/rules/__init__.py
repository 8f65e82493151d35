"""Pure arithmetic of money on paper: tax, shares, numbers and words."""

from kalon.billing.rules.numbering import bill_number, credit_number, fiscal_year, receipt_number
from kalon.billing.rules.shares import Share, shares_of
from kalon.billing.rules.tax import Gst, Scheme, Taxed, document_kind, is_intra_state, tax_name, taxed
from kalon.billing.rules.words import grouped, in_words, upi_link

__all__ = [
    "Gst",
    "Scheme",
    "Share",
    "Taxed",
    "bill_number",
    "credit_number",
    "document_kind",
    "fiscal_year",
    "grouped",
    "in_words",
    "is_intra_state",
    "receipt_number",
    "shares_of",
    "tax_name",
    "taxed",
    "upi_link",
]
