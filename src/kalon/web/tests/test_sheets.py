"""Tables for a spreadsheet: exact, readable by others, and never a formula by accident."""

import csv
import io
import zipfile
from datetime import date
from decimal import Decimal
from xml.etree import ElementTree

import pytest

from kalon.web import sheets

ROWS: list[sheets.Row] = [
    ("Day", "Who", "Amount"),
    (date(2026, 11, 22), 'Meera "M" <Nair> & നീര', Decimal("113280.05")),
    (None, "=HYPERLINK(1)", -3),
]
NS = {"s": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}


def test_csv_is_what_was_written_and_no_formula():
    text = sheets.as_csv(ROWS).read().decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(text))) == [
        ["Day", "Who", "Amount"],
        ["2026-11-22", 'Meera "M" <Nair> & നീര', "113280.05"],
        ["", "'=HYPERLINK(1)", "-3"],
    ]


def test_xlsx_opens_with_every_sheet():
    with zipfile.ZipFile(sheets.as_xlsx([("One/two", ROWS), ("", [("a\x00b",)])])) as book:
        assert book.testzip() is None
        sheet = ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml"))  # noqa: S314  (our own)
        names = ElementTree.fromstring(book.read("xl/workbook.xml"))  # noqa: S314
        second = book.read("xl/worksheets/sheet2.xml").decode()
        for part in ("[Content_Types].xml", "_rels/.rels", "xl/_rels/workbook.xml.rels", "xl/styles.xml"):
            ElementTree.fromstring(book.read(part))  # noqa: S314
    cells = [[cell.findtext(".//s:t", None, NS) or cell.findtext("s:v", "", NS) for cell in row]
             for row in sheet.iter(f"{{{NS['s']}}}row")]  # fmt: skip
    assert cells[1] == ["46348", 'Meera "M" <Nair> & നീര', "113280.05"]
    assert cells[2] == ["", "=HYPERLINK(1)", "-3"]  # a text cell: a spreadsheet does not count it
    assert [one.get("name") for one in names.iter(f"{{{NS['s']}}}sheet")] == ["One two", "Sheet 2"]
    assert "ab" in second


@pytest.mark.parametrize("first", ["=", "+", "-", "@", "\t"])
def test_a_formula_is_written_as_text(first: str):
    assert sheets.as_csv([(f"{first}1",)]).read().decode("utf-8-sig").lstrip('"').startswith("'")
