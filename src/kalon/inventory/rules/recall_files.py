"""The file of a notice, as a maker or an authority sends it: a table (CSV), our own JSON, or a record of openFDA.

A record of openFDA (https://open.fda.gov/apis/device/recall/ and /enforcement/, public domain) says in free words
which codes are meant. What is read from words is shown to a person before a recall is opened, with what was doubtful;
review before clinical use.
"""

import json
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from kalon.inventory.rules import udi
from kalon.inventory.rules.recalls import MOST, Scope, read_file, tidied
from kalon.kernel.errors import Invalid

WORDS = ("title", "issued_by", "reference", "hazard", "advice")
DAYS = ("issued_on", "due_on")
CODES = ("device_code", "model", "lot", "serial_from", "serial_to")
NUMBER = r"(?:\s*(?:numbers?|codes?|nos?\b\.?|#)){0,2}\s*[:#]?\s*#?"
CODE = r"[A-Z0-9][A-Z0-9./-]*"
LOTS = re.compile(rf"\b(?:lots?|batch(?:es)?){NUMBER}", re.I)
SERIALS = re.compile(rf"\b(?:serials?|s/n){NUMBER}(?:range\w*\s*(?:from)?\s*:?\s*)?", re.I)
MODELS = re.compile(rf"\b(?:models?|ref|reference|catalog(?:ue)?|cat\.?|item|part){NUMBER}({CODE})", re.I)
NEXT = re.compile(rf"\s*(?:,|;|&|and\b)?\s*#?({CODE})", re.I)
TO = re.compile(rf"\s*(?:-|–|to\b|through\b)\s*({CODE})", re.I)
DEVICE = re.compile(r"(?<![0-9])([0-9]{14})(?![0-9])")


@dataclass(frozen=True, slots=True)
class NoticeFile:
    """What a file says: the words of the notice, what it covers, and what a person should look at."""

    said: dict[str, Any] = field(default_factory=dict)
    covers: list[Scope] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)


def read_notice(content: bytes) -> NoticeFile:
    """What the file of a notice says; Invalid, with what to do, when it is none."""
    if not content.lstrip().startswith((b"{", b"[", b"\xef\xbb\xbf{")):
        return NoticeFile(covers=read_file(content))
    try:
        record = json.loads(content.decode("utf-8-sig"))
    except (UnicodeDecodeError, ValueError, RecursionError):
        raise Invalid("This file cannot be read as JSON. Send the CSV, or type the notice.", field="file") from None
    if isinstance(record, Mapping) and isinstance(record.get("results"), list):
        record = record["results"]
    if isinstance(record, list):
        if len(record) != 1:
            raise Invalid("The file holds several notices. Send one at a time.", field="file")
        record = record[0]
    if not isinstance(record, Mapping):
        raise Invalid("The file holds no notice. Type it instead.", field="file")
    return _ours(record) if "covers" in record else _of_authority(record)


def written(covers: Iterable[Scope]) -> str:
    """What is covered as a table to look at and to change."""
    rows = [f"{one.device_code},{one.model},{one.lot},{one.serial_from},{one.serial_to}" for one in covers]
    return "\n".join(["GTIN,model,lot,serial from,serial to", *rows])


def _ours(record: Mapping[str, Any]) -> NoticeFile:
    covers = record["covers"]
    if not isinstance(covers, list) or not covers or len(covers) > MOST:
        raise Invalid(f"“covers” is a list of 1 to {MOST} lines.", field="file")
    found = []
    for at, line in enumerate(covers, 1):
        if not isinstance(line, Mapping):
            raise Invalid(f"Line {at} of “covers” is not a line with names.", field="file")
        serial = _text(line.get("serial"))
        codes: dict[str, Any] = {name: _text(line.get(name)) for name in CODES}
        codes["serial_from"], codes["serial_to"] = codes["serial_from"] or serial, codes["serial_to"] or serial
        try:
            found.append(tidied(Scope(**codes)))
        except Invalid as refusal:
            raise Invalid(f"Line {at} of “covers”: {refusal.detail}", field="file") from None
    said: dict[str, Any] = {name: _text(record[name]) for name in WORDS if _text(record.get(name))}
    return NoticeFile(said | _days({name: record.get(name) for name in DAYS}), found)


def _of_authority(record: Mapping[str, Any]) -> NoticeFile:
    what, codes = _text(record.get("product_description")), _text(record.get("code_info"))
    more, firm = _text(record.get("more_code_info")), _text(record.get("recalling_firm"))
    if not (what and codes):
        raise Invalid("The file does not say which product and which codes are meant. Type the notice.", field="file")
    words = f"{codes} {more}"
    said = {
        "title": what[:160],
        "issued_by": firm[:120],
        "reference": _text(record.get("product_res_number") or record.get("recall_number"))[:60],
        "hazard": _text(record.get("reason_for_recall"))[:2000],
        "advice": _text(record.get("action"))[:2000],
    }
    day = {"issued_on": record.get("event_date_initiated") or record.get("recall_initiation_date")}
    covers, doubts = _covered(f"{what} {words}", words)
    return NoticeFile({name: text for name, text in said.items() if text} | _days(day), covers, doubts)


def _covered(everything: str, codes: str) -> tuple[list[Scope], list[str]]:
    things = [{"device_code": one} for one in dict.fromkeys(DEVICE.findall(everything)) if _is_device(one)]
    if not things:
        named = [one.rstrip(".,") for one in MODELS.findall(everything) if re.search(r"[0-9]", one)]
        things = [{"model": one[:60]} for one in dict.fromkeys(named)]
    devices = {one.get("device_code") for one in things}
    lots = _listed(LOTS, codes)
    if all(end for _, end in lots):
        lots = []  # ranges alone cover the whole product until somebody types their lots
    parts: list[dict[str, str]] = [
        {"lot": lot} for pair in lots for lot in pair if lot and lot not in devices and len(lot) <= 40
    ]
    parts += [{"serial_from": one, "serial_to": end or one} for one, end in _listed(SERIALS, codes)]
    doubts = []
    if not things:
        doubts.append("It names no GTIN and no model. Choose the item, or type its model.")
    if not parts:
        doubts.append("No lot and no serial was found in it: all of the product would be covered.")
    if any(end for _, end in _listed(LOTS, codes)) or "range" in codes.lower():
        doubts.append("It speaks of a range of lots, which cannot be read. Type each lot of it that is here.")
    found = []
    for thing in things or [{}]:
        if not thing:
            found += [Scope(**dict[str, Any](part)) for part in parts]
            break
        for part in parts or [{}]:
            try:
                both: Any = {**thing, **part}
                found.append(tidied(Scope(**both)))
            except Invalid as refusal:
                doubts.append(f"{' '.join({**thing, **part}.values())}: {refusal.detail}")
    return found[:MOST], doubts


def _listed(mark: re.Pattern[str], text: str) -> list[tuple[str, str]]:
    """The codes that follow a word such as “lots”, each with the end of its range where it is one."""
    found: dict[tuple[str, str], None] = {}
    for start in mark.finditer(text):
        at = start.end()
        while one := NEXT.match(text, at):
            code = one.group(1).rstrip("./-").upper()
            if not re.search(r"[0-9]", code):
                break
            at = one.end()
            end = TO.match(text, at)
            last = end.group(1).rstrip("./-").upper() if end and re.search(r"[0-9]", end.group(1)) else ""
            if end and last:
                at = end.end()
            found[code, last] = None
    return list(found)


def _is_device(code: str) -> bool:
    try:
        return bool(udi.device_code(code))
    except Invalid:
        return False


def _days(given: Mapping[str, Any]) -> dict[str, date]:
    """The days that can be read: 2026-11-20 or 20261120."""
    found = {}
    for name, value in given.items():
        with suppress(ValueError):
            found[name] = date.fromisoformat(_text(value)[:10])
    return found


def _text(value: Any) -> str:
    return "" if value is None or isinstance(value, (Mapping, list)) else str(value).replace("\x00", "").strip()
