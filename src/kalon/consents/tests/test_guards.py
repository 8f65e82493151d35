"""The database's side: every pair of states by raw SQL, the frozen words, the seal, signatures, other people's rows."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from kalon.consents import actions
from kalon.consents.actions import Role, Terms
from kalon.consents.lifecycles import CONSENT, VERSION, Status, VersionStatus
from kalon.consents.models import Consent
from kalon.consents.tests.conftest import Office
from kalon.kernel.constraints import broken_constraint
from kalon.kernel.tenancy import acting_as

DENIED = r"permission denied|must be owner"
FINGERPRINT = "repeat('a', 64)"
# What each state's row needs beside its status, where the arrow asks for it.
WITH = {
    "SIGNED": f", signed_at = kalon_now(), seal_sha256 = {FINGERPRINT}, valid_until = kalon_now() - interval '1 s'",
    "REVOKED": ", revoked_at = kalon_now()",
}
# Which of the rules speaks first is a matter of their names; what has no arrow is refused by one of them.
NO_ARROW = tuple(f"consents_consent_{rule}" for rule in ("status_moves", "sealed", "frozen", "all_signed", "expires"))
WAYS: dict[str, list[str]] = {
    "PRESENTED": [],
    "PARTIALLY_SIGNED": ["PARTIALLY_SIGNED"],
    "SIGNED": ["PARTIALLY_SIGNED", "SIGNED"],
    "REVOKED": ["PARTIALLY_SIGNED", "SIGNED", "REVOKED"],
    "EXPIRED": ["PARTIALLY_SIGNED", "SIGNED", "EXPIRED"],
    "VOIDED": ["VOIDED"],
}


def sql(statement: str, *values: Any) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.rowcount


@contextmanager
def refused(*constraints: str) -> Iterator[None]:
    with pytest.raises(DatabaseError) as error, transaction.atomic():
        yield
    assert broken_constraint(error.value.__cause__) in constraints, error.value


def step(consent: Consent, status: str) -> int:
    return sql(f"UPDATE consents_consent SET status = %s{WITH.get(status, '')} WHERE id = %s", status, consent.pk)


def signature_like(pk: Any, **changes: Any) -> int:
    """A signature like another, with these changes, written in plain SQL."""
    built = "".join(f", '{column}', %s::text" for column in changes)
    return sql(
        "INSERT INTO consents_signature SELECT (jsonb_populate_record(one, jsonb_build_object('id', "
        f"gen_random_uuid(){built}))).* FROM consents_signature AS one WHERE consent_id = %s LIMIT 1",
        *changes.values(), pk,
    )  # fmt: skip


@pytest.fixture
def half(office: Office) -> Consent:
    """A consent under which the patient has signed and a member of staff has not."""
    consent = office.opened("RECORDING")
    return actions.sign(consent.pk, office.hand(consent), by=office.nurse)


def test_every_pair_of_states(office: Office):
    """With everybody's signature there, so that only the arrows decide."""
    arrows = {(str(source), str(move.target)) for move in CONSENT.moves for source in move.source}
    consent = office.opened("RECORDING")
    held = set()
    with acting_as(office.nurse):
        sql("SELECT set_config('kalon.reason', 'test', true)")
        for source, way in WAYS.items():
            for target in Status.values:
                if source == target:
                    continue
                point = transaction.savepoint()
                _everybody_signs(office, consent)
                for status in way:
                    assert step(consent, status) == 1
                if (source, target) in arrows:
                    assert step(consent, target) == 1
                    held.add((source, target))
                else:
                    with refused(*NO_ARROW):
                        step(consent, target)
                transaction.savepoint_rollback(point)
    assert held == {pair for pair in arrows if pair[0] != "DRAFT"}


@pytest.mark.parametrize("target", [state for state in Status.values if state != "DRAFT"])
def test_every_step_from_a_draft(office: Office, target: str):
    draft = office.prepared()
    with acting_as(office.nurse):
        sql("SELECT set_config('kalon.reason', 'test', true)")
        if target == "VOIDED":
            assert step(draft, target) == 1
        else:  # also PRESENTED: nothing is put before a patient without its words
            with refused(*NO_ARROW):
                step(draft, target)


def test_every_pair_of_states_of_a_version(office: Office):
    arrows = {(str(source), str(move.target)) for move in VERSION.moves for source in move.source}
    draft = actions.begin_version(office.in_use["MARKETING"].template_id, by=office.owner)
    actions.withdraw(office.in_use["MARKETING"].pk, "Not now", by=office.owner)
    ways = {"DRAFT": [], "PUBLISHED": ["PUBLISHED"], "WITHDRAWN": ["WITHDRAWN"]}
    named = {"PUBLISHED": ", published_at = kalon_now(), published_by = 'x'"}

    def go(status: str) -> int:
        return sql(f"UPDATE consents_version SET status = %s{named.get(status, '')} WHERE id = %s", status, draft.pk)

    with acting_as(office.owner):
        sql("SELECT set_config('kalon.reason', 'test', true)")
        for source, way in ways.items():
            for target in VersionStatus.values:
                if source == target:
                    continue
                point = transaction.savepoint()
                for status in way:
                    assert go(status) == 1
                if (source, target) in arrows:
                    assert go(target) == 1
                else:
                    with refused("consents_version_status_moves", "consents_version_sealed"):
                        go(target)
                transaction.savepoint_rollback(point)


def test_nothing_is_signed_before_everybody_signed(office: Office, half: Consent):
    with acting_as(office.nurse), refused("consents_consent_all_signed"):
        step(half, "SIGNED")
    bare = office.opened("DATA_PROCESSING")
    with acting_as(office.nurse):
        for status in ("PARTIALLY_SIGNED", "SIGNED"):
            with refused("consents_consent_all_signed"):
                step(bare, status)


def test_nothing_expires_before_its_time(office: Office):
    done = office.signed()
    endless = office.signed("DATA_PROCESSING")
    with acting_as(office.nurse):
        for consent in (done, endless):
            with refused("consents_consent_expires"):
                step(consent, "EXPIRED")


SEALED_CHANGES = (
    "content = '\\x00'::bytea", f"content_sha256 = {FINGERPRINT}", f"seal_sha256 = {FINGERPRINT}", "language = 'hi'",
    "signed_at = now()", "valid_until = now() + interval '50 years'", "signers = '{STAFF}'", "opened_at = now()",
    "number = 'X'", "kind = 'MARKETING'", "presented_by = 'Somebody'",
)  # fmt: skip
CHANGED_WORDS = tuple(one for one in SEALED_CHANGES if not one.startswith(("signed_at", "valid_", "seal")))


@pytest.mark.parametrize("change", SEALED_CHANGES)
def test_what_was_signed_stays_to_the_letter(office: Office, change: str):
    done = office.signed()
    actions.revoke(done.pk, "No more", by=office.nurse)
    again = office.signed()
    with acting_as(office.nurse):
        for consent in (done, again):
            with refused("consents_consent_sealed", "consents_consent_frozen", "consents_consent_in_turn"):
                sql(f"UPDATE consents_consent SET {change} WHERE id = %s", consent.pk)


def test_what_lies_before_a_patient_changes_by_its_language_only(office: Office):
    shown = office.presented()
    with acting_as(office.nurse):
        for change in CHANGED_WORDS[:2]:
            with refused("consents_consent_frozen"):
                sql(f"UPDATE consents_consent SET {change} WHERE id = %s", shown.pk)
    same = actions.change_language(shown.pk, shown.language, by=office.nurse)
    assert same.content_sha256 == shown.content_sha256
    assert actions.change_language(shown.pk, "hi", by=office.nurse).content_sha256 != shown.content_sha256


@pytest.mark.parametrize("change", CHANGED_WORDS)
def test_under_the_first_signature_the_words_stay(office: Office, half: Consent, change: str):
    with acting_as(office.nurse), refused("consents_consent_frozen"):
        sql(f"UPDATE consents_consent SET {change} WHERE id = %s", half.pk)


@pytest.mark.parametrize(
    "change", ["signed_at = now()", f"seal_sha256 = {FINGERPRINT}", "revoked_at = now()", "valid_until = now()"]
)
def test_an_end_is_not_written_without_its_step(office: Office, half: Consent, change: str):
    with acting_as(office.nurse), refused("consents_consent_in_turn"):
        sql(f"UPDATE consents_consent SET {change} WHERE id = %s", half.pk)


def test_a_signature_is_never_changed_or_removed(office: Office, half: Consent):
    done = office.signed("PHOTOGRAPHY")
    with acting_as(office.nurse):
        for consent in (half, done):
            for statement in (
                "UPDATE consents_signature SET name = '\\x00'::bytea WHERE consent_id = %s",
                "DELETE FROM consents_signature WHERE consent_id = %s",
            ):
                with pytest.raises(DatabaseError, match=DENIED), transaction.atomic():
                    sql(statement, consent.pk)
        for table in ("consents_signature", "consents_consent", "consents_version"):
            with pytest.raises(DatabaseError, match=DENIED), transaction.atomic():
                sql(f"TRUNCATE {table} CASCADE")


def test_a_signature_is_put_only_under_open_words_that_were_shown(office: Office, half: Consent):
    done = office.signed("PHOTOGRAPHY")
    with acting_as(office.nurse):
        with refused("consents_signature_while_open"):
            signature_like(done.pk, role="STAFF")
        with refused("consents_signature_asked"):
            signature_like(half.pk, role="WITNESS")
        with refused("consents_signature_same_words"):
            signature_like(half.pk, role="STAFF", content_sha256="b" * 64)
        with refused("consents_signature_once"):
            signature_like(half.pk)
        with refused("consents_signature_moment"):
            signature_like(half.pk, role="STAFF", signed_at="2020-01-01 00:00:00+00")
        with refused("consents_signature_own_account"):
            signature_like(half.pk, role="STAFF", user_id=str(office.doctor.user_id))
        assert signature_like(half.pk, role="STAFF") == 1
        unread = _presented(office)
        with refused("consents_signature_while_open"):
            signature_like(half.pk, role="PATIENT", consent_id=str(unread.pk), content_sha256=unread.content_sha256)


def test_what_is_presented_is_published(office: Office):
    draft = office.prepared()
    fresh = actions.begin_version(office.in_use["PHOTOGRAPHY"].template_id, by=office.owner)
    with acting_as(office.nurse):
        words = f"content_sha256 = {FINGERPRINT}, content = '\\x00'::bytea, presented_at = kalon_now()"
        text = "(SELECT id FROM consents_text WHERE version_id = %s AND language = 'en')"
        with refused("consents_consent_published"):
            sql(
                f"UPDATE consents_consent SET status = 'PRESENTED', {words}, version_id = %s, text_id = {text} "
                "WHERE id = %s", fresh.pk, fresh.pk, draft.pk,
            )  # fmt: skip


def test_the_database_takes_no_consent_of_a_kind_that_hangs_from_something_else(office: Office):
    draft = office.prepared()
    with acting_as(office.nurse), refused("consents_consent_frozen", "consents_consent_hangs_from"):
        sql("UPDATE consents_consent SET kind = 'PROCEDURE' WHERE id = %s", draft.pk)
    with acting_as(office.nurse), refused("consents_consent_hangs_from"):
        sql(
            "INSERT INTO consents_consent SELECT (jsonb_populate_record(one, jsonb_build_object('id', "
            "gen_random_uuid(), 'kind', 'PROCEDURE', 'number', 'X'))).* FROM consents_consent AS one WHERE id = %s",
            draft.pk,
        )


def test_published_words_are_sealed(office: Office):
    version = office.in_use["PHOTOGRAPHY"]
    with acting_as(office.owner):
        for statement in (
            "UPDATE consents_text SET body = 'Other' WHERE version_id = %s",
            "DELETE FROM consents_text WHERE version_id = %s",
        ):
            with refused("consents_text_sealed"):
                sql(statement, version.pk)
        with refused("consents_version_sealed"):
            sql("UPDATE consents_version SET valid_months = 99 WHERE id = %s", version.pk)
    empty = actions.add_template("MARKETING", "Empty", Terms(), by=office.owner)
    with acting_as(office.owner), refused("consents_version_with_words"):
        sql(
            "UPDATE consents_version SET status = 'PUBLISHED', published_at = now(), published_by = 'x' WHERE id = %s",
            empty.pk,
        )


def test_a_signature_of_another_patient_is_not_taken(office: Office, half: Consent):
    broken = pytest.raises(DatabaseError, match="consents_signature_of_patient")
    with acting_as(office.nurse), broken, transaction.atomic():
        signature_like(half.pk, role="STAFF", patient_id=str(office.child.pk))
        sql("SET CONSTRAINTS ALL IMMEDIATE")


def test_the_role_of_patients_reaches_its_own_rows_and_its_own_steps(office: Office):
    mine, other = office.opened("RECORDING"), office.opened("PHOTOGRAPHY", of=office.child)
    draft = office.prepared("MARKETING")
    ananya = office.account(office.patient)
    actions.sign(mine.pk, office.hand(mine), by=ananya)
    with acting_as(ananya):
        sql("SELECT set_config('kalon.reason', 'test', true)")
        assert step(other, "VOIDED") == 0  # not there for them
        assert step(draft, "VOIDED") == 0
        with refused("consents_consent_by_patient"):
            step(mine, "VOIDED")
        with refused("consents_signature_own_account"):
            signature_like(mine.pk, role="STAFF")
        with pytest.raises(DatabaseError, match=DENIED), transaction.atomic():
            sql("UPDATE consents_version SET needs_witness = false")
        with pytest.raises(DatabaseError, match=DENIED), transaction.atomic():
            sql("DELETE FROM consents_consent")
        with connection.cursor() as cursor:
            for table, seen in (("consents_consent", 1), ("consents_signature", 1)):
                cursor.execute(f"SELECT count(*) FROM {table}")
                assert cursor.fetchone()[0] == seen


def _presented(office: Office) -> Consent:
    return office.presented("DATA_PROCESSING")


def _everybody_signs(office: Office, consent: Consent) -> None:
    """The rows of all signatures, with nothing moved by them."""
    for role, name in ((Role.PATIENT, office.patient.name), (Role.STAFF, "Asha Jacob")):
        actions.signing._write(consent, office.hand(consent, role, name=name), office.nurse)
