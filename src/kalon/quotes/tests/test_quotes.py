"""A quote from a plan to the patient's signature, its versions, and the gate it stands before."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from kalon.billing import actions as billing
from kalon.billing import queries as bills
from kalon.kernel import clock
from kalon.kernel.errors import Clash, IllegalMove, Invalid, NotFound, NotPermitted, NotReady, Stale
from kalon.kernel.tenancy import acting_as
from kalon.plans import actions as plans
from kalon.plans.tests.told import approved, book, planned
from kalon.plans.tests.told import now as plan_now
from kalon.quotes import actions, queries
from kalon.quotes.actions import DefaultLine, LineDetails, PolicyDetails, Terms
from kalon.quotes.models import Quote
from kalon.quotes.tests.told import STROKES, ZONE, accepted, drafted, later, now, paid, sent, signing

TODAY = date(2026, 11, 24)


def test_a_draft_is_made_from_the_plan_with_what_usually_comes_with_it(visit):
    service = visit.clinic.consult
    theatre = DefaultLine(section="FACILITY", description="Theatre", unit_price=Decimal(9000))
    actions.set_defaults(service.pk, [theatre], by=visit.clinic.owner)
    quote = drafted(visit, plan_type="SERIES")
    with acting_as(visit.desk):
        offered = queries.offered(quote)
        assert quote.number is None and quote.version == 1
        assert [(line.section, line.quantity) for line in offered[0].lines] == [("PROCEDURE", 3), ("FACILITY", 1)]
        option = offered[0].option
        assert option.total == sum(line.total for line in offered[0].lines) > 9000
        assert option.deposit_due == round(option.total * 20 / 100, 2)
    with pytest.raises(Clash, match="draft quote already"):
        actions.draft_quote(quote.plan_id, by=visit.desk)


def test_a_quote_is_changed_until_it_is_sent_and_never_after(visit):
    quote = drafted(visit)
    with acting_as(visit.desk):
        first = quote.options.get()
    second = actions.add_option(quote.pk, title="With home care", like=first.pk, by=visit.desk)
    extra = LineDetails(section="OTHER", description="Sunscreen", unit_price=Decimal("1200.50"))
    line = actions.add_line(second.pk, extra, by=visit.desk)
    actions.change_line(
        line.pk, LineDetails(section="OTHER", description="Serum", unit_price=Decimal(500)), by=visit.desk
    )
    with acting_as(visit.desk):
        one, two = queries.offered(quote)
        assert two.option.total - one.option.total == 500
    with pytest.raises(Invalid, match="Write why there is a discount"):
        actions.add_line(
            second.pk, LineDetails(description="Cream", unit_price=Decimal(10), discount=Decimal(1)), by=visit.desk
        )
    actions.set_terms(
        quote.pk, Terms(valid_until=TODAY + timedelta(days=10), deposit_amount=Decimal(700)), by=visit.desk
    )
    done = actions.send(quote.pk, by=visit.desk)
    assert done.number == f"Q-{visit.clinic.branch.code}-2026-0001"
    for change in (
        lambda: actions.add_line(second.pk, extra, by=visit.desk),
        lambda: actions.remove_line(line.pk, by=visit.desk),
        lambda: actions.add_option(quote.pk, title="Third", by=visit.desk),
        lambda: actions.set_terms(quote.pk, Terms(valid_until=TODAY), by=visit.desk),
    ):
        with pytest.raises(IllegalMove, match="Make a new version"):
            change()


def test_an_accepted_quote_and_its_deposit_let_the_plan_be_booked(visit):
    plan = approved(visit, "SERIES")
    with acting_as(visit.desk):
        session = plan.follow_ups.get()
    with pytest.raises(NotReady, match="has not accepted a quote"):
        book(visit, session, day=TODAY, kind="SESSION")
    quote = accepted(visit, plan)
    assert quote.status == "ACCEPTED" and quote.total and quote.deposit_due
    with acting_as(visit.desk):
        assert not queries.deposit_met(quote, seen_by=visit.desk)
    with pytest.raises(NotReady, match="deposit for this plan is not paid"):
        book(visit, session, day=TODAY, kind="SESSION")
    paid(visit, quote)
    with acting_as(visit.desk):
        assert queries.deposit_met(quote, seen_by=visit.desk)
    book(visit, session, day=TODAY, kind="SESSION")
    assert plan_now(visit, plan).status == "SCHEDULED"


def test_a_single_treatment_may_be_taken_at_once_unless_its_quote_asks_a_deposit(visit):
    plan = approved(visit, "NON_SURGICAL")
    with acting_as(visit.desk):
        assert queries.missing(plan.pk) == ""
    accepted(visit, plan)
    with pytest.raises(NotReady, match="deposit"):
        book(visit, plan, day=TODAY, kind="SESSION")
    actions.waive_money(plan.pk, "Free revision", by=visit.clinic.owner)
    book(visit, plan, day=TODAY, kind="SESSION")


def test_the_owner_decides_what_is_asked(visit):
    plan = approved(visit, "NON_SURGICAL")
    wish = PolicyDetails(asked_for=["NON_SURGICAL"], deposit_percent=Decimal(0), hold_days=30)
    with pytest.raises(NotPermitted):
        actions.set_policy(wish, by=visit.desk)
    actions.set_policy(wish, by=visit.clinic.owner)
    with acting_as(visit.desk):
        assert queries.missing(plan.pk) == "quote"
    quote = accepted(visit, plan)
    with acting_as(visit.desk):
        assert quote.deposit_due == 0 and queries.missing(plan.pk) == ""
        with clock.at(clock.now() + timedelta(days=31)):
            assert queries.missing(plan.pk) == ""  # held_until counts from the later of both days
    with later(40), acting_as(visit.desk):
        assert queries.missing(plan.pk) == "lapsed"


def test_a_reconstructive_plan_asks_nothing_until_the_patient_signs_to_pay_themselves(visit):
    plan = approved(visit, "SERIES", money_type="RECONSTRUCTIVE")
    with acting_as(visit.desk):
        assert queries.missing(plan.pk) == ""
        quote = actions.draft_quote(plan.pk, by=visit.desk)
        assert quote.options.get().total == 0 and quote.options.get().insurer_total > 0
    with pytest.raises(Invalid, match="why no insurer"):
        actions.sign_self_pay(plan.pk, actions.Signing(strokes=STROKES), by=visit.desk)
    actions.sign_self_pay(plan.pk, actions.Signing(strokes=STROKES, note="No policy"), by=visit.desk)
    with acting_as(visit.desk):
        assert queries.missing(plan.pk) == "quote"
    with pytest.raises(Clash):
        actions.sign_self_pay(plan.pk, actions.Signing(strokes=STROKES, note="No policy"), by=visit.desk)


def test_a_changed_quote_is_a_new_version_and_the_old_one_is_over(visit):
    first = sent(visit)
    second = actions.new_version(first.pk, by=visit.desk)
    assert (second.version, second.replaces_id) == (2, first.pk)
    second = actions.send(second.pk, by=visit.desk)
    assert second.number == first.number and now(visit, first).status == "EXPIRED"
    with pytest.raises(IllegalMove, match="old version"):
        actions.accept(first.pk, signing(visit, first), by=visit.desk)
    second = actions.accept(second.pk, signing(visit, second), by=visit.desk)
    third = actions.send(actions.new_version(second.pk, by=visit.desk).pk, by=visit.desk)
    assert now(visit, second).stands  # until the patient agrees to the new one
    actions.accept(third.pk, signing(visit, third), by=visit.desk)
    assert now(visit, second).superseded_at is not None
    with acting_as(visit.desk):
        assert queries.accepted_for(third.plan_id, seen_by=visit.desk) == third


def test_a_quote_is_not_accepted_after_its_day_nor_from_another_screen(visit):
    quote = sent(visit)
    with pytest.raises(Stale):
        actions.accept(quote.pk, signing(visit, quote, words="0" * 64), by=visit.desk)
    with pytest.raises(Invalid, match="Choose one"):
        actions.accept(quote.pk, signing(visit, quote, option_id=quote.pk), by=visit.desk)
    with pytest.raises(Invalid, match="too little"):
        actions.accept(quote.pk, signing(visit, quote, strokes=[[[1, 1, 0], [2, 2, 1]]]), by=visit.desk)
    with pytest.raises(Invalid, match="on paper"):
        actions.accept(quote.pk, signing(visit, quote, strokes=None, name="A Person", on_paper=True), by=visit.desk)
    with later(31), pytest.raises(NotReady, match="valid until"):
        actions.accept(quote.pk, signing(visit, quote), by=visit.desk)
    with later(31):
        assert actions.expire_due(by=visit.clinic.system) == 1
    assert now(visit, quote).status == "EXPIRED"


def test_a_price_changed_after_the_quote_changes_nothing_of_it(visit):
    from kalon.catalog import actions as catalog

    quote = sent(visit)
    with acting_as(visit.desk):
        before = queries.offered(quote)[0].option.total
    with acting_as(visit.clinic.owner):
        service = visit.clinic.consult
        service.price = service.price * 2
        service.save()
    assert catalog
    quote = actions.accept(quote.pk, signing(visit, quote), by=visit.desk)
    assert quote.total == before


def test_who_may_not_is_refused_and_nothing_changes(visit):
    quote = drafted(visit)
    nurse = visit.nurse
    for attempt in (
        lambda: actions.draft_quote(quote.plan_id, by=nurse),
        lambda: actions.send(quote.pk, by=nurse),
        lambda: actions.withdraw(quote.pk, "No", by=nurse),
        lambda: actions.accept(quote.pk, actions.Signing(), by=nurse),
        lambda: actions.reject(quote.pk, "No", by=nurse),
        lambda: actions.waive_money(quote.plan_id, "Free", by=visit.desk),
        lambda: actions.set_defaults(visit.clinic.consult.pk, [], by=visit.desk),
    ):
        with pytest.raises((NotPermitted, NotFound)):
            attempt()
    assert now(visit, quote).status == "DRAFT"


def test_a_patient_reads_accepts_and_declines_their_own_quotes_only(visit):
    quote = drafted(visit)
    me, other = visit.clinic.patient_actor(), visit.clinic.patient_actor(visit.clinic.other_patient)
    with acting_as(me), pytest.raises(NotFound):
        actions.open_quote(quote.pk, by=me)
    quote = actions.send(quote.pk, by=visit.desk)
    with pytest.raises(NotFound):
        actions.open_quote(quote.pk, by=other)
    assert actions.open_quote(quote.pk, by=me).opened_at is not None
    question = actions.ask(quote.pk, "Is the review included?", by=me)
    actions.answer(question.pk, "Yes, for a year.", by=visit.desk)
    with pytest.raises(Clash):
        actions.answer(question.pk, "No.", by=visit.desk)
    done = actions.accept(quote.pk, signing(visit, quote), by=me)
    with acting_as(me):
        signed = queries.acceptance_of(done)
        assert signed and signed.name == done.patient.name and signed.place == "On the patient's own pages"
    with pytest.raises(IllegalMove):
        actions.reject(quote.pk, "Too dear", by=me)


def test_a_cancelled_plan_closes_its_quotes(visit):
    quote = sent(visit)
    plans.cancel(quote.plan_id, reason="Changed her mind", by=visit.doctor)
    closed = now(visit, quote)
    assert closed.status == "REJECTED" and "cancelled" in closed.rejection


def test_it_is_reminded_of_once(visit):
    sent(visit)
    system = visit.clinic.system
    assert actions.to_remind(by=system) == []
    with later(28):
        (pk,) = actions.to_remind(by=system)
        actions.remind(pk, by=system)
        assert not actions.remind(pk, by=system)
        assert actions.to_remind(by=system) == []


def test_a_plan_without_lines_is_not_quoted(visit):
    plan = planned(visit, "SERIES", lines=(), title="Peels")
    with pytest.raises(NotReady, match="no line yet"):
        actions.draft_quote(plan.pk, by=visit.desk)
    with acting_as(visit.desk):
        assert not Quote.objects.exists() and clock.today(ZONE) == TODAY


def test_what_was_accepted_is_billed_once_at_the_agreed_price_and_the_deposit_pays_its_part(visit):
    quote = accepted(visit)
    paid(visit, quote)
    draft = actions.bill_quote(quote.pk, by=visit.desk)
    bill = billing.finalize(draft.pk, by=visit.desk)
    with acting_as(visit.clinic.system):
        shown = bills.bill(bill.pk, seen_by=visit.clinic.system)
        assert (shown.total, shown.allocated) == (quote.total, quote.deposit_due)
        assert set(shown.lines.values_list("plan_id", "doctor_id")) == {(quote.plan_id, visit.clinic.doctor.pk)}
    with pytest.raises(Clash, match="on a bill already"):
        actions.bill_quote(quote.pk, by=visit.desk)
    billing.void_bill(bill.pk, "Wrong day", by=visit.clinic.owner)
    assert actions.bill_quote(quote.pk, by=visit.desk).status == "DRAFT"


def test_what_nobody_accepted_is_not_billed_nor_by_whom_may_not(visit):
    quote = sent(visit)
    with pytest.raises(IllegalMove, match="accepted"):
        actions.bill_quote(quote.pk, by=visit.desk)
    actions.accept(quote.pk, signing(visit, quote), by=visit.desk)
    with pytest.raises(NotPermitted):
        actions.bill_quote(quote.pk, by=visit.nurse)


def test_the_visit_that_carries_a_plan_out_costs_what_was_accepted_and_nothing_beside_it(visit):
    quote = accepted(visit, plan_type="NON_SURGICAL")
    paid(visit, quote)
    session = book(visit, plan_now(visit, quote.plan), day=TODAY + timedelta(days=7), kind="SESSION")
    own = billing.draft_for_appointment(session.pk, by=visit.clinic.owner)
    with acting_as(visit.clinic.system):
        (line,) = own.lines.all()
        assert (line.total, line.note, line.plan_id) == (0, f"In quote {quote.number}", quote.plan_id)
        left = bills.charges.of_visit(session, seen_by=visit.clinic.system)
        assert sum(charge.quantity * charge.unit_price for charge in left) > 0
        assert {charge.plan_id for charge in left} == {quote.plan_id}
    billing.finalize(actions.bill_quote(quote.pk, by=visit.desk).pk, by=visit.desk)
    with acting_as(visit.clinic.system):
        assert bills.charges.of_visit(session, seen_by=visit.clinic.system) == []
