"""Which way half a paisa goes is the clinic's choice; what is written stays as it was rounded."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from kalon.billing import actions
from kalon.billing.models import BillLine
from kalon.billing.tests.clinic import Clinic
from kalon.kernel.errors import Invalid, NotPermitted
from kalon.people import actions as people


def test_the_owner_chooses_which_way_half_a_paisa_goes(clinic: Clinic, desk: Any):
    """Nine per cent of fifty paise is four and a half."""
    before = _taxed(clinic)
    page = desk.post("/settings/bills", {"write_off_limit": "500", "rounding": "HALF_EVEN"})
    assert page.status_code == 303, page.content
    after = _taxed(clinic)
    assert (before.cgst, before.sgst, after.cgst, after.sgst) == (*2 * [Decimal("0.05")], *2 * [Decimal("0.04")])
    assert clinic.again(before).cgst == Decimal("0.05")
    assert "HALF_EVEN" in desk.get("/settings/bills").content.decode()


def test_nobody_else_chooses_it(clinic: Clinic, login: Callable[[str], Any]):
    with pytest.raises(NotPermitted):
        people.choose_rounding("HALF_EVEN", by=clinic.desk)
    with pytest.raises(Invalid):
        people.choose_rounding("DOWN", by=clinic.system)
    assert _taxed(clinic).cgst == Decimal("0.05")


def _taxed(clinic: Clinic) -> BillLine:
    bill = actions.draft_bill(clinic.patient.pk, clinic.branch.pk, by=clinic.desk)
    line = actions.LineDetails(description="Cotton", unit_price=Decimal("0.50"), tax_code="COSMETIC")
    return actions.add_line(bill.pk, line, by=clinic.desk)
