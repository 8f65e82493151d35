"""GSTR-1 of a month of mixed bills: every table, to the paisa what the bills less the credit notes say."""

import json
import zipfile
from collections.abc import Callable
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from django.test import Client

from kalon.billing import actions as billing
from kalon.billing.models import Bill
from kalon.billing.tests.clinic import Clinic
from kalon.kernel import clock
from kalon.kernel.actors import Actor
from kalon.kernel.errors import NotFound, NotPermitted
from kalon.kernel.numbers import next_number
from kalon.kernel.tenancy import acting_as
from kalon.reports import queries
from kalon.reports.rules.gst_json import as_json

GSTIN, BUYER = "32AAAAA0000A1ZB", ("29AAGCB7383J1Z4", "Lotus Textiles", "4 Mill Road, Bengaluru")
LARGE = "120000.00"


def month_of_bills(clinic: Clinic) -> None:
    """To a business, to patients, across states large and small, exempt, mixed, cancelled, credited in part."""
    business = clinic.draft(clinic.botox)
    billing.set_buyer(business.pk, *BUYER, by=clinic.desk)
    business = billing.finalize(business.pk, by=clinic.desk)
    with acting_as(clinic.desk):
        line = business.lines.get()
    billing.credit_line(business.pk, line.pk, Decimal("0.333"), "A third", by=clinic.desk)
    clinic.bill(clinic.botox, clinic.consultation)
    odd = clinic.draft()
    details = billing.LineDetails(
        service_id=clinic.botox.pk, quantity=Decimal("1.5"), unit_price=Decimal("33.37"), discount=Decimal("0.05"),
        discount_reason="Round",
    )  # fmt: skip
    billing.add_line(odd.pk, details, by=clinic.desk)
    billing.finalize(odd.pk, by=clinic.desk)
    sent(clinic, LARGE)
    sent(clinic, "500.00")
    billing.void_bill(sent(clinic, "150000.01").pk, "Sent back", by=clinic.desk)
    billing.void_bill(clinic.bill(clinic.botox).pk, "Twice", by=clinic.desk)


def sent(clinic: Clinic, price: str) -> Bill:
    draft = billing.draft_bill(clinic.patient.pk, clinic.branch.pk, place_of_supply="29", by=clinic.desk)
    cream = billing.LineDetails(
        description="Silicone sheet", unit_price=Decimal(price), hsn_sac="30059090", tax_code="COSMETIC"
    )
    billing.add_line(draft.pk, cream, by=clinic.desk)
    return billing.finalize(draft.pk, by=clinic.desk)


def made(clinic: Clinic, by: Actor) -> Any:
    with acting_as(by):
        return queries.gstr1(GSTIN, clock.today("Asia/Kolkata"), seen_by=by)


def test_every_bill_stands_in_its_table_and_the_sums_agree(clinic: Clinic, reader: Actor):
    month_of_bills(clinic)
    found = made(clinic, reader)
    said = as_json(found)
    (b2b,) = said["b2b"]
    assert (b2b["ctin"], b2b["inv"][0]["val"], b2b["inv"][0]["itms"]) == (
        BUYER[0], 16520, [{"num": 1, "itm_det": {"rt": 18, "txval": 14000, "camt": 1260, "samt": 1260, "csamt": 0}}],
    )  # fmt: skip
    note = said["cdnr"][0]["nt"][0]
    assert (note["ntty"], note["pos"], note["itms"][0]["itm_det"]["txval"]) == ("C", "32", 4662)
    assert [(one["pos"], [inv["val"] for inv in one["inv"]]) for one in said["b2cl"]] == [("29", [141600, 177000.01])]
    assert [(one["typ"], one["val"]) for one in said["cdnur"]] == [("B2CL", 177000.01)]
    assert {(one["sply_ty"], one["pos"]): one["txval"] for one in said["b2cs"]} == {
        ("INTRA", "32"): 14050.01, ("INTER", "29"): 500,
    }  # fmt: skip
    assert said["nil"]["inv"] == [{"sply_ty": "INTRAB2C", "expt_amt": 800, "nil_amt": 0, "ngsup_amt": 0}]
    assert [(row["hsn_sc"], row["uqc"], row["qty"]) for row in said["hsn"]["hsn_b2c"]] == [
        ("30059090", "NOS", 2), ("999312", "NA", 0), ("999722", "NA", 0),
    ]  # fmt: skip
    bills, notes = (one["docs"][0] for one in said["doc_issue"]["doc_det"])
    assert (bills["totnum"], bills["cancel"], bills["net_issue"], notes["totnum"]) == (7, 0, 7, 3)
    assert [one.cancelled for one in found.series] == [2, 0]
    with acting_as(reader):
        agreements = queries.return_agrees(found, seen_by=reader)
    assert all(one.holds for one in agreements.values()), agreements
    assert agreements["taxable"].counted == Decimal("144688.01")
    by_code = sum((row["taxable"] for row in found.tables["hsn"]), Decimal(0))
    assert by_code == agreements["taxable"].counted


def test_a_voucher_is_no_supply_but_what_is_left_agrees(clinic: Clinic, reader: Actor):
    draft = clinic.draft(clinic.consultation)
    voucher = billing.LineDetails(description="Gift voucher", unit_price=Decimal(2000), earns="VOUCHERS")
    billing.add_line(draft.pk, voucher, by=clinic.desk)
    sold = billing.finalize(draft.pk, by=clinic.desk)
    for amount in ("800.00", "0.00"):
        found = made(clinic, reader)
        with acting_as(reader):
            agreements = queries.return_agrees(found, seen_by=reader)
        assert (agreements["taxable"].says, agreements["taxable"].holds) == (Decimal(amount), True)
        if amount == "800.00":
            billing.void_bill(sold.pk, "Changed their mind", by=clinic.desk)


def test_a_missing_number_is_shown(clinic: Clinic, reader: Actor, signed_in: Callable[[str], Client]):
    first = clinic.bill()
    with acting_as(clinic.system):
        next_number("bill", branch_id=clinic.branch.pk, period=first.fiscal_year)
    clinic.bill()
    (series,) = made(clinic, reader).series
    assert (series.numbers, series.found, series.missing) == (3, 2, 1)
    assert "1 missing" in signed_in("owner").get("/reports/gstr1").content.decode()


def test_the_page_and_the_files(clinic: Clinic, signed_in: Callable[[str], Client]):
    month_of_bills(clinic)
    owner, month = signed_in("owner"), f"{clock.today('Asia/Kolkata'):%Y-%m}"
    page = owner.get("/reports/gstr1").content.decode()
    assert GSTIN in page
    assert "does not agree" not in page
    told = json.loads(owner.get(f"/reports/gstr1.json?month={month}").content)
    assert (told["gstin"], told["fp"]) == (GSTIN, f"{month[5:]}{month[:4]}")
    with zipfile.ZipFile(BytesIO(b"".join(owner.get("/reports/gstr1.xlsx").streaming_content))) as book:
        assert len([name for name in book.namelist() if "worksheets" in name]) == 8
    hsn = b"".join(owner.get("/reports/gstr1.csv?table=hsn").streaming_content).decode()
    assert "30059090" in hsn
    refused = {"gstr1?month=nonsense": 422, "gstr1?gstin=29AAGCB7383J1Z4": 404, "gstr1.csv?table=secret": 404}
    for path, status in refused.items():
        assert owner.get(f"/reports/{path}").status_code == status, path
    assert owner.get("/reports/gstr1?month=2020-01").status_code == 200
    assert signed_in("frontdesk").get("/reports/gstr1.json").status_code == 403


def test_only_one_of_the_clinics_own(clinic: Clinic, reader: Actor):
    today = clock.today("Asia/Kolkata")
    with acting_as(reader), pytest.raises(NotFound):
        queries.gstr1("29AAGCB7383J1Z4", today, seen_by=reader)
    with acting_as(clinic.stranger), pytest.raises(NotPermitted):
        queries.gstr1(GSTIN, today, seen_by=clinic.stranger)
