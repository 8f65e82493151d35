"""Files of a patient: kept encrypted, seen by whom they concern, verified, and gone for good when removed."""

from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from kalon.documents import actions, queries
from kalon.documents.actions import DocumentDetails
from kalon.documents.models import Document, Piece
from kalon.documents.tests import samples
from kalon.documents.tests.conftest import Place
from kalon.kernel import clock, crypto, erasure
from kalon.kernel.actors import Actor
from kalon.kernel.audit import AuditEvent
from kalon.kernel.constraints import broken_constraint, sqlstate
from kalon.kernel.errors import Clash, Invalid, NotFound, NotPermitted, Throttled
from kalon.kernel.models import ErasedKey
from kalon.kernel.tenancy import acting_as

BIG = samples.pdf(more=(b"<< /Length 3000000 >>\nstream\n" + bytes(range(256)) * 11719 + b"\nendstream",))


def read(document: Document, by: Actor) -> bytes:
    with acting_as(by):
        found = queries.document(document.pk, seen_by=by)
        return b"".join(queries.content(found, seen_by=by))


def attack(by: Actor, statement: str, *values: object) -> str:
    """Plain SQL as the application's role: what refused it, or "done"; undone either way."""
    with acting_as(by):
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement, values)
                touched = cursor.rowcount
                transaction.set_rollback(True)
        except DatabaseError as error:
            return broken_constraint(error.__cause__) or sqlstate(error.__cause__)
    return "done" if touched else "nothing touched"


def events(by: Actor, document: Document) -> list[tuple[str, str]]:
    with acting_as(by):
        rows = AuditEvent.objects.filter(subject_id=document.pk).order_by("id")
        return [(row.kind, row.purpose) for row in rows]


def test_what_was_added_is_read_back_whole_and_stands_nowhere_in_clear(place: Place):
    document = place.added(BIG)
    assert read(document, place.here.doctor) == BIG
    with acting_as(place.here.doctor):
        sealed = [bytes(row.sealed) for row in Piece.objects.filter(document_id=document.pk).order_by("number")]
    assert len(sealed) == 1 + 3, "a head and three pieces of a megabyte"
    assert all(b"Thyroid" not in piece and b"%PDF" not in piece and bytes(range(64)) not in piece for piece in sealed)


def test_the_content_opens_with_both_halves_of_its_key_only(place: Place):
    document = place.added()
    with acting_as(place.here.doctor):
        with pytest.raises(crypto.Tampered):
            pieces = BytesIO(b"".join(bytes(row.sealed) for row in Piece.objects.filter(document_id=document.pk)))
            list(crypto.unseal_chunks(pieces, document.data_key, queries.place(document), half=b"\0" * 32))
        erasure.erase(place.meera)
        found = queries.document(document.pk, seen_by=place.here.doctor)
        with pytest.raises(ValueError):
            list(queries.content(found, seen_by=place.here.doctor))


def test_a_piece_of_another_document_does_not_open(place: Place):
    one, other = place.added(), place.added(samples.pdf(text="Another"))
    with acting_as(place.here.doctor):
        queries.half_of(one)
        one.pk = other.pk
        with pytest.raises(crypto.Tampered):
            list(queries.content(one, seen_by=place.here.doctor))


@pytest.mark.parametrize("role", ["billing"])
def test_who_has_no_right_is_refused_and_nothing_changes(place: Place, role: str):
    document, by = place.added(), place.here.actors[role]
    refused: list[Any] = [
        lambda: place.added(samples.picture(), by=by),
        lambda: actions.verify(document.pk, DocumentDetails(kind="OTHER"), by=by),
        lambda: actions.remove(document.pk, "Wrong", by=by),
        lambda: actions.look(document.pk, purpose="curious", by=by),
        lambda: actions.download(document.pk, by=by),
        lambda: actions.remove(document.pk, "Wrong", by=place.here.doctor),
        lambda: actions.verify(document.pk, DocumentDetails(kind="OTHER"), by=place.here.frontdesk),
        lambda: actions.verify(document.pk, DocumentDetails(kind="OTHER"), by=place.as_patient(place.meera)),
    ]
    for attempt in refused:
        with pytest.raises(NotPermitted):
            attempt()
    with acting_as(place.here.doctor):
        held = Document.objects.get()
        assert (held.kind, held.verified_at, held.deleted_at) == ("LAB_REPORT", None, None)


def test_another_patient_and_another_clinic_see_nothing(place: Place):
    document = place.added()
    for by in (place.as_patient(place.joseph), place.there.owner):
        with acting_as(by):
            assert Document.objects.count() == 0 and Piece.objects.count() == 0
            with pytest.raises(NotFound):
                actions.look(document.pk, purpose="curious", by=by)
            document.half  # noqa: B018  (as the attacker would hold it)
            with pytest.raises(crypto.Tampered):
                list(queries.content(document, seen_by=by))
    assert read(document, place.as_patient(place.meera)) == samples.pdf()


def test_a_patient_sends_a_file_into_their_own_record_and_no_other(place: Place):
    meera = place.as_patient(place.meera)
    sent = place.added(samples.picture(), by=meera, kind="REFERRAL", source="HERE")
    assert (sent.source, sent.uploaded_by, sent.patient_id) == ("PATIENT", "Patient", place.meera.pk)
    with pytest.raises(NotFound):
        place.added(samples.picture("PNG"), by=meera, of=place.joseph)
    with acting_as(place.here.doctor):
        assert list(queries.waiting(seen_by=place.here.doctor)) == [sent]


def test_a_patient_sends_thirty_files_a_day(place: Place):
    meera = place.as_patient(place.meera)
    first = place.added(by=meera)
    with acting_as(place.here.system):
        for number in range(29):
            copy = Document.objects.get(pk=first.pk)
            copy.half, copy.pk = copy.half, uuid4()  # sealed anew for the new row
            copy.description, copy.origin, copy.received_sha256 = "", "", f"{number:064d}"
            copy.save(force_insert=True)
    with pytest.raises(Throttled):
        place.added(samples.pdf(text="One more"), by=meera)


def test_the_same_file_twice_is_one(place: Place):
    place.added(samples.photo_with_position())
    with pytest.raises(Clash):
        place.added(samples.photo_with_position())
    place.added(samples.photo_with_position(), of=place.joseph)


@pytest.mark.parametrize(
    ("said", "field", "words"),
    [
        ({"kind": "SELFIE"}, "kind", "Choose"),
        ({"source": "HEAVEN"}, "source", "Choose"),
        ({"document_date": "2999-01-01"}, "document_date", "future"),
        ({"document_date": "1899-01-01"}, "document_date", "older than the patient"),
        ({"document_date": "2026-02-30"}, "document_date", "does not exist"),
        ({"document_date": "yesterday"}, "document_date", "does not exist"),
        ({"description": "x" * 201}, "description", "too long"),
        ({"origin": "Lab\u0000"}, "origin", "cannot be seen"),
    ],
)
def test_what_is_said_about_it_is_checked(place: Place, said: dict[str, str], field: str, words: str):
    with pytest.raises(Invalid) as refusal:
        place.added(**said)
    assert refusal.value.field == field and words in refusal.value.detail
    with acting_as(place.here.doctor):
        assert not Document.objects.exists()


def test_verifying_says_who_and_when_and_puts_right(place: Place):
    document = place.added(kind="OTHER")
    told = DocumentDetails(kind="IMAGING", description="Chest film", document_date="2026-01-05", origin="City Scans")
    verified = actions.verify(document.pk, told, by=place.here.doctor)
    assert (verified.kind, verified.description, verified.origin) == ("IMAGING", "Chest film", "City Scans")
    assert verified.verified_by == place.here.doctor.name and verified.verified_at is not None
    with acting_as(place.here.doctor):
        assert not queries.waiting(seen_by=place.here.doctor).exists()


def test_each_look_and_each_copy_is_in_the_log(place: Place):
    document, meera = place.added(), place.as_patient(place.meera)
    actions.look(document.pk, purpose="read the document", by=place.here.doctor)
    actions.download(document.pk, by=meera)
    assert events(place.here.owner, document) == [
        ("CHANGE", "document added"), ("READ", "read the document"), ("EXPORT", "document downloaded"),
    ]  # fmt: skip


def test_removing_destroys_the_key_and_leaves_that_it_was_here(place: Place):
    document = place.added(samples.picture())
    with pytest.raises(Invalid):
        actions.remove(document.pk, "  ", by=place.here.owner)
    actions.remove(document.pk, "Of another patient", by=place.here.owner)
    with acting_as(place.here.owner):
        left = Document.objects.get()
        assert (left.data_key, left.sha256, left.deleted_by) == (None, "", place.here.owner.name)
        assert left.deleted_at is not None and not Piece.objects.exists()
        with pytest.raises(NotFound):
            queries.document(document.pk, seen_by=place.here.owner)
    assert events(place.here.owner, document)[-1] == ("CHANGE", "document removed")
    place.added(samples.picture())  # the same file may come again


def test_the_tombstone_removes_it_again_from_a_backup_of_before(place: Place):
    document = place.added()
    actions.remove(document.pk, "Of another patient", by=place.here.owner)
    with acting_as(place.here.owner):
        stone = ErasedKey.objects.get(row_id=document.pk)
    again = place.added()  # the row as a backup brings it back: with its key
    with acting_as(place.here.system):
        erasure._destroy(Document, again.pk, stone.also)
        brought_back = Document.objects.get(pk=again.pk)
    assert (brought_back.data_key, brought_back.sha256, brought_back.deleted_by) == (None, "", place.here.owner.name)


ATTACKS = {
    "another content's fingerprint": "UPDATE documents_document SET sha256 = repeat('a', 64)",
    "another type": "UPDATE documents_document SET content_type = 'image/png'",
    "the key without a reason": "UPDATE documents_document SET data_key = NULL",
    "another half": r"UPDATE documents_document SET half = '\x00'",
    "when it came": "UPDATE documents_document SET created_at = now() - interval '1 day'",
    "who sent it": "UPDATE documents_document SET uploaded_by = 'nobody'",
    "another piece": r"UPDATE documents_piece SET sealed = '\x00'",
    "a piece less": "DELETE FROM documents_piece",
}


@pytest.mark.parametrize("name", ATTACKS)
def test_the_database_keeps_what_a_document_holds(place: Place, name: str):
    place.added()
    guards = {"another piece": "42501", "a piece less": "documents_piece_fixed"}
    assert attack(place.here.system, ATTACKS[name]) == guards.get(name, "documents_document_fixed")


def test_the_database_refuses_other_attacks(place: Place):
    place.added()
    whole = place.here.system
    assert attack(whole, "DELETE FROM documents_document") == "42501"
    assert attack(whole, "UPDATE documents_document SET verified_at = now()") == "documents_document_verified"
    gone = "UPDATE documents_document SET deleted_at = now(), deleted_by = 'x'"
    assert attack(whole, gone) == "documents_document_deleted"
    meera = place.as_patient(place.meera)
    assert attack(meera, "UPDATE documents_document SET verified_at = now(), verified_by = 'me'") == "42501"
    assert attack(meera, "DELETE FROM documents_piece") == "42501"
    there = "UPDATE documents_document SET patient_id = %s"
    assert attack(whole, there, place.joseph.pk) == "documents_document_fixed"


def test_a_removed_document_never_changes_again(place: Place):
    document = place.added()
    actions.remove(document.pk, "Of another patient", by=place.here.owner)
    bring_back = "UPDATE documents_document SET deleted_at = NULL, deleted_by = ''"
    assert attack(place.here.system, bring_back) == "documents_document_fixed"


def test_a_list_costs_the_same_for_one_and_for_thirty(place: Place, django_assert_num_queries: Any):
    by = place.here.doctor

    def queries_of_list() -> int:
        from django.test.utils import CaptureQueriesContext

        with acting_as(by), CaptureQueriesContext(connection) as seen:
            shown = list(queries.documents_of(place.meera.pk, seen_by=by)[:30])
            assert all(row.title for row, _small in queries.with_thumbnails(shown, seen_by=by))
        return len(seen)

    place.added(samples.picture())
    one = queries_of_list()
    for number in range(4):
        place.added(samples.picture(size=(100 + number, 100)))
    assert queries_of_list() == one


def test_the_day_of_a_document_is_on_the_clinics_clock(place: Place):
    today = clock.today(place.here.organization.timezone)
    assert place.added(document_date=today).document_date == today
