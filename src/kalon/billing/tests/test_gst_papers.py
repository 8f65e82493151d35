"""Tax invoice, bill of supply, invoice-cum-bill and credit note: the fields the law asks for, each on its paper."""

import io
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from pypdf import PdfReader

from kalon.billing import actions, queries, rules
from kalon.billing.models import Bill
from kalon.billing.tests.clinic import Clinic
from kalon.catalog import actions as catalog
from kalon.catalog import queries as offered
from kalon.kernel.errors import IllegalMove, Invalid, NotPermitted, NotReady
from kalon.kernel.tenancy import acting_as
from kalon.patients import actions as patients

EMPLOYER = ("29AAGCB7383J1Z4", "Lotus Textiles Private Limited", "4 Mill Road, Bengaluru 560001")


def words_of(pdf: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split())


def has_all(text: str, *words: str) -> None:
    for word in words:
        assert word in text, (word, text)


def for_employer(clinic: Clinic, *services: Any) -> Bill:
    draft = clinic.draft(*services)
    actions.set_buyer(draft.pk, *EMPLOYER, by=clinic.desk)
    return actions.finalize(draft.pk, by=clinic.desk)


def test_a_tax_invoice_to_a_registered_buyer(clinic: Clinic):
    bill = for_employer(clinic, clinic.botox)
    assert (bill.document, bill.place_of_supply) == ("TAX_INVOICE", "32")  # supplied where it is performed
    text = words_of(actions.invoice_pdf(bill.pk, by=clinic.desk))
    has_all(text, "Tax invoice", "Original for recipient", "GSTIN 32AAAAA0000A1ZB", bill.number or "-", *EMPLOYER,
            "For Meera Nair", "999722", "Place of supply Kerala (32)", "Reverse charge No", "18%", "CGST", "SGST",
            "1,260.00", "14,000.00", "16,520.00", "authorised signatory")  # fmt: skip
    assert "IGST" not in text
    assert "Duplicate for supplier" in words_of(actions.invoice_pdf(bill.pk, "duplicate", by=clinic.desk))


def test_a_bill_of_supply_names_no_tax(clinic: Clinic):
    text = words_of(actions.invoice_pdf(clinic.bill().pk, by=clinic.desk))
    has_all(text, "Bill of supply", "999312", "Exempt from GST: health care service", "800.00")
    assert "CGST" not in text


def test_a_large_bill_says_where_the_patient_lives(clinic: Clinic):
    home = {"address": {"line1": "7 Rose Lane", "city": "Kochi", "state": "Kerala"}}
    patients.correct(clinic.patient.pk, home, version=clinic.patient.version, reason="She told us", by=clinic.system)
    small = clinic.bill(clinic.botox)
    assert "7 Rose Lane" not in words_of(actions.invoice_pdf(small.pk, by=clinic.desk))
    large = clinic.draft()
    actions.add_line(large.pk, actions.LineDetails(service_id=clinic.botox.pk, quantity=Decimal(4)), by=clinic.desk)
    large = actions.finalize(large.pk, by=clinic.desk)
    assert "7 Rose Lane, Kochi, Kerala" in words_of(actions.invoice_pdf(large.pk, by=clinic.desk))


def test_goods_sent_to_another_state(clinic: Clinic):
    draft = actions.draft_bill(clinic.patient.pk, clinic.branch.pk, place_of_supply="29", by=clinic.desk)
    cream = actions.LineDetails(description="Silicone gel", quantity=Decimal(2), unit_price=Decimal("500.00"),
                                hsn_sac="30049099", tax_code="COSMETIC", unit="TUB")  # fmt: skip
    actions.add_line(draft.pk, cream, by=clinic.desk)
    text = words_of(actions.invoice_pdf(actions.finalize(draft.pk, by=clinic.desk).pk, by=clinic.desk))
    has_all(text, "Karnataka (29)", "30049099", "2 TUB", "IGST", "180.00", "1,180.00")
    assert "CGST" not in text


def test_a_credit_note_names_its_invoice_and_what_comes_back(clinic: Clinic):
    bill = for_employer(clinic, clinic.botox)
    with acting_as(clinic.desk):
        line = bill.lines.get()
    note = actions.credit_line(bill.pk, line.pk, Decimal("0.5"), "Half was given", by=clinic.desk)
    assert note is not None
    text = words_of(actions.credit_note_pdf(note.pk, by=clinic.desk))
    has_all(text, "Credit note", note.number, f"Tax invoice {bill.number}", "Half was given", "0.5", "999722",
            "7,000.00", "630.00", "8,260.00", *EMPLOYER, "GSTIN 32AAAAA0000A1ZB", "authorised signatory")  # fmt: skip
    rest = actions.void_bill(bill.pk, "Not given at all", by=clinic.desk)
    with acting_as(clinic.desk):
        last = queries.credit_notes(rest.pk, seen_by=clinic.desk).filter(line=None).get()
    copy = words_of(actions.credit_note_pdf(last.pk, "duplicate", by=clinic.desk))
    has_all(copy, "Duplicate for supplier", "8,260.00")
    with pytest.raises(Invalid):
        actions.credit_note_pdf(last.pk, "third", by=clinic.desk)
    with pytest.raises(NotPermitted):
        actions.credit_note_pdf(last.pk, by=clinic.stranger)


@pytest.mark.parametrize(
    ("buyer", "field"),
    [
        (("29AAGCB7383J1Z5", *EMPLOYER[1:]), "buyer_gstin"),
        (("32AAAAA0000A1ZB", *EMPLOYER[1:]), "buyer_gstin"),
        ((EMPLOYER[0], " ", EMPLOYER[2]), "buyer_name"),
        ((EMPLOYER[0], EMPLOYER[1], ""), "buyer_address"),
    ],
)
def test_a_buyer_is_named_in_full(clinic: Clinic, buyer: tuple[str, str, str], field: str):
    draft = clinic.draft(clinic.botox)
    with pytest.raises(Invalid) as refusal:
        actions.set_buyer(draft.pk, *buyer, by=clinic.desk)
    assert refusal.value.field == field
    assert clinic.again(draft).buyer_gstin == ""


def test_who_may_name_a_buyer_and_until_when(clinic: Clinic):
    draft = clinic.draft(clinic.botox)
    with pytest.raises(NotPermitted):
        actions.set_buyer(draft.pk, *EMPLOYER, by=clinic.stranger)
    actions.set_buyer(draft.pk, *EMPLOYER, by=clinic.desk)
    assert clinic.again(actions.set_buyer(draft.pk, "", "", "", by=clinic.desk)).buyer_gstin == ""
    bill = actions.finalize(draft.pk, by=clinic.desk)
    with pytest.raises(IllegalMove):
        actions.set_buyer(bill.pk, *EMPLOYER, by=clinic.desk)


def test_a_registered_buyer_gets_a_paper_for_each_kind(clinic: Clinic):
    draft = clinic.draft(clinic.consultation, clinic.botox)
    actions.set_buyer(draft.pk, *EMPLOYER, by=clinic.desk)
    with pytest.raises(NotReady, match="bill of its own"):
        actions.finalize(draft.pk, by=clinic.desk)
    bill = clinic.bill(clinic.consultation, clinic.botox)
    with acting_as(clinic.system), pytest.raises(IntegrityError), transaction.atomic():
        bills = Bill.objects.filter(pk=clinic.draft().pk)
        bills.update(buyer_gstin=EMPLOYER[0], document="INVOICE_CUM_BILL")
    assert bill.document == "INVOICE_CUM_BILL"


def test_where_the_scheme_says_so_a_sale_is_supplied_in_the_buyers_state(clinic: Clinic):
    scheme = {**_gst(), "registered_place": "RECIPIENT", "valid_from": date(2020, 1, 1)}
    catalog.add_tax_scheme(**scheme, by=clinic.system)
    with_lines = clinic.draft(clinic.botox)
    with pytest.raises(NotReady, match="take the lines off"):
        actions.set_buyer(with_lines.pk, *EMPLOYER, by=clinic.desk)
    draft = clinic.draft()
    actions.set_buyer(draft.pk, *EMPLOYER, by=clinic.desk)
    line = actions.add_line(draft.pk, actions.LineDetails(service_id=clinic.botox.pk), by=clinic.desk)
    assert (line.igst, line.cgst) == (Decimal("2520.00"), 0)


def test_another_countrys_tax_is_one_whole_under_its_own_name(clinic: Clinic):
    vat = {"code": "VAT", "name": "Value added tax", "split": "WHOLE", "whole": "VAT", "registration": "TRN",
           "valid_from": date(2018, 1, 1)}  # fmt: skip
    catalog.add_tax_scheme(**vat, by=clinic.system)
    bill = clinic.bill(clinic.botox)
    assert (bill.cgst, bill.sgst, bill.igst, bill.total) == (0, 0, Decimal("2520.00"), Decimal("16520.00"))
    text = words_of(actions.invoice_pdf(bill.pk, by=clinic.desk))
    has_all(text, "VAT 18%.", "TRN 32AAAAA0000A1ZB", "2,520.00")
    for india in ("CGST", "IGST", "GSTIN", "notification 12/2017", "Reverse charge"):
        assert india not in text


@pytest.mark.parametrize(
    ("country", "name", "registration"),
    [("IN", "GST", "GSTIN"), ("AE", "VAT", "TRN"), ("GB", "VAT", "VAT number"), ("NZ", "Tax", "Tax number")],
)
def test_a_country_brings_its_scheme(clinic: Clinic, country: str, name: str, registration: str):
    with acting_as(clinic.desk):
        scheme = offered.tax_scheme(date(2026, 11, 21), country=country, seen_by=clinic.desk)
    assert (rules.tax_name(scheme), scheme.registration) == (name, registration)


def test_the_desk_makes_a_bill_out_to_a_business(clinic: Clinic, desk: Client):
    draft = clinic.draft(clinic.botox)
    page = f"/bills/{draft.pk}"
    typed = {"buyer_gstin": "29AAGCB7383J1Z5", "buyer_name": "Lotus", "buyer_address": "4 Mill Road"}
    wrong = desk.post(f"{page}/buyer", typed)
    assert wrong.status_code == 422
    assert "mistyped" in wrong.content.decode()
    assert "29AAGCB7383J1Z5" in wrong.content.decode()  # nothing typed is lost
    named = dict(zip(("buyer_gstin", "buyer_name", "buyer_address"), EMPLOYER, strict=True))
    assert desk.post(f"{page}/buyer", named).status_code == 303
    bill = actions.finalize(draft.pk, by=clinic.desk)
    assert EMPLOYER[1] in desk.get(page).content.decode()
    actions.void_bill(bill.pk, "Wrong buyer", by=clinic.desk)
    with acting_as(clinic.desk):
        note = queries.credit_notes(bill.pk, seen_by=clinic.desk).get()
    assert f"/bills/{bill.pk}/credit-notes/{note.pk}.pdf" in desk.get(page).content.decode()
    assert desk.get(f"{page}/credit-notes/{note.pk}.pdf")["Content-Type"] == "application/pdf"
    assert desk.get(f"{page}/invoice.pdf?copy=duplicate").status_code == 200


def _gst() -> dict[str, Any]:
    return {"code": "GST_IN", "name": "GST", "split": "HALVES", "first_half": "CGST", "second_half": "SGST",
            "whole": "IGST", "registration": "GSTIN"}  # fmt: skip
