"""Procedures and codes from a table: looked at, taken over, nothing of it lost, no licensed code without a licence."""

import io
import zipfile
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given
from hypothesis import strategies as st

from kalon.catalog import actions, queries
from kalon.catalog.models import Procedure
from kalon.catalog.rules import tables
from kalon.catalog.tests.test_fronts import as_
from kalon.catalog.tests.test_procedures import add
from kalon.kernel.audit import AuditEvent
from kalon.kernel.errors import Invalid, NotPermitted
from kalon.kernel.tenancy import acting_as
from kalon.people.tests.factories import Clinic
from kalon.web import sheets

TABLE = """\ufeffcode;Name;category;setting;minutes;room;side;consent;views;CPT;colour
OTOPLASTY;Otoplasty;face;surgical;90;THEATRE;yes;yes;FRONT, LEFT_90;69300;red
rhinoplasty;Rhinoplasty;FACE;SURGICAL;200;THEATRE;no;;;30410;
PEEL-1;Light peel;skin;non surgical;30;;no;no;;;
BAD;Bad one;NOWHERE;;30;;;;;;
WORSE;Worse;FACE;;soon;;;;;;
PEEL-1;Again;SKIN;;30;;;;;;
EDGE;Edge;FACE;SURGICAL;30;;;no;;;
VIEWS;Views;FACE;;30;;;;MOON;;
"""

AMA = "AMA 12345"


def does(found: actions.Import) -> list[tuple[str, str]]:
    return [(line.what.split(" ")[0], line.does) for line in found.lines]


def codes_of(here: Clinic, code: str) -> list[tuple[str, str, str]]:
    with acting_as(here.owner):
        row = queries.procedures(seen_by=here.owner, active_only=False).get(code=code)
        return [(line.system, line.code, line.words) for line in row.codes.all()]


def test_looked_at_then_taken_over(here: Clinic):
    kept = add(here)
    without = actions.check_procedures(TABLE.encode(), by=here.owner)
    assert does(without)[:3] == [("OTOPLASTY", "REFUSED"), ("rhinoplasty", "REFUSED"), ("PEEL-1", "ADD")]
    assert "CPT is licensed" in without.lines[0].sentence
    asked = actions.check_procedures(TABLE.encode(), licence=AMA, by=here.owner)
    expected = [("OTOPLASTY", "ADD"), ("RHINOPLASTY", "CHANGE"), ("PEEL-1", "ADD"), ("BAD", "REFUSED"),
                ("WORSE", "REFUSED"), ("PEEL-1", "REFUSED"), ("EDGE", "REFUSED"), ("VIEWS", "REFUSED")]  # fmt: skip
    assert (does(asked), asked.unread) == (expected, ["colour"])
    sentences = [line.sentence for line in asked.lines if line.does == "REFUSED"]
    expected_words = ("category", "whole number", "line 4 already", "signed consent first", "no standard view")
    for sentence, words in zip(sentences, expected_words, strict=True):
        assert words in sentence, (words, sentence)
    with acting_as(here.owner):
        assert Procedure.objects.count() == 1
    taken = actions.import_procedures(TABLE.encode(), licence=AMA, by=here.owner)
    assert does(taken) == expected
    assert [row[0] for row in taken.refused] == [
        "\ufeffcode".lstrip("\ufeff"),
        "BAD",
        "WORSE",
        "PEEL-1",
        "EDGE",
        "VIEWS",
    ]
    with acting_as(here.owner):
        ears = Procedure.objects.get(code="OTOPLASTY")
        nose = Procedure.objects.get(pk=kept.pk)
    assert (ears.minutes, ears.has_side, ears.photo_views, ears.setting) == (90, True, ["FRONT", "LEFT_90"], "SURGICAL")
    assert (nose.minutes, nose.photo_views) == (200, kept.photo_views)  # an empty cell leaves what stands
    assert codes_of(here, "RHINOPLASTY") == [("CPT", "30400", ""), ("CPT", "30410", ""),
                                             ("OPCS-4", "E02.6", "Nose, our words")]  # fmt: skip
    again = actions.import_procedures(TABLE.encode(), licence=AMA, by=here.owner)
    assert {line.does for line in again.lines} == {"SAME", "REFUSED"}


def test_codes_take_the_licence_of_their_system(here: Clinic):
    add(here)
    lines = ("RHINOPLASTY,CPT,30410,Ours", "NONE,HCPCS,A1,", "rhinoplasty,hcpcs,A1,", ",,,", ",HCPCS,,x")
    content = "\n".join(["procedure,system,code,words", *lines]).encode()
    without = actions.check_codes(content, by=here.owner)
    assert [line.does for line in without.lines] == ["REFUSED", "REFUSED", "ADD", "REFUSED"]
    assert "CPT is licensed" in without.lines[0].sentence
    done = actions.import_codes(content, licence="AMA 12345", by=here.owner)
    assert [line.does for line in done.lines] == ["ADD", "REFUSED", "ADD", "REFUSED"]
    assert ("CPT", "30410", "Ours") in codes_of(here, "RHINOPLASTY")
    with acting_as(here.owner):
        notes = AuditEvent.objects.filter(subject_table="catalog_procedure", kind="CHANGE")
        assert any(event.facts.get("codes") == ["CPT", "AMA 12345"] for event in notes)
    words = actions.import_codes(
        b"procedure,system,code,words\nRHINOPLASTY,CPT,30410,Other", licence="x", by=here.owner
    )
    assert [line.does for line in words.lines] == ["CHANGE"]


def test_a_workbook_is_read_as_its_table(here: Clinic):
    rows: list[Any] = [line.split(";") for line in TABLE.lstrip("\ufeff").strip().split("\n")]
    book = sheets.as_xlsx([("Procedures", rows)]).read()
    assert tables.read(book)[0][:3] == ["code", "Name", "category"]
    assert does(actions.check_procedures(book, licence=AMA, by=here.owner)) == does(
        actions.check_procedures(TABLE.encode(), licence=AMA, by=here.owner)
    )


def _book(sheet: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/worksheets/sheet1.xml", sheet)
    return file.getvalue()


@pytest.mark.parametrize(
    "content",
    [b"", b"code,name\n", b"\xff\xfe\x00", b"code\x00,name\nA,B", b"PK\x03\x04 no book", _book(b"<a/>"), _book(b"<a"),
     _book(b'<!DOCTYPE a [<!ENTITY b "bbbb">]><a>&b;</a>'), _book(b"<a>" + b" " * 31_000_000 + b"</a>"),
     b"x" * 2_000_001, b"code,name\n" + b"A,B\n" * 5_001],
)  # fmt: skip
def test_what_is_no_table_is_refused_in_words(content: bytes):
    with pytest.raises(Invalid) as refusal:
        tables.read(content)
    assert refusal.value.detail


@given(st.binary(max_size=300))
def test_any_file_is_read_or_refused(content: bytes):
    read = 0
    try:
        read = len(tables.read(content))
    except Invalid as refusal:
        assert refusal.detail  # noqa: PT017
    assert read != 1


def test_by_page_and_by_json(here: Clinic):
    client = as_(here, "owner")
    file = SimpleUploadedFile("p.csv", TABLE.encode())
    at = "/catalog/procedures/import"
    assert "looked at first" in client.get(at).content.decode()
    page = client.post(at, {"kind": "procedures", "file": file, "licence": AMA})
    text = page.content.decode()
    assert (page.status_code, "Take it over" in text, "signed consent first" in text) == (200, True, True)
    table = page.context["form"].initial["table"]
    taken = client.post(at, {"kind": "procedures", "table": table, "licence": AMA, "take": "1"})
    assert (
        "WORSE" in taken.context["form"].initial["table"] and "OTOPLASTY" not in taken.context["form"].initial["table"]
    )
    assert client.post(at, {"kind": "procedures"}).status_code == 422
    again = SimpleUploadedFile("p.csv", TABLE.encode())
    answer = client.post("/api/procedures/import/check", {"file": again, "licence": AMA}).json()
    assert [line["does"] for line in answer["lines"]][:3] == ["SAME", "SAME", "SAME"]
    codes = SimpleUploadedFile("c.csv", b"procedure,system,code\nOTOPLASTY,CPT,1\n")
    assert client.post("/api/procedures/codes", {"file": codes}).json()["refused"][1][0] == "OTOPLASTY"
    assert as_(here, "doctor").get(at).status_code == 403


@pytest.mark.parametrize("verb", ["check_procedures", "import_procedures", "check_codes", "import_codes"])
def test_who_may_not_imports_nothing(here: Clinic, verb: str):
    with pytest.raises(NotPermitted):
        getattr(actions, verb)(TABLE.encode(), by=here.actors["doctor"])
