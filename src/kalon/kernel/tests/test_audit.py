"""The log: what may be written to it, what may never happen to it, and that every tampering is told in words."""

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar
from uuid import UUID

import pytest
from django.db import DatabaseError, connections, transaction
from hypothesis import given
from hypothesis import strategies as st

from kalon.kernel import audit
from kalon.kernel.actors import Actor, Kind
from kalon.kernel.audit import AuditEvent, AuditSeal, merkle
from kalon.kernel.constraints import broken_constraint
from kalon.kernel.errors import NotReady
from kalon.kernel.ids import uuid7
from kalon.kernel.tenancy import acting_as

ORG, OTHER = uuid7(), uuid7()
DOCTOR = Actor(Kind.STAFF, "Dr Asha Rao", ORG, user_id=uuid7(), origin_ip="10.0.0.7", request_id="req-1")
STRANGER = Actor(Kind.STAFF, "Dr Elsewhere", OTHER, user_id=uuid7())
PATIENT = Actor(Kind.PATIENT, "a patient", ORG, user_id=uuid7(), patient_id=uuid7())


class _Meta:
    db_table = "patients_patient"


@dataclass
class Subject:
    """Anything with a table and an id; the log needs no more."""

    pk: UUID = field(default_factory=uuid7)
    _meta: ClassVar[type] = _Meta


@pytest.fixture(autouse=True)
def roots(settings: Any, tmp_path: Path) -> Path:
    settings.KALON_AUDIT_ROOTS = tmp_path / "audit" / "roots.jsonl"
    path: Path = settings.KALON_AUDIT_ROOTS
    return path


def read_some(count: int = 5, by: Actor = DOCTOR) -> None:
    with acting_as(by):
        audit.reads(by, [Subject() for _ in range(count)], purpose="test")


def events(by: Actor = DOCTOR) -> list[AuditEvent]:
    with acting_as(by):
        return list(AuditEvent.objects.order_by("id"))


def owner(*statements: str) -> None:
    """What only somebody who owns the database can do: with rules and row security switched off."""
    off = "ALTER TABLE {0} DISABLE TRIGGER USER; ALTER TABLE {0} NO FORCE ROW LEVEL SECURITY"
    on = "ALTER TABLE {0} ENABLE TRIGGER USER; ALTER TABLE {0} FORCE ROW LEVEL SECURITY"
    with connections["owner"].cursor() as cursor:
        cursor.execute(off.format("kernel_auditevent") + "; ALTER TABLE kernel_auditseal DISABLE TRIGGER USER")
        for statement in statements:
            cursor.execute(statement)
        cursor.execute(on.format("kernel_auditevent") + "; ALTER TABLE kernel_auditseal ENABLE TRIGGER USER")


def refused(run: Callable[[], Any]) -> str:
    """The constraint, or the SQL state, by which the database refused."""
    with pytest.raises(DatabaseError) as caught, transaction.atomic():
        run()
    cause = caught.value.__cause__
    return broken_constraint(cause) or str(getattr(cause, "sqlstate", ""))


def run_sql(text: str, using: str = "default") -> None:
    with connections[using].cursor() as cursor:
        cursor.execute(text)


@pytest.mark.usefixtures("db")
class TestWriting:
    def test_a_read_says_who_what_why_and_where_from(self, django_assert_num_queries: Any) -> None:
        subject = Subject()
        with acting_as(DOCTOR):
            with django_assert_num_queries(1):
                audit.read(DOCTOR, subject, purpose="patient page")
            event = AuditEvent.objects.get(subject_id=subject.pk)
        assert (event.kind, event.subject_table, event.patient_id) == ("READ", "patients_patient", subject.pk)
        assert (event.organization_id, event.user_id, event.actor_name) == (
            ORG,
            DOCTOR.user_id,
            "Dr Asha Rao",
        )
        assert (event.purpose, event.origin_ip, event.request_id) == ("patient page", "10.0.0.7", "req-1")
        assert event.xact > 0 and event.cluster != 0

    def test_a_list_of_thirty_is_one_statement(self, django_assert_num_queries: Any) -> None:
        for count in (1, 30):
            with acting_as(DOCTOR), django_assert_num_queries(1):
                audit.reads(DOCTOR, [Subject() for _ in range(count)], purpose="search")
        with acting_as(DOCTOR), django_assert_num_queries(0):
            audit.reads(DOCTOR, [], purpose="search")

    def test_the_application_cannot_choose_time_person_or_transaction(self) -> None:
        with acting_as(DOCTOR):
            run_sql(
                "INSERT INTO kernel_auditevent (at, xact, cluster, organization_id, user_id, actor_name, actor_kind, "
                "kind, subject_table, move, from_state, to_state, reason, purpose, request_id, facts) "
                f"VALUES ('1999-01-01', 1, 1, '{ORG}', '{uuid7()}', 'forged', 'system', 'READ', '', '', '', '', '', "
                "'forged', '', '{}')"
            )
            event = AuditEvent.objects.get(purpose="forged")
        assert event.at.year > 2000 and event.xact > 1 and event.cluster != 1
        assert (event.user_id, event.actor_kind) == (DOCTOR.user_id, "staff")

    def test_a_patient_writes_to_the_log_and_reads_nothing_of_it(self) -> None:
        with acting_as(PATIENT):
            audit.read(PATIENT, Subject(), purpose="portal")
            assert refused(lambda: run_sql("SELECT * FROM kernel_auditevent")) == "42501"

    def test_another_organisation_neither_sees_nor_forges_entries(self) -> None:
        with acting_as(DOCTOR):
            audit.read(DOCTOR, Subject(), purpose="mine")
        with acting_as(STRANGER):
            assert not AuditEvent.objects.filter(purpose="mine").exists()
            assert refused(lambda: audit.read(DOCTOR, Subject(), purpose="forged")) == "42501"

    def test_if_the_log_cannot_be_written_the_reader_gets_an_error(self) -> None:
        nobody = Actor(Kind.STAFF, "nobody")
        assert refused(lambda: audit.read(nobody, Subject(), purpose="without context")) == "42501"

    def test_an_unknown_kind_is_refused(self) -> None:
        with acting_as(DOCTOR):
            insert = (
                "INSERT INTO kernel_auditevent (organization_id, actor_name, actor_kind, kind, subject_table, move, "
                f"from_state, to_state, reason, purpose, request_id, facts) VALUES ('{ORG}', '', '', 'GOSSIP', "
                "'', '', '', '', '', '', '', '{}')"
            )
            assert refused(lambda: run_sql(insert)) == "kernel_auditevent_kind"


@pytest.mark.usefixtures("own_database")
class TestNothingLeaves:
    STATEMENTS = (
        "UPDATE {0} SET {1} = {1}",
        "DELETE FROM {0}",
        "TRUNCATE {0}",
    )
    TABLES = (("kernel_auditevent", "reason"), ("kernel_auditseal", "count"))

    def test_nobody_changes_removes_or_empties_it(self) -> None:
        read_some()
        audit.seal()
        for table, column in self.TABLES:
            for statement in (text.format(table, column) for text in self.STATEMENTS):
                with acting_as(DOCTOR):
                    assert refused(lambda s=statement: run_sql(s)) == "42501", statement  # type: ignore[misc]
                with acting_as(PATIENT):
                    assert refused(lambda s=statement: run_sql(s)) == "42501", statement  # type: ignore[misc]

    def test_not_even_its_owner(self) -> None:
        read_some()
        audit.seal()
        with connections["owner"].cursor() as cursor:
            cursor.execute("ALTER TABLE kernel_auditevent NO FORCE ROW LEVEL SECURITY")
        for table, column in self.TABLES:
            for statement in (text.format(table, column) for text in self.STATEMENTS):
                with pytest.raises(DatabaseError) as caught:
                    run_sql(statement, "owner")
                name = broken_constraint(caught.value.__cause__)
                assert name == f"{table}_append_only", statement


@pytest.mark.usefixtures("own_database")
class TestSealing:
    def test_a_whole_log_verifies(self, roots: Path) -> None:
        read_some(3)
        read_some(4, by=STRANGER)
        (one,) = audit.seal()
        read_some(2)
        (two,) = audit.seal()
        assert audit.seal() == []
        assert [(s.number, s.count) for s in (one, two)] == [(1, 7), (2, 2)]
        assert bytes(two.previous_root) == bytes(one.root)
        assert [json.loads(line)["root"] for line in roots.read_text().splitlines()] == [
            one.root.hex(),
            two.root.hex(),
        ]
        report = audit.verify()
        assert (report.ok, report.rows, report.seals) == (True, 9, 2), report.sentence

    def test_large_batches_are_divided(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("kalon.kernel.audit.sealing.MOST", 4)
        for _ in range(5):
            read_some(3)
        assert [seal.count for seal in audit.seal()] == [6, 6, 3]
        assert audit.verify().ok

    def test_an_unfinished_transaction_waits_and_is_never_skipped(self) -> None:
        inside, finish = threading.Event(), threading.Event()

        def slow() -> None:
            with acting_as(DOCTOR):
                audit.read(DOCTOR, Subject(), purpose="slow")
                inside.set()
                finish.wait(20)
            connections.close_all()

        thread = threading.Thread(target=slow)
        thread.start()
        assert inside.wait(20)
        read_some(2)
        before = sum(seal.count for seal in audit.seal())
        finish.set()
        thread.join()
        after = sum(seal.count for seal in audit.seal())
        assert (before, after) == (0, 3)
        assert audit.verify().ok

    def test_a_crash_after_the_file_is_mended_by_the_next_seal(self, roots: Path) -> None:
        read_some(3)
        with pytest.raises(RuntimeError), transaction.atomic():
            audit.seal()
            raise RuntimeError("the power went")
        assert len(roots.read_text().splitlines()) == 1 and not AuditSeal.objects.exists()
        read_some(1)
        (two,) = audit.seal()
        assert (two.number, two.count) == (2, 1)
        assert len(roots.read_text().splitlines()) == 2 and audit.verify().ok

    def test_a_line_cut_by_a_crash_is_noted(self, roots: Path) -> None:
        read_some(3)
        audit.seal()
        with roots.open("a") as file:
            file.write('{"number": 2, "ro')
        read_some(1)
        audit.seal()
        report = audit.verify()
        assert report.ok and report.notes == [f"Line 2 of {roots} cannot be read."]

    def test_a_restored_backup_is_accepted_by_a_person_or_refused(self, roots: Path) -> None:
        read_some(3)
        audit.seal()
        read_some(2)
        audit.seal()
        owner("DELETE FROM kernel_auditseal WHERE number = 2", "DELETE FROM kernel_auditevent WHERE id > 3")
        read_some(1)
        with pytest.raises(audit.SealRefused, match="accept"):
            audit.seal()
        audit.accept_restore("disk failed, backup of Tuesday")
        (again,) = audit.seal()
        report = audit.verify()
        assert again.number == 2 and report.ok
        assert report.notes == ["After seal 1 a restored backup was accepted: disk failed, backup of Tuesday"]


@pytest.mark.usefixtures("own_database")
class TestTampering:
    @pytest.fixture(autouse=True)
    def two_seals(self, own_database: Any) -> Iterator[None]:
        read_some(4)
        audit.seal()
        read_some(3)
        audit.seal()
        assert audit.verify().ok
        return

    def found(self, *statements: str) -> str:
        owner(*statements)
        report = audit.verify()
        assert not report.ok
        return report.sentence

    def test_an_altered_entry(self) -> None:
        assert "entry 2 altered" in self.found("UPDATE kernel_auditevent SET actor_name = 'Dr Else' WHERE id = 2")

    @pytest.mark.parametrize(
        "change",
        ["at = at + interval '1 microsecond'", "facts = '{\"a\": 1}'", "origin_ip = NULL", "user_id = NULL",
         "subject_id = organization_id", "reason = 'x'", "purpose = ''", "request_id = 'y'", "kind = 'EXPORT'"],
    )  # fmt: skip
    def test_any_altered_column(self, change: str) -> None:
        assert "Batch 2" in self.found(f"UPDATE kernel_auditevent SET {change} WHERE id = 6")

    def test_a_deleted_entry(self) -> None:
        said = self.found("DELETE FROM kernel_auditevent WHERE id IN (3, 6)")
        assert "Batch 1" in said and "entry 3 deleted" in said and "entry 6 deleted" in said

    def test_an_inserted_entry(self) -> None:
        said = self.found(
            "INSERT INTO kernel_auditevent SELECT (jsonb_populate_record(e, '{\"id\": 900}')).* "
            "FROM kernel_auditevent e WHERE id = 2"
        )
        assert "entry 900 inserted later" in said

    def test_a_cut_tail(self) -> None:
        said = self.found("DELETE FROM kernel_auditseal WHERE number = 2", "DELETE FROM kernel_auditevent WHERE id > 4")
        assert "The tail is cut: seals 2 to 2 with 3 entries" in said
        with pytest.raises(audit.SealRefused):
            audit.seal()

    def test_everything_cut(self) -> None:
        assert "seals 1 to 2 with 7 entries" in self.found(
            "DELETE FROM kernel_auditseal", "DELETE FROM kernel_auditevent"
        )

    def test_a_seal_from_the_middle(self) -> None:
        assert "Seals 1 to 1 are gone" in self.found("DELETE FROM kernel_auditseal WHERE number = 1")

    def test_an_entry_altered_and_its_seal_replaced_to_match(self) -> None:
        owner("UPDATE kernel_auditevent SET actor_name = 'Dr Else' WHERE id = 6")
        seal = AuditSeal.objects.get(number=2)
        leaves = [leaf for _pk, leaf in audit.sealing.leaves_of(seal.cluster, seal.from_xact, seal.to_xact)]
        root = merkle.chained(bytes(seal.previous_root), merkle.root(leaves))
        packed = b"".join(leaves).hex()
        forged = f"UPDATE kernel_auditseal SET root = '\\x{root.hex()}', leaves = '\\x{packed}' WHERE number = 2"
        said = self.found(forged)
        assert "Seal 2 was replaced" in said and "Batch 2" in said
        read_some(1)
        with pytest.raises(audit.SealRefused, match="differs"):
            audit.seal()

    def test_a_lost_file_outside(self, roots: Path) -> None:
        roots.unlink()
        assert "Seal 1 is not in the file outside" in audit.verify().sentence

    def test_a_changed_line_outside(self, roots: Path) -> None:
        lines = roots.read_text().splitlines()
        roots.write_text("\n".join([lines[0].replace('"count":4', '"count":3'), lines[1]]) + "\n")
        assert "Seal 1 was replaced" in audit.verify().sentence


@pytest.mark.usefixtures("own_database")
class TestProofs:
    def test_each_entry_is_proven_and_no_other_text_is(self) -> None:
        read_some(7)
        first = events()[0]
        with acting_as(DOCTOR), pytest.raises(NotReady):
            audit.proof(first)
        (seal,) = audit.seal()
        with acting_as(DOCTOR):
            for event in AuditEvent.objects.all():
                proof = audit.proof(event)
                assert audit.check(proof, bytes(seal.root))
                forged = merkle.Proof(proof.seal, proof.content.replace("Rao", "Roy"), proof.steps, proof.previous_root)
                assert not audit.check(forged, bytes(seal.root))

    def test_the_hashes_are_what_anybody_computes_from_the_text(self) -> None:
        read_some(1)
        (seal,) = audit.seal()
        with acting_as(DOCTOR):
            proof = audit.proof(AuditEvent.objects.get())
        assert merkle.leaf(proof.content.encode()) == bytes(seal.leaves)
        assert json.loads(proof.content)["actor_name"] == "Dr Asha Rao"


class TestMerkle:
    @given(contents=st.lists(st.binary(max_size=8), min_size=1, max_size=40), data=st.data())
    def test_every_leaf_is_proven_and_a_changed_one_changes_the_root(
        self, contents: list[bytes], data: st.DataObject
    ) -> None:
        leaves = [merkle.leaf(content) for content in contents]
        at = data.draw(st.integers(0, len(leaves) - 1))
        found = leaves[at]
        for side, other in merkle.path(leaves, at):
            found = merkle.node(other, found) if side == "left" else merkle.node(found, other)
        assert found == merkle.root(leaves)
        changed = [*leaves[:at], merkle.leaf(contents[at] + b"!"), *leaves[at + 1 :]]
        assert merkle.root(changed) != merkle.root(leaves) != merkle.root(leaves[:at] + leaves[at + 1 :])

    def test_the_known_roots_of_rfc_6962(self) -> None:
        """The test vectors of certificate-transparency, over its eight inputs."""
        inputs = [
            "",
            "00",
            "10",
            "2021",
            "3031",
            "40414243",
            "5051525354555657",
            "606162636465666768696a6b6c6d6e6f",
        ]
        leaves = [merkle.leaf(bytes.fromhex(text)) for text in inputs]
        assert merkle.root([]).hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        assert merkle.root(leaves[:1]).hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
        assert merkle.root(leaves[:2]).hex() == "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"
        assert merkle.root(leaves).hex() == "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"

    def test_a_leaf_is_not_a_node(self) -> None:
        one, two = merkle.leaf(b"1"), merkle.leaf(b"2")
        assert merkle.leaf(one + two) != merkle.node(one, two)
