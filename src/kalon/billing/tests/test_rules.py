"""Tax, shares, numbers and words: the pure arithmetic."""

from datetime import date
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kalon.billing import rules
from kalon.kernel.errors import Invalid

paise = st.integers(min_value=0, max_value=10_000_000_00).map(lambda n: Decimal(n) / 100)
rates = st.sampled_from([Decimal(rate) for rate in ("0", "5", "12", "18", "28", "0.25")])
quantities = st.integers(min_value=1, max_value=50_000).map(lambda n: Decimal(n) / 1000)


def taxed(price: str = "1000", *, rate: str = "18", place: str = "32", registered: bool = True, **more: Decimal):
    return rules.taxed(
        quantity=more.get("quantity", Decimal(1)),
        unit_price=Decimal(price),
        discount=more.get("discount", Decimal(0)),
        rate=Decimal(rate),
        supplier_state="32",
        place_of_supply=place,
        is_registered=registered,
    )


def test_tax_inside_the_state_is_halved():
    assert taxed() == rules.Taxed(
        Decimal("1000.00"), Decimal("90.00"), Decimal("90.00"), Decimal("0.00"), Decimal("1180.00"), Decimal("18"),
        "GST 18%: CGST 9% and SGST 9%, supplied in Kerala.",
    )  # fmt: skip


def test_tax_across_states_is_whole():
    line = taxed(place="33")
    assert (line.cgst, line.sgst, line.igst, line.total) == (0, 0, Decimal("180.00"), Decimal("1180.00"))
    assert line.note == "IGST 18%: supplied from Kerala to Tamil Nadu."


def test_health_care_is_exempt_and_says_so():
    line = taxed(rate="0")
    assert (line.total, line.note) == (Decimal("1000.00"), "Exempt from GST: health care service.")


def test_a_clinic_without_gstin_charges_no_tax():
    line = taxed(registered=False)
    assert (line.total, line.percent) == (Decimal("1000.00"), 0)


def test_a_discount_larger_than_the_line_is_refused():
    with pytest.raises(Invalid) as refusal:
        taxed("10", discount=Decimal("10.01"))
    assert refusal.value.field == "discount"


@given(price=paise, quantity=quantities, rate=rates, place=st.sampled_from(["32", "33", ""]),
       rounding=st.sampled_from(["HALF_UP", "HALF_EVEN"]))  # fmt: skip
def test_parts_of_a_line_sum_to_its_total(price: Decimal, quantity: Decimal, rate: Decimal, place: str, rounding: str):
    line = rules.taxed(quantity=quantity, unit_price=price, discount=Decimal(0), rate=rate, supplier_state="32",
                       place_of_supply=place, is_registered=True, rounding=rounding)  # fmt: skip
    assert line.total == line.taxable + line.cgst + line.sgst + line.igst
    assert line.cgst == line.sgst
    assert line.igst == 0 or line.cgst == 0
    assert abs(line.cgst + line.sgst + line.igst - line.taxable * rate / 100) <= Decimal("0.01")
    assert all(part == part.quantize(Decimal("0.01")) for part in (line.taxable, line.cgst, line.igst, line.total))


@given(amount=paise, owed=st.lists(paise, max_size=8))
def test_shares_sum_to_the_amount_or_fill_every_line(amount: Decimal, owed: list[Decimal]):
    lines: list[tuple[UUID, Decimal]] = [(uuid4(), part) for part in owed]
    shares = rules.shares_of(amount, lines)
    assert sum(share.amount for share in shares) == min(amount, sum(owed))
    assert all(0 < share.amount <= dict(lines)[share.line_id] for share in shares)


@pytest.mark.parametrize(
    ("taxes", "registered", "paper"),
    [
        (["0"], True, "BILL_OF_SUPPLY"),
        (["18", "5"], True, "TAX_INVOICE"),
        (["0", "18"], True, "INVOICE_CUM_BILL"),
        (["0"], False, "BILL"),
    ],
)
def test_the_law_names_the_paper(taxes: list[str], registered: bool, paper: str):
    assert rules.document_kind([Decimal(tax) for tax in taxes], is_registered=registered) == paper


def test_the_fiscal_year_turns_in_april():
    assert rules.fiscal_year(date(2026, 3, 31), "IN") == "2025-26"
    assert rules.fiscal_year(date(2026, 4, 1), "IN") == "2026-27"
    assert rules.fiscal_year(date(2099, 12, 1), "IN") == "2099-00"
    assert rules.fiscal_year(date(2026, 4, 1), "DE") == "2026"


def test_numbers_keep_to_sixteen_characters():
    assert rules.bill_number("KOC", "2026-27", 42) == "KOC/2627/00042"
    assert rules.credit_number("KOC", "2026-27", 42) == "KOC/2627/C00042"
    assert len(rules.receipt_number("LONGCODE", "2026-27", 99_999)) == 16


@pytest.mark.parametrize(
    ("amount", "figures", "words"),
    [
        ("0.05", "0.05", "Rupees zero and five paise only"),
        ("999.00", "999.00", "Rupees nine hundred ninety-nine only"),
        ("113280.00", "1,13,280.00", "Rupees one lakh thirteen thousand two hundred eighty only"),
        ("123456789.50", "12,34,56,789.50",
         "Rupees twelve crore thirty-four lakh fifty-six thousand seven hundred eighty-nine and fifty paise only"),
    ],
)  # fmt: skip
def test_amounts_as_india_writes_them(amount: str, figures: str, words: str):
    assert rules.grouped(Decimal(amount)) == figures
    assert rules.in_words(Decimal(amount)) == words


def test_other_currencies_group_by_thousands():
    assert rules.grouped(Decimal("1234567.5"), "EUR") == "1,234,567.50"
    assert rules.in_words(Decimal("1000000.00"), "EUR") == "EUR one million only"


@given(amount=paise)
def test_grouping_loses_no_figure(amount: Decimal):
    assert Decimal(rules.grouped(amount).replace(",", "")) == amount


def test_a_upi_link_cannot_be_bent_by_its_words():
    link = rules.upi_link(upi_id="clinic@bank", payee="A & B=C?", amount=Decimal("10"), note="Bill K/1&am=1")
    assert link == "upi://pay?pa=clinic@bank&pn=A%20%26%20B%3DC%3F&am=10.00&cu=INR&tn=Bill%20K/1%26am%3D1"
