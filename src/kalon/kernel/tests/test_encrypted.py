"""Encrypted columns on real PostgreSQL: the ways Django reads and writes them, and what an attacker may swap."""

import copy
import pickle
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django import forms
from django.apps import apps
from django.core.exceptions import FieldError
from django.db import connection, models, transaction
from django.template import Context, Engine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kalon.kernel import crypto, erasure
from kalon.kernel.actors import Actor, Kind
from kalon.kernel.encrypted import (
    ERASED,
    EncryptedDate,
    EncryptedJSON,
    EncryptedText,
    KeyedRecord,
    is_erased,
)
from kalon.kernel.errors import Invalid
from kalon.kernel.ids import uuid7
from kalon.kernel.tenancy import acting_as

ORG = uuid7()
CLERK = Actor(Kind.STAFF, "the owner", ORG, user_id=uuid7())


class Person(KeyedRecord):
    id = models.UUIDField(primary_key=True, default=uuid7)
    name = EncryptedText(max_length=10_000)
    nickname = EncryptedText(null=True)
    born = EncryptedDate(null=True)
    address = EncryptedJSON(null=True)
    ward = models.IntegerField(default=0)
    organization_id = models.UUIDField(default=ORG.__str__)

    class Meta:
        app_label = "kernel_tests"
        db_table = "pg_temp_person"


class Phone(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid7)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True)
    number = EncryptedText(key="person.data_key")

    class Meta:
        app_label = "kernel_tests"
        db_table = "pg_temp_phone"


TABLES = """
CREATE TEMP TABLE pg_temp_person (id uuid PRIMARY KEY, data_key bytea, name bytea NOT NULL, nickname bytea, born bytea,
    address bytea, ward int NOT NULL, organization_id uuid NOT NULL) ON COMMIT DROP;
CREATE TEMP TABLE pg_temp_phone (id uuid PRIMARY KEY, person_id uuid, number bytea NOT NULL) ON COMMIT DROP;
"""


@pytest.fixture(autouse=True)
def tables(db: None, settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.KALON_KEYS_DIR = tmp_path / "keys"
    settings.KALON_TOMBSTONES = tmp_path / "tombstones.jsonl"
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
    return


def sql(text: str, *params: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(text, params)
        return cursor.fetchall() if cursor.description else []


def meera(**other: Any) -> Person:
    return Person.objects.create(
        **{"name": "Meera Nair", "born": date(1994, 3, 14), "address": {"city": "Kochi"}, **other}
    )


class TestReadingAndWriting:
    def test_the_database_holds_no_word_of_it(self) -> None:
        meera()
        (row,) = sql("SELECT name, born, address FROM pg_temp_person")
        assert all(isinstance(box, bytes) and b"Meera" not in box and b"1994" not in box for box in row)

    def test_it_comes_back_as_it_went(self) -> None:
        pk = meera().pk
        found = Person.objects.get(pk=pk)
        assert (found.name, found.nickname, found.born) == ("Meera Nair", None, date(1994, 3, 14))
        assert found.address == {"city": "Kochi"}

    def test_save_with_update_fields_seals_only_those(self) -> None:
        person = meera()
        before = sql("SELECT name, born FROM pg_temp_person")[0]
        found = Person.objects.get()
        found.name = "Meera Menon"
        found.save(update_fields=["name"])
        after = sql("SELECT name, born FROM pg_temp_person")[0]
        assert before[0] != after[0] and before[1] == after[1]
        person.refresh_from_db()
        assert person.name == "Meera Menon"

    def test_what_is_left_alone_is_written_back_as_it_was(self) -> None:
        meera()
        before = sql("SELECT name, born, address FROM pg_temp_person")
        found = Person.objects.get()
        assert found.name and found.address
        found.ward = 3
        found.save()
        assert sql("SELECT name, born, address FROM pg_temp_person") == before

    def test_a_dictionary_changed_in_place_is_saved(self) -> None:
        meera()
        found = Person.objects.get()
        found.address["city"] = "Thrissur"
        found.save()
        assert Person.objects.get().address == {"city": "Thrissur"}

    def test_bulk_create_and_bulk_update(self) -> None:
        people = Person.objects.bulk_create([Person(name=f"P{n}") for n in range(5)])
        for person in people:
            person.name += "!"
            person.born = date(2000, 1, 1)
        assert Person.objects.bulk_update(people, ["name", "born"]) == 5
        assert sorted(person.name for person in Person.objects.all()) == ["P0!", "P1!", "P2!", "P3!", "P4!"]
        assert Person.objects.first().born == date(2000, 1, 1)  # type: ignore[union-attr]

    def test_defer_and_only_load_when_asked(self, django_assert_num_queries: Any) -> None:
        meera()
        with django_assert_num_queries(3):
            found = Person.objects.defer("name").get()
            assert found.get_deferred_fields() == {"name_sealed"}
            assert found.name == "Meera Nair"
            assert Person.objects.only("name", "data_key").get().name == "Meera Nair"

    def test_saving_a_deferred_row_leaves_the_field_alone(self) -> None:
        meera()
        found = Person.objects.defer("name").get()
        found.ward = 9
        found.save()
        assert (Person.objects.get().name, Person.objects.get().ward) == ("Meera Nair", 9)

    def test_a_child_is_sealed_under_its_parent(self, django_assert_num_queries: Any) -> None:
        person = meera()
        Phone.objects.create(person=person, number="+919845012345")
        with django_assert_num_queries(1):
            assert Phone.objects.select_related("person").get().number == "+919845012345"
        with pytest.raises(ValueError, match="person is not set"):
            Phone.objects.create(number="1")

    def test_values_give_ciphertext(self) -> None:
        person = meera()
        (box,) = Person.objects.values_list("name", flat=True)
        assert isinstance(box, bytes)
        assert crypto.unseal(box, person.data_key, f"pg_temp_person.name:{person.pk}") == b"Meera Nair"

    def test_copies_and_pickles_keep_the_value(self, monkeypatch: pytest.MonkeyPatch) -> None:
        meera()
        monkeypatch.setattr(apps, "get_model", lambda *_label: Person)  # its app exists in this test only
        for found in (Person.objects.get(), Person(name="New")):
            name = found.name
            assert copy.copy(found).name == copy.deepcopy(found).name == pickle.loads(pickle.dumps(found)).name == name
        assert pickle.loads(pickle.dumps(ERASED)) is ERASED and copy.deepcopy([ERASED])[0] is ERASED

    @pytest.mark.parametrize("text", ["", " ", "x" * 10_000, "मीरा", "مريم", "👩🏽‍⚕️", "a\x00b", "'; DROP TABLE x--"])
    def test_any_text(self, text: str) -> None:
        meera(name=text, nickname=text)
        found = Person.objects.get()
        assert (found.name, found.nickname) == (text, text)

    @settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
    @given(text=st.text(st.characters(exclude_categories=["Cs"])), day=st.dates())
    def test_any_unicode_and_any_day(self, text: str, day: date) -> None:
        pk = meera(name=text, born=day, address=[text]).pk
        found = Person.objects.get(pk=pk)
        assert (found.name, found.born, found.address) == (text, day, [text])

    def test_a_copied_row_without_its_own_ciphertext_is_refused(self) -> None:
        meera()
        found = Person.objects.get()
        found.pk = uuid4()
        with pytest.raises(crypto.Tampered):
            found.save(force_insert=True)


class TestRefusals:
    @pytest.mark.parametrize("lookup", ["name", "name__icontains", "name__in", "born__year", "name_sealed"])
    def test_it_cannot_be_filtered_by(self, lookup: str) -> None:
        with pytest.raises(FieldError, match=r"search through kalon\.kernel\.search"):
            Person.objects.filter(**{lookup: ["x"] if lookup.endswith("in") else "x"}).exists()

    def test_whether_there_is_a_value_can_be_asked(self) -> None:
        meera()
        assert Person.objects.filter(nickname__isnull=True, born__isnull=False).count() == 1

    def test_update_cannot_seal(self) -> None:
        meera()
        with pytest.raises(TypeError, match="set it on the row and save"), transaction.atomic():
            Person.objects.update(name="x")
        assert Person.objects.get().name == "Meera Nair"

    def test_half_a_character_gets_a_sentence(self) -> None:
        form = forms.modelform_factory(Person, fields=["name"])({"name": "Mee\ud83dra"})
        assert form.errors["name"] == ["This holds half of a character that cannot be stored. Type it again by hand."]
        with pytest.raises(Invalid, match="half of a character"), transaction.atomic():
            meera(name="Mee\ud83dra")
        assert not Person.objects.exists()

    def test_a_form_reads_and_writes_it(self) -> None:
        form_class = forms.modelform_factory(Person, fields=["name", "born"])
        person = meera()
        assert form_class(instance=person).initial == {"name": "Meera Nair", "born": date(1994, 3, 14)}
        form = form_class({"name": "Meera Menon", "born": "1994-03-15"}, instance=person)
        assert form.is_valid(), form.errors
        form.save()
        assert (Person.objects.get().name, Person.objects.get().born) == ("Meera Menon", date(1994, 3, 15))
        too_long = form_class({"name": "x" * 10_001, "born": "1994-03-15"}, instance=person)
        assert list(too_long.errors) == ["name"]

    def test_a_migration_can_write_it_down(self) -> None:
        _name, path, args, kwargs = Phone._meta.get_field("number").deconstruct()
        assert path == "kalon.kernel.encrypted.EncryptedText"
        again = EncryptedText(*args, **kwargs)
        assert again.key == "person.data_key"
        assert Person._meta.get_field("name").db_type(connection) == "bytea"
        assert Person._meta.get_field("name").column == "name"


class TestAttacks:
    def test_ciphertext_swapped_between_two_rows_never_shows_the_other_name(self) -> None:
        one, two = meera(), meera(name="Asha Pillai")
        sql("UPDATE pg_temp_person p SET name = q.name FROM pg_temp_person q WHERE p.id <> q.id")
        for pk in (one.pk, two.pk):
            with pytest.raises(crypto.Tampered):
                _ = Person.objects.get(pk=pk).name

    def test_ciphertext_swapped_together_with_the_key_never_shows_the_other_name(self) -> None:
        one, _two = meera(), meera(name="Asha Pillai")
        sql("UPDATE pg_temp_person p SET name = q.name, data_key = q.data_key FROM pg_temp_person q WHERE p.id <> q.id")
        with pytest.raises(crypto.Tampered):
            _ = Person.objects.get(pk=one.pk).name

    def test_ciphertext_moved_to_another_column_does_not_open(self) -> None:
        meera()
        sql("UPDATE pg_temp_person SET nickname = name")
        with pytest.raises(crypto.Tampered):
            _ = Person.objects.get().nickname

    def test_saving_something_else_does_not_hide_tampering(self) -> None:
        meera()
        sql("UPDATE pg_temp_person SET name = '\\x00'")
        found = Person.objects.get()
        found.ward = 1
        found.save()
        assert sql("SELECT name FROM pg_temp_person") == [(b"\x00",)]


class TestErasure:
    def test_an_erased_record_reads_as_erased(self) -> None:
        Phone.objects.create(person=meera(), number="+919845012345")
        sql("UPDATE pg_temp_person SET data_key = NULL")
        found = Phone.objects.select_related("person").get()
        assert found.number is ERASED and found.person.name is ERASED and is_erased(found.person.born)
        assert found.person.nickname is None
        page = Engine().from_string("{{ p.name }}, {{ p.born|date:'j M Y' }}").render(Context({"p": found.person}))
        assert page == "erased, "

    def test_saving_an_erased_record_writes_nothing_into_it(self) -> None:
        meera()
        before = sql("SELECT name, born FROM pg_temp_person")
        sql("UPDATE pg_temp_person SET data_key = NULL")
        found = Person.objects.get()
        found.ward = 2
        found.name = found.name  # as a form would
        found.save()
        assert sql("SELECT name, born FROM pg_temp_person") == before
        found.name = "Somebody"
        with pytest.raises(crypto.KeyDestroyed):
            found.save()

    def test_a_restored_backup_is_erased_again(
        self, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
    ) -> None:
        monkeypatch.setattr(apps, "get_models", lambda: [Person])  # its app exists in this test only
        person = meera(ward=7)
        backup = sql("SELECT data_key FROM pg_temp_person")[0]
        with acting_as(CLERK), django_capture_on_commit_callbacks(execute=True):
            tombstone = erasure.erase(person, also={"ward": 0})
            assert erasure.erase(person) is None
        assert tombstone is not None
        assert tombstone.row_id == person.pk
        assert Person.objects.get().name is ERASED
        sql("UPDATE pg_temp_person SET data_key = %s, ward = 7", *backup)
        assert Person.objects.get().name == "Meera Nair"
        assert erasure.replay_tombstones() == 1
        assert (Person.objects.get().name, Person.objects.get().ward) == (ERASED, 0)
        assert erasure.replay_tombstones() == 0

    def test_nothing_is_written_outside_when_the_erasure_is_rolled_back(self, tmp_path: Path) -> None:
        person = meera()
        with acting_as(CLERK):
            erasure.erase(person)
        assert not (tmp_path / "tombstones.jsonl").exists()
