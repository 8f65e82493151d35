"""What a recall covers, typed or read from the file that a maker or an authority sends."""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from kalon.inventory.rules import udi
from kalon.kernel.errors import Invalid

COLUMNS = {
    "gtin": "device_code", "udi-di": "device_code", "udi_di": "device_code", "device": "device_code",
    "di": "device_code",
    "model": "model", "reference": "model", "ref": "model", "catalogue": "model", "lot": "lot", "batch": "lot",
    "lot number": "lot", "serial": "serial", "serial number": "serial", "serial from": "serial_from",
    "serial_from": "serial_from", "serial to": "serial_to", "serial_to": "serial_to",
}  # fmt: skip
MOST = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """One thing that is called back: an item, its code or its model, and of that a lot or a range of serials."""

    item_id: UUID | None = None
    device_code: str = ""
    model: str = ""
    lot: str = ""
    serial_from: str = ""
    serial_to: str = ""


def tidied(scope: Scope) -> Scope:
    """A scope as it is kept; Invalid when it names nothing, or its serials are no range."""
    start, end = scope.serial_from.strip().upper(), scope.serial_to.strip().upper()
    start, end = start or end, end or start
    device, model = udi.device_code(scope.device_code), scope.model.strip()
    if not (scope.item_id or device or model):
        raise Invalid(
            "Say which item, model or GTIN is recalled: a lot alone may be another maker's too.", field="model"
        )
    if len(start) != len(end) or end < start:
        raise Invalid("Serials run from a lower to a higher one of the same length.", field="serial_to")
    if max(len(model), len(start)) > 60 or len(start) > 40 or len(scope.lot.strip()) > 40:
        raise Invalid("A lot or a serial has at most 40 characters.", field="lot")
    return Scope(
        item_id=scope.item_id, device_code=device, model=model, lot=scope.lot.strip().upper(), serial_from=start,
        serial_to=end,
    )  # fmt: skip


def read_file(content: bytes, *, item_id: UUID | None = None) -> list[Scope]:
    """What the CSV file of a recall covers, a line each: columns GTIN, model, lot, serial, serial from, serial to.

    A line that names neither GTIN nor model is of the item that was chosen, where one was.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Invalid("This is not a CSV file in UTF-8. Save it as that and try again.", field="file") from None
    if "\x00" in text:
        raise Invalid("This is not a CSV file. Save the sheet as CSV and try again.", field="file")
    first = text.split("\n", 1)[0]
    rows = csv.reader(io.StringIO(text), delimiter=max(",;\t", key=first.count))
    try:
        heads = [COLUMNS.get(head.strip().lower(), "") for head in next(rows, [])]
        if not {"device_code", "model"} & set(heads):
            raise Invalid("The file needs a column “GTIN” or “model” in its first line.", field="file")
        found = [
            _scope(dict(zip(heads, row, strict=False)), at, item_id)
            for at, row in enumerate(rows, 2)
            if any(map(str.strip, row))
        ]
    except csv.Error:
        raise Invalid("This file cannot be read as CSV. Save the sheet as CSV and try again.", field="file") from None
    if not found:
        raise Invalid("The file names nothing below its first line.", field="file")
    if len(found) > MOST:
        raise Invalid(f"A recall covers at most {MOST} lines. Split the file.", field="file")
    return found


def _scope(row: Mapping[str, str], at: int, item_id: UUID | None) -> Scope:
    row = {name: value.strip() for name, value in row.items()}
    serial = row.get("serial", "")
    try:
        return tidied(
            Scope(
                item_id=None if row.get("device_code") or row.get("model") else item_id,
                device_code=row.get("device_code", ""), model=row.get("model", ""), lot=row.get("lot", ""),
                serial_from=row.get("serial_from", "") or serial, serial_to=row.get("serial_to", "") or serial,
            )
        )  # fmt: skip
    except Invalid as refusal:
        raise Invalid(f"Line {at}: {refusal.detail}", field="file") from None
