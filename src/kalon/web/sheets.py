"""Tables for a spreadsheet: CSV, and XLSX written row by row, so that a long one never stands in memory.

A text that a spreadsheet would take for a formula is written as text (CSV injection, OWASP).
"""

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from tempfile import SpooledTemporaryFile
from typing import IO, cast
from xml.sax.saxutils import escape

from django.http import FileResponse

Cell = str | int | Decimal | date | None
Row = Sequence[Cell]

IN_MEMORY = 2_000_000  # bytes, before a table is put on disk
EPOCH = date(1899, 12, 30)  # day nought of spreadsheets
CSV, XLSX = "text/csv; charset=utf-8", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_STYLES = (
    f'{_HEAD}<styleSheet {_MAIN}><fonts count="2"><font/><font><b/></font></fonts><fills count="1"><fill/></fills>'
    '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="4"><xf/>'
    '<xf fontId="1" applyFont="1"/><xf numFmtId="14" applyNumberFormat="1"/><xf numFmtId="4" applyNumberFormat="1"/>'
    "</cellXfs></styleSheet>"
)
_HEADING, _DAY, _AMOUNT = 1, 2, 3  # places in cellXfs


def as_csv(rows: Iterable[Row]) -> IO[bytes]:
    """The rows as CSV in UTF-8 with a mark that spreadsheets know it by."""
    file = _file()
    text = io.TextIOWrapper(cast(io.BufferedRandom, file), encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text)
    for row in rows:
        writer.writerow([_guarded(cell) if isinstance(cell, str) else _plain(cell) for cell in row])
    text.detach()
    file.seek(0)
    return file


def as_xlsx(sheets: Iterable[tuple[str, Iterable[Row]]]) -> IO[bytes]:
    """Sheets of rows as an XLSX workbook; the first row of each is its heading."""
    file = _file()
    names = []
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as book:
        for number, (name, rows) in enumerate(sheets, start=1):
            names.append(_UNSEEN.sub("", re.sub(r"[\[\]:*?/\\']", " ", name))[:31] or f"Sheet {number}")
            with book.open(f"xl/worksheets/sheet{number}.xml", "w", force_zip64=True) as sheet:
                sheet.write(f"{_HEAD}<worksheet {_MAIN}><sheetData>".encode())
                for at, row in enumerate(rows):
                    sheet.write(f"<row>{''.join(_cell(cell, at == 0) for cell in row)}</row>".encode())
                sheet.write(b"</sheetData></worksheet>")
        for path, content in _around(names):
            book.writestr(path, content)
    file.seek(0)
    return file


def attachment(file: IO[bytes], name: str, kind: str) -> FileResponse:
    """The file to be saved, sent piece by piece and kept by nobody on the way."""
    response = FileResponse(file, as_attachment=True, filename=name, content_type=kind)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _file() -> IO[bytes]:
    return SpooledTemporaryFile(max_size=IN_MEMORY)  # the response closes it


def _guarded(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text


def _plain(cell: Cell) -> str:
    return "" if cell is None else cell.isoformat() if isinstance(cell, date) else str(cell)


def _cell(cell: Cell, is_heading: bool) -> str:
    if cell is None or cell == "":
        return "<c/>"
    if isinstance(cell, date):
        day = cell.date() if isinstance(cell, datetime) else cell
        return f'<c s="{_DAY}"><v>{(day - EPOCH).days}</v></c>'
    if isinstance(cell, Decimal):
        return f'<c s="{_AMOUNT}"><v>{cell:f}</v></c>'
    if isinstance(cell, int):
        return f"<c><v>{cell}</v></c>"
    style = f' s="{_HEADING}"' if is_heading else ""
    return f'<c{style} t="inlineStr"><is><t xml:space="preserve">{escape(_UNSEEN.sub("", cell))}</t></is></c>'


def _around(names: list[str]) -> Iterable[tuple[str, str]]:
    """The parts of a workbook that are not its sheets."""
    numbers = range(1, len(names) + 1)
    kinds = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    yield (
        "[Content_Types].xml",
        (
            f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{kinds}.sheet.main+xml"/>'
            f'<Override PartName="/xl/styles.xml" ContentType="{kinds}.styles+xml"/>'
            + "".join(
                f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{kinds}.worksheet+xml"/>'
                for n in numbers
            )
            + "</Types>"
        ),
    )
    yield "_rels/.rels", _relations([("officeDocument", "xl/workbook.xml")])
    targets = [("worksheet", f"worksheets/sheet{n}.xml") for n in numbers]
    yield "xl/_rels/workbook.xml.rels", _relations([*targets, ("styles", "styles.xml")])
    sheets = "".join(
        f'<sheet name="{escape(name, {chr(34): "&quot;"})}" sheetId="{n}" r:id="r{n}"/>'
        for n, name in zip(numbers, names, strict=True)
    )
    yield "xl/workbook.xml", f'{_HEAD}<workbook {_MAIN} xmlns:r="{_OFFICE}"><sheets>{sheets}</sheets></workbook>'
    yield "xl/styles.xml", _STYLES


def _relations(targets: list[tuple[str, str]]) -> str:
    rows = "".join(
        f'<Relationship Id="r{n}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(targets, start=1)
    )
    return f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{rows}</Relationships>'
