"""The database's side: every pair of states by raw SQL, seals, forged columns, the gate, the portal's role."""

import pytest
from django.db import DatabaseError, connection, transaction

from kalon.billing.tests.sql import DONE, attack
from kalon.kernel.tenancy import acting_as
from kalon.plans.tests.told import approved, sql
from kalon.quotes import actions
from kalon.quotes.lifecycles import QUOTE, QuoteStatus
from kalon.quotes.tests.told import accepted, drafted, later, paid, sent, signing

FILLED = {
    "SENT": ", number = 'Q-1', serial = 1, year = 2026, sent_at = now(), content_sha256 = repeat('a', 64)",
    "ACCEPTED": ", chosen_option_id = (SELECT id FROM quotes_quoteoption WHERE quote_id = quotes_quote.id)",
    "REJECTED": ", rejected_at = now()",
    "EXPIRED": "",
}


def walked(visit, quote, status):
    """The quote set into a state along its way in plain SQL, as the app role."""
    sql("SELECT set_config('kalon.reason', 'test', true)")
    if status != "DRAFT":
        moved(quote, "SENT")
    if status == "ACCEPTED":
        signed(visit, quote)
    if status not in ("DRAFT", "SENT"):
        moved(quote, status)


def moved(quote, status):
    return sql(f"UPDATE quotes_quote SET status = %s{FILLED.get(status, '')} WHERE id = %s", status, quote.pk)


def signed(visit, quote):
    sql(
        "INSERT INTO quotes_acceptance (id, created_at, organization_id, patient_id, quote_id, option_id, name, method,"
        " note, content_sha256, signed_at, user_id, account, place) SELECT gen_random_uuid(), now(), organization_id,"
        " patient_id, quote_id, id, ''::bytea, 'TYPED', ''::bytea, repeat('a', 64), now(), %s, ''::bytea, ''"
        " FROM quotes_quoteoption WHERE quote_id = %s",
        visit.desk.user_id,
        quote.pk,
    )


def test_every_pair_of_states(visit):
    quote = drafted(visit)
    arrows = {(str(source), str(move.target)) for move in QUOTE.moves for source in move.source}
    held = set()
    with acting_as(visit.desk):
        for source in QuoteStatus.values:
            for target in QuoteStatus.values:
                if source == target:
                    continue
                point = transaction.savepoint()
                try:
                    if source == "EXPIRED":
                        with_superseded(quote)
                    else:
                        walked(visit, quote, source)
                    if target == "ACCEPTED" and source == "SENT":
                        signed(visit, quote)
                    if target == "EXPIRED":
                        sql("UPDATE quotes_quote SET superseded_at = NULL WHERE id = %s", quote.pk)
                    moved(quote, target)
                    held.add((source, target))
                except DatabaseError:
                    pass
                transaction.savepoint_rollback(point)
    # a quote that still stands does not expire: that arrow is drawn for one whose day has passed, see below
    assert held == arrows - {("SENT", "EXPIRED")}


def with_superseded(quote):
    raise DatabaseError("nothing leaves EXPIRED: see the test below")


def test_only_a_quote_whose_day_has_passed_expires_and_nothing_leaves_that(visit):
    quote = sent(visit)
    expire = "UPDATE quotes_quote SET status = 'EXPIRED' WHERE id = %s"
    accept = "UPDATE quotes_quote SET status = 'ACCEPTED' WHERE id = %s"
    assert attack(expire, [quote.pk], by=visit.desk) == "quotes_quote_expires"
    with later(31):
        assert attack(accept, [quote.pk], by=visit.desk) == "quotes_quote_in_time"
        assert attack(expire, [quote.pk], by=visit.desk) == DONE
        actions.expire_due(by=visit.clinic.system)
        for status in ("DRAFT", "SENT", "ACCEPTED", "REJECTED"):
            assert (
                attack(f"UPDATE quotes_quote SET status = '{status}' WHERE id = %s", [quote.pk], by=visit.desk) != DONE
            )


def test_what_was_sent_stays_as_it_was_sent(visit):
    quote = sent(visit)
    for table, key, change in (
        ("quotes_quoteline", "quote_id", "unit_price = unit_price + 1"),
        ("quotes_quoteoption", "quote_id", "total = 1"),
        ("quotes_quote", "id", "valid_until = valid_until + 900"),
        ("quotes_quote", "id", "deposit_percent = 0"),
        ("quotes_quote", "id", "number = 'X'"),
    ):
        said = attack(f"UPDATE {table} SET {change} WHERE {key} = %s", [quote.pk], by=visit.desk)
        assert said.endswith(("_sealed", "_in_turn")), (table, change, said)
    assert attack("DELETE FROM quotes_quoteline WHERE quote_id = %s", [quote.pk], by=visit.desk).endswith("_sealed")


def test_an_accepted_quote_is_not_rewritten_and_its_signature_stays(visit):
    quote = accepted(visit)
    for change in ("total = 1", "deposit_due = 0", "held_until = '2099-01-01'", "accepted_at = now()"):
        said = attack(f"UPDATE quotes_quote SET {change} WHERE id = %s", [quote.pk], by=visit.desk)
        with acting_as(visit.clinic.system):
            before = quote.total
            quote.refresh_from_db()
            assert quote.total == before
        assert said in ("quotes_quote_in_turn", DONE) and (said != DONE or change.startswith(("total", "deposit")))
    assert attack("UPDATE quotes_quote SET superseded_at = now() WHERE id = %s", [quote.pk], by=visit.desk) == (
        "quotes_quote_in_turn"
    )
    changed = attack("UPDATE quotes_acceptance SET place = 'x' WHERE quote_id = %s", [quote.pk], by=visit.desk)
    assert changed in ("quotes_acceptance_stays", "42501")


def test_one_option_is_accepted_once(visit):
    draft = drafted(visit)
    second = actions.add_option(draft.pk, title="Another", like=first_of(visit, draft).pk, by=visit.desk)
    sent_out = actions.send(draft.pk, by=visit.desk)
    quote = actions.accept(sent_out.pk, signing(visit, sent_out), by=visit.desk)
    other = "UPDATE quotes_quote SET chosen_option_id = %s WHERE id = %s"
    assert attack(other, [second.pk, quote.pk], by=visit.desk) == "quotes_quote_in_turn"
    again = (
        "INSERT INTO quotes_acceptance SELECT (jsonb_populate_record(held, jsonb_build_object('id', gen_random_uuid(),"
        " 'option_id', %s::uuid))).* FROM quotes_acceptance held WHERE quote_id = %s"
    )
    assert attack(again, [second.pk, quote.pk], by=visit.desk) == "quotes_acceptance_while_sent"
    later_one = actions.send(actions.new_version(quote.pk, by=visit.desk).pk, by=visit.desk)
    actions.accept(later_one.pk, signing(visit, later_one), by=visit.desk)
    stands = "SELECT count(*) FROM quotes_quote WHERE plan_id = %s AND status = 'ACCEPTED' AND superseded_at IS NULL"
    with acting_as(visit.clinic.system), connection.cursor() as cursor:
        cursor.execute(stands, [quote.plan_id])
        assert cursor.fetchone() == (1,)


def first_of(visit, quote):
    with acting_as(visit.desk):
        return quote.options.get(position=1)


def test_a_quote_without_signature_is_not_accepted(visit):
    quote = sent(visit)
    accept = (
        "UPDATE quotes_quote SET status = 'ACCEPTED', chosen_option_id ="
        " (SELECT id FROM quotes_quoteoption WHERE quote_id = quotes_quote.id) WHERE id = %s"
    )
    assert attack(accept, [quote.pk], by=visit.desk) == "quotes_quote_signed"


def test_a_plan_is_not_booked_by_sql_while_its_money_is_not_in_order(visit):
    plan = approved(visit, "SERIES")
    book = "UPDATE plans_procedureplan SET status = 'SCHEDULED' WHERE id = %s"
    assert attack(book, [plan.pk], by=visit.desk) == "quotes_gate"
    quote = accepted(visit, plan)
    assert attack(book, [plan.pk], by=visit.desk) == "quotes_gate"
    paid(visit, quote, quote.deposit_due - 1)
    assert attack(book, [plan.pk], by=visit.desk) == "quotes_gate"
    paid(visit, quote, 1)
    with later(200):
        assert attack(book, [plan.pk], by=visit.desk) == "quotes_gate"
    assert attack(book, [plan.pk], by=visit.desk) == DONE


def test_a_patient_in_sql_reaches_their_own_quotes_and_only_decides(visit):
    quote = sent(visit)
    me = visit.clinic.patient_actor()
    other = visit.clinic.patient_actor(visit.clinic.other_patient)
    touch = "UPDATE quotes_quote SET opened_at = now() WHERE id = %s"
    assert attack(touch, [quote.pk], by=me) == DONE
    assert attack(touch, [quote.pk], by=other) == "nothing touched"
    for change in ("valid_until = valid_until + 1", "reminded_at = now()", "status = 'EXPIRED'"):
        assert attack(f"UPDATE quotes_quote SET {change} WHERE id = %s", [quote.pk], by=me) != DONE
    forged = "INSERT INTO quotes_moneywaiver (id) VALUES (gen_random_uuid())"
    assert attack(forged, by=me) == "42501"
    draft = actions.new_version(quote.pk, by=visit.desk)
    assert attack("UPDATE quotes_quote SET opened_at = now() WHERE id = %s", [draft.pk], by=me) == "nothing touched"


@pytest.mark.parametrize("change", ["taxable = taxable + 1", "total = total + 1", "quantity = 0", "discount = -1"])
def test_a_line_adds_up(visit, change):
    quote = drafted(visit)
    said = attack(f"UPDATE quotes_quoteline SET {change} WHERE quote_id = %s", [quote.pk], by=visit.desk)
    assert said.startswith("quotes_quoteline_")
