"""Tax schemes as delivered, by country: what a clinic has until it puts one of its own into use.

India: rule 46 of the CGST Rules 2017 names the fields of a tax invoice, with the address of an unregistered
recipient from Rs 50,000 on (rule 46(e)). Health and beauty services are supplied where they are performed, to
whomever (IGST Act 2017, section 12(4)). Sales across states to the unregistered are listed one by one in GSTR-1
above Rs 1,00,000 since 1 August 2024 (Notification No. 12/2024-Central Tax), above Rs 2,50,000 before.
"""

from datetime import date
from decimal import Decimal
from typing import Any

REVIEW = "Delivered with Kalon; to be reviewed by an accountant before use."
_GST: dict[str, Any] = {
    "code": "GST_IN", "name": "Goods and services tax", "split": "HALVES", "first_half": "CGST", "second_half": "SGST",
    "whole": "IGST", "registration": "GSTIN", "address_from": Decimal(50_000),
}  # fmt: skip
_VAT: dict[str, Any] = {"code": "VAT", "name": "Value added tax", "split": "WHOLE", "whole": "VAT"}
_OTHER = ({"code": "TAX", "name": "Tax", "split": "WHOLE", "whole": "Tax", "registration": "Tax number",
           "valid_from": date(1970, 1, 1), "source": REVIEW},)  # fmt: skip

DELIVERED: dict[str, tuple[dict[str, Any], ...]] = {
    "IN": (
        {**_GST, "large_from": Decimal(250_000), "valid_from": date(2017, 7, 1),
         "source": f"CGST Rules 2017, rules 46 and 59; IGST Act 2017, section 12(4). {REVIEW}"},
        {**_GST, "large_from": Decimal(100_000), "valid_from": date(2024, 8, 1),
         "source": f"As before, with Notification 12/2024-Central Tax. {REVIEW}"},
    ),
    "AE": ({**_VAT, "registration": "TRN", "valid_from": date(2018, 1, 1), "source": REVIEW},),
    "GB": ({**_VAT, "registration": "VAT number", "valid_from": date(1973, 4, 1), "source": REVIEW},),
}  # fmt: skip


def delivered(country: str, on: date) -> dict[str, Any]:
    """The scheme delivered for a country, as it holds on a day; before the first it is the first."""
    known = DELIVERED.get(country, _OTHER)
    return max(
        (facts for facts in known if facts["valid_from"] <= on), key=lambda one: one["valid_from"], default=known[0]
    )
