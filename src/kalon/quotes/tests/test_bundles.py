"""A bundle: several plans in one call, one quote over them, shares to the paisa, one gate for each, money once."""

from dataclasses import replace
from decimal import Decimal

import pytest

from kalon.billing import actions as billing
from kalon.billing import queries as bills
from kalon.billing.tests.sql import DONE, attack
from kalon.consultations.models import Consultation
from kalon.kernel.errors import Clash, Invalid, NotPermitted, NotReady
from kalon.kernel.tenancy import acting_as
from kalon.plans import actions as planning
from kalon.plans.models import ProcedurePlan
from kalon.plans.tests.told import approved, decided
from kalon.quotes import actions, queries
from kalon.quotes.actions import BundleDetails, PartDetails
from kalon.quotes.models import Bundle, QuoteLine
from kalon.quotes.tests.test_fronts import client
from kalon.quotes.tests.told import accepted, now, paid, signing

BOOK = "UPDATE plans_procedureplan SET status = 'SCHEDULED' WHERE id = %s"


def details(visit, **more):
    """Two treatments of the catalogue, for less together."""
    service = visit.clinic.consult.pk
    parts = (
        PartDetails(service_id=service, plan_type="SERIES", session_count=3, interval_days=14),
        PartDetails(service_id=service, plan_type="SURGICAL", side="MIDLINE", technique="Open"),
    )
    return BundleDetails(**{"name": "Mommy makeover", "percent": Decimal("33.33"), "parts": parts, **more})


def bundled(visit, **more):
    made = actions.add_bundle(details(visit, **more), by=visit.clinic.owner)
    return actions.plan_bundle(decided(visit).pk, made.pk, by=visit.doctor)


def lines_of(visit, quote):
    with acting_as(visit.clinic.system):
        return queries.offered(quote)[0].lines


def bookable(visit, quote):
    """Its plans as far as their doctor and their consent bring them: one of them without a consent of its own."""
    with acting_as(visit.clinic.system):
        return list(ProcedurePlan.objects.filter(consultation_id=quote.plan.consultation_id).order_by("number"))


def test_one_call_plans_each_part_and_offers_them_together(visit):
    quote = bundled(visit)
    plans, lines = bookable(visit, quote), lines_of(visit, quote)
    assert [(plan.plan_type, plan.session_count) for plan in plans] == [("SERIES", 3), ("SURGICAL", 1)]
    assert quote.plan_id == plans[0].pk and [line.plan_id for line in lines] == [plan.pk for plan in plans]
    whole = sum(line.quantity * line.unit_price for line in lines)
    assert sum(line.discount for line in lines) == (whole * Decimal("33.33") / 100).quantize(Decimal("0.01"))
    assert all("Mommy makeover: its share of" in line.discount_reason for line in lines)
    assert all(line.total == line.taxable + line.tax for line in lines)
    with acting_as(visit.desk):
        shares = [queries.share_of(quote, lines, plan.pk) for plan in plans]
        assert sum(shares) == quote.options.get().total and all(shares)


def test_one_price_is_shared_to_the_paisa_and_more_than_the_parts_is_refused(visit):
    price = Decimal("1000.01")
    quote = bundled(visit, price=price, percent=None)
    assert sum(line.taxable for line in lines_of(visit, quote)) == price
    dear = actions.add_bundle(details(visit, name="Dear", price=Decimal(999999), percent=None), by=visit.clinic.owner)
    with acting_as(visit.clinic.system):
        before = ProcedurePlan.objects.count()
    with pytest.raises(NotReady, match="cost less"):
        actions.plan_bundle(quote.plan.consultation_id, dear.pk, by=visit.doctor)
    with acting_as(visit.clinic.system):
        assert ProcedurePlan.objects.count() == before


def test_each_plans_gate_opens_by_its_share_and_the_deposit_counts_once(visit):
    sent = actions.send(bundled(visit).pk, by=visit.desk)
    first, second = bookable(visit, sent)
    for plan in (first, second):
        with acting_as(visit.desk):
            assert queries.missing(plan.pk) == "quote"
    with pytest.raises(Clash, match="offered with others"):
        actions.draft_quote(second.pk, by=visit.desk)
    quote = actions.accept(sent.pk, signing(visit, sent), by=visit.desk)
    with acting_as(visit.desk):
        assert [queries.missing(plan.pk) for plan in (first, second)] == ["deposit", "deposit"]
        assert queries.accepted_for(second.pk, seen_by=visit.desk) == quote
    paid(visit, quote, quote.deposit_due - 1)
    billing.receive_advance(quote.patient_id, quote.branch_id, "CASH", Decimal(1), plan_id=second.pk, by=visit.desk)
    with acting_as(visit.desk):
        assert [queries.missing(plan.pk) for plan in (first, second)] == ["", ""]
        assert queries.deposit_of(quote, seen_by=visit.desk).held == quote.deposit_due
    with pytest.raises(Clash, match="offered with others"):
        actions.draft_quote(second.pk, by=visit.desk)
    again = actions.new_version(quote.pk, by=visit.desk)
    assert [line.plan_id for line in lines_of(visit, again)] == [first.pk, second.pk]


def test_a_plan_of_a_bundle_is_not_booked_by_sql_before_its_quote_is_accepted(visit):
    made = actions.add_bundle(details(visit), by=visit.clinic.owner)
    alone = approved(visit, "SERIES")
    sent = actions.send(actions.plan_bundle(alone.consultation_id, made.pk, by=visit.doctor).pk, by=visit.desk)
    assert attack(BOOK, [alone.pk], by=visit.desk) == "quotes_gate"
    point = "UPDATE quotes_quoteline SET plan_id = %s WHERE quote_id = %s"
    assert attack(point, [alone.pk, sent.pk], by=visit.desk).endswith("_sealed")
    quote = actions.accept(sent.pk, signing(visit, sent), by=visit.desk)
    paid(visit, quote)
    assert attack(BOOK, [alone.pk], by=visit.desk) == "quotes_gate"  # it has no share of that quote


def test_one_accepted_quote_speaks_for_a_plan(visit):
    other = accepted(visit)
    draft = actions.plan_bundle(
        other.plan.consultation_id, actions.add_bundle(details(visit), by=visit.clinic.owner).pk, by=visit.doctor
    )
    with acting_as(visit.desk):
        QuoteLine.objects.filter(quote=draft, plan_id=draft.plan_id).update(plan_id=other.plan_id)
    sent = actions.send(draft.pk, by=visit.desk)
    with pytest.raises(Clash, match="another quote"):
        actions.accept(sent.pk, signing(visit, sent), by=visit.desk)
    assert now(visit, sent).status == "SENT" and now(visit, other).stands


def test_a_line_names_a_plan_of_the_same_patient_only(visit):
    quote = bundled(visit)
    forged = "UPDATE quotes_quoteline SET plan_id = gen_random_uuid() WHERE quote_id = %s"
    assert attack(forged, [quote.pk], by=visit.desk) != DONE
    me = visit.clinic.patient_actor()
    assert attack("INSERT INTO quotes_bundle (id) VALUES (gen_random_uuid())", by=me) == "42501"


def test_all_of_it_is_billed_once_and_the_deposit_pays_its_part(visit):
    sent = actions.send(bundled(visit).pk, by=visit.desk)
    quote = actions.accept(sent.pk, signing(visit, sent), by=visit.desk)
    paid(visit, quote)
    bill = billing.finalize(actions.bill_quote(quote.pk, by=visit.desk).pk, by=visit.desk)
    with acting_as(visit.clinic.system):
        bill = bills.bill(bill.pk, seen_by=visit.clinic.system)
        assert (bill.total, bill.allocated) == (quote.total, quote.deposit_due)
    with pytest.raises(Clash, match="on a bill already"):
        actions.bill_quote(quote.pk, by=visit.desk)


def test_a_part_that_is_given_up_withdraws_the_quote_that_waits(visit):
    sent = actions.send(bundled(visit).pk, by=visit.desk)
    planning.cancel(bookable(visit, sent)[1].pk, reason="Not now", by=visit.doctor)
    assert now(visit, sent).status == "REJECTED"


def test_what_a_bundle_must_say_and_who_may_make_one(visit):
    owner = visit.clinic.owner
    whole = details(visit)
    for wrong, match in (
        (replace(whole, name=" "), "name"),
        (replace(whole, price=Decimal(5)), "One of the two"),
        (replace(whole, percent=Decimal(0)), "above 0"),
        (replace(whole, parts=whole.parts[:1]), "between 2"),
        (replace(whole, parts=(replace(whole.parts[0], interval_days=None), whole.parts[1])), "Part 1: a series"),
    ):
        with pytest.raises(Invalid, match=match):
            actions.add_bundle(wrong, by=owner)
    for who in (visit.desk, visit.nurse):
        with pytest.raises(NotPermitted):
            actions.add_bundle(whole, by=who)
    made = actions.add_bundle(whole, by=owner)
    with pytest.raises(Clash, match="of this name"):
        actions.add_bundle(whole, by=owner)
    consultation = decided(visit)
    with pytest.raises(NotPermitted):
        actions.plan_bundle(consultation.pk, made.pk, by=visit.nurse)
    actions.change_bundle(made.pk, replace(whole, name="Together"), by=owner)
    actions.retire_bundle(made.pk, by=owner)
    with pytest.raises(NotReady, match="offered no more"):
        actions.plan_bundle(consultation.pk, made.pk, by=visit.doctor)
    with acting_as(visit.clinic.system):
        assert Bundle.objects.count() == 1 and Consultation.objects.get(pk=consultation.pk).plans.count() == 0


def test_it_is_made_on_a_page_planned_in_a_consultation_and_read_by_others(visit):
    owner, doctor = client(visit, visit.clinic.owner), client(visit, visit.doctor)
    service = str(visit.clinic.consult.pk)
    form = {
        "name": "Mommy makeover",
        "price": "",
        "percent": "10",
        "parts-TOTAL_FORMS": "3",
        "parts-INITIAL_FORMS": "0",
    }
    for place in range(3):
        form |= {f"parts-{place}-{name}": "1" for name in ("quantity", "session_count")}
        form |= {f"parts-{place}-plan_type": "SURGICAL", f"parts-{place}-service": service if place else ""}
    assert owner.post("/quotes/bundles/new", {**form, "price": "5"}).status_code == 422
    assert owner.post("/quotes/bundles/new", form).status_code == 303
    assert "Mommy makeover" in owner.get("/quotes/bundles").content.decode()
    with acting_as(visit.clinic.system):
        pk = Bundle.objects.get().pk
    assert owner.get(f"/quotes/bundles/{pk}").status_code == 200
    consultation = decided(visit).pk
    assert "Plan it" in doctor.get(f"/consultations/{consultation}").content.decode()
    at = doctor.post(f"/consultations/{consultation}/bundles/{pk}")["Location"]
    quote = doctor.get(f"/api{at}").json()
    (option,) = quote["options"]
    assert len({line["plan_id"] for line in option["lines"]}) == 2
    assert "is for this one" in doctor.get(f"/plans/{option['lines'][1]['plan_id']}").content.decode()
    body = {"name": "Two", "price": "900.00", "parts": [{"service_id": service}] * 2}
    made = owner.post("/api/bundles", body, content_type="application/json")
    assert made.status_code == 201, made.content
    changed = owner.put(f"/api/bundles/{made.json()['id']}", {**body, "name": "2"}, content_type="application/json")
    assert changed.json()["name"] == "2"
    planned = doctor.post(f"/api/bundles/{pk}/plan", {"consultation_id": consultation}, content_type="application/json")
    assert planned.status_code == 201, planned.content
    assert owner.delete(f"/api/bundles/{pk}").json()["is_offered"] is False
    assert doctor.delete(f"/api/bundles/{pk}").status_code == 403


@pytest.mark.parametrize(
    ("table", "change", "guard"),
    [
        ("quotes_bundle", "price = 5", "quotes_bundle_one_price"),
        ("quotes_bundle", "percent = NULL", "quotes_bundle_one_price"),
        ("quotes_bundle", "name = ''", "quotes_bundle_named"),
        ("quotes_bundlepart", "interval_days = NULL WHERE plan_type = 'SERIES'", "quotes_bundlepart_sessions"),
        ("quotes_bundlepart", "session_count = 4 WHERE plan_type = 'SURGICAL'", "quotes_bundlepart_sessions"),
        ("quotes_bundlepart", "quantity = 0", "quotes_bundlepart_counts"),
        ("quotes_bundlepart", "service_id = bundle_id", "quotes_bundlepart_service_here"),
    ],
)
def test_what_the_tables_hold(visit, table, change, guard):
    actions.add_bundle(details(visit), by=visit.clinic.owner)
    said = attack(f"UPDATE {table} SET {change}", by=visit.clinic.owner)  # our own words
    assert said == guard
