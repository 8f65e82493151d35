"""A table that somebody sends, as CSV or as the first sheet of an XLSX workbook, read as rows of text."""

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from xml.etree import ElementTree

from kalon.kernel.errors import Invalid

LARGEST = 2_000_000  # bytes of the file
UNPACKED = 30_000_000  # and of a sheet inside it
MOST = 5_000  # rows
_NS = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_CELL = re.compile(r"([A-Z]{1,3})[0-9]+")


def read(content: bytes) -> list[list[str]]:
    """The rows of a table, the heading first; Invalid, with what to do, when it is none."""
    if len(content) > LARGEST:
        raise Invalid("This file is larger than a catalogue. Split it into files of two megabytes.", field="file")
    rows = _workbook(content) if content.startswith(b"PK") else _csv(content)
    found = [row for row in rows if any(cell.strip() for cell in row)]
    if len(found) < 2:
        raise Invalid("The file holds nothing below its first line.", field="file")
    if len(found) > MOST:
        raise Invalid(f"At most {MOST} lines come in at once. Split the file.", field="file")
    return found


def written(rows: list[list[str]]) -> str:
    """The rows as CSV, to be kept on a page and sent again."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def _csv(content: bytes) -> list[list[str]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Invalid("This is not a CSV file in UTF-8, nor an XLSX. Save it as one of them.", field="file") from None
    if "\x00" in text:
        raise Invalid("This is not a CSV file. Save the sheet as CSV and try again.", field="file")
    first = text.split("\n", 1)[0]
    try:
        return list(csv.reader(io.StringIO(text), delimiter=max(",;\t", key=first.count)))
    except csv.Error:
        raise Invalid("This file cannot be read as CSV. Save the sheet as CSV and try again.", field="file") from None


def _workbook(content: bytes) -> list[list[str]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            names = sorted(name for name in book.namelist() if re.fullmatch(r"xl/worksheets/sheet[0-9]+\.xml", name))
            shared = [_words(one) for one in _part(book, "xl/sharedStrings.xml").iter(f"{_NS}si")]
            sheet = _part(book, min(names, key=lambda name: (len(name), name)))
            return list(_rows(sheet, shared))
    except (zipfile.BadZipFile, ElementTree.ParseError, ValueError, KeyError, IndexError, RuntimeError,
            NotImplementedError, EOFError, OSError):  # fmt: skip
        raise Invalid("This workbook cannot be read. Save it as XLSX or CSV and try again.", field="file") from None


def _part(book: zipfile.ZipFile, name: str) -> ElementTree.Element:
    """One part of a workbook; an empty one where it has none. A part that declares entities is none of ours."""
    if name not in book.namelist():
        return ElementTree.Element("none")
    if book.getinfo(name).file_size > UNPACKED:
        raise ValueError("too large")
    text = book.open(name).read(UNPACKED + 1)
    if len(text) > UNPACKED or b"<!DOCTYPE" in text or b"<!ENTITY" in text:
        raise ValueError("not a sheet")
    return ElementTree.fromstring(text)  # noqa: S314  (no document type gets here, so no entity does)


def _rows(sheet: ElementTree.Element, shared: list[str]) -> Iterator[list[str]]:
    for row in sheet.iter(f"{_NS}row"):
        cells: list[str] = []
        for at, cell in enumerate(row.iter(f"{_NS}c")):
            place = _column(cell.get("r", ""), at)
            if not len(cells) <= place < 200:
                raise ValueError("cells out of order")
            cells += [""] * (place - len(cells)) + [_cell(cell, shared)]
        yield cells


def _column(reference: str, otherwise: int) -> int:
    found = _CELL.fullmatch(reference)
    if found is None:
        return otherwise
    number = 0
    for letter in found.group(1):
        number = number * 26 + ord(letter) - 64
    return number - 1


def _cell(cell: ElementTree.Element, shared: list[str]) -> str:
    kind, value = cell.get("t", "n"), cell.findtext(f"{_NS}v") or ""
    if kind == "inlineStr":
        return _words(cell)
    if kind == "s":
        return shared[int(value)]
    if kind == "b":
        return "yes" if value == "1" else "no"
    return value[:-2] if kind == "n" and value.endswith(".0") else value


def _words(part: ElementTree.Element) -> str:
    return "".join(text.text or "" for text in part.iter(f"{_NS}t"))
