"""The unique identifier on a device's pack (UDI), as a scanner types it: which device, which lot, which serial.

GS1 codes hold (01) the device, (10) the lot, (11) made on, (17) use until, (21) the serial: GS1 General
Specifications. HIBC codes: `rules.hibc`. Nothing is taken from a code whose check digit does not fit.
"""

import re
from dataclasses import dataclass
from datetime import date

from biip import ParseConfig, ParseError
from biip.gs1_messages import GS1Message
from biip.gtin import Gtin, GtinFormat

from kalon.inventory.rules import hibc
from kalon.kernel.errors import Invalid

SEPARATOR = "\x1d"
WRITTEN_SEPARATORS = ("\u241d", "{GS}", "<GS>", "^]")  # how scanners that type keys write it
SYMBOLOGY = re.compile(r"^\][A-Za-z][0-9]")
LONGEST = 200
CONFIG = ParseConfig(separator_chars=(SEPARATOR,))
READ_AGAIN = "Scan it again, or type what stands on the pack."


@dataclass(frozen=True, slots=True)
class Udi:
    """What a code says; `device` is a GTIN of 14 digits, or maker, product and unit of a HIBC label."""

    text: str
    device: str
    lot: str = ""
    serial: str = ""
    expires_on: date | None = None
    made_on: date | None = None


def read(scanned: str | bytes) -> Udi:
    """What a scanner typed or a camera read; Invalid, with what to do, when it was not read right."""
    text = scanned.decode("latin-1") if isinstance(scanned, bytes) else scanned
    text = text.strip("\t\r\n*").lstrip()  # a blank at the end may be a check character
    for written in WRITTEN_SEPARATORS:
        text = text.replace(written, SEPARATOR)
    text = SYMBOLOGY.sub("", text).strip(SEPARATOR)
    if not text.strip():
        raise Invalid("Scan the code on the pack first.", field="scan")
    if len(text) > LONGEST or not all(32 <= ord(one) < 127 or one in f"{SEPARATOR}\r\n" for one in text):
        raise _unread("This is not the code of a device.")
    return _hibc(text) if text.startswith("+") else _gs1(text.rstrip())


def looks_scanned(text: str) -> bool:
    """Whether somebody scanned a code rather than typed a number: it carries more than a serial."""
    text = SYMBOLOGY.sub("", text.strip(" \t\r\n*"))
    return text.startswith(("+", "(01)")) or bool(re.match(r"01[0-9]{14}.", text))


def device_code(written: str) -> str:
    """A device's identifier as it is kept: a GTIN filled up to 14 digits, checked; or a HIBC one. Empty stays empty."""
    text = re.sub(r"[\s-]", "", written).upper()
    if not text:
        return ""
    if text.isascii() and text.isdigit():
        return _gtin(text, field="device_code")
    if text.startswith("+"):
        return _hibc(text).device
    if hibc.PRIMARY.fullmatch(text):
        return text
    raise Invalid("Write the GTIN from the pack (8 to 14 digits), or scan its code.", field="device_code")


def _gtin(text: str, *, field: str = "scan") -> str:
    try:
        return Gtin.parse(text).as_gtin_14()
    except (ParseError, ValueError):
        raise _unread("The check digit of this GTIN does not fit.", field=field) from None


def _gs1(text: str) -> Udi:
    try:
        message = (GS1Message.parse_hri if text.startswith("(") else GS1Message.parse)(text, config=CONFIG)
    except (ParseError, ValueError):
        raise _unread("This code cannot be read.") from None
    said = {one.ai.ai: one for one in message.element_strings}
    device = said.get("01")
    if device is None:
        raise _unread("This code does not say which device it is.")
    if device.gtin is None or device.gtin_error:  # the parser goes on past a wrong check digit; we do not
        raise _unread("The check digit of this code does not fit.")
    return Udi(
        text=text,
        device=device.gtin.as_gtin_14() if device.gtin.format != GtinFormat.GTIN_14 else device.value,
        lot=said["10"].value if "10" in said else "",
        serial=said["21"].value if "21" in said else "",
        expires_on=said["17"].date if "17" in said else None,
        made_on=said["11"].date if "11" in said else None,
    )


def _hibc(text: str) -> Udi:
    codes = [one.strip("*") for one in re.split(r"[\r\n\t\x1d]+", text.upper()) if one]
    try:
        if len(codes) > 2:
            raise hibc.Wrong("These are more than the two codes of one pack.")
        label = hibc.read_two(*codes) if len(codes) == 2 else hibc.read(codes[0])
    except hibc.Wrong as error:
        raise _unread(f"This code was not read right. {error}") from None
    if not label.device:
        raise _unread("This is the second code of the pack. Scan the first one before it.")
    return Udi("\n".join(codes), label.device, label.lot, label.serial, label.expires_on, label.made_on)


def _unread(why: str, *, field: str = "scan") -> Invalid:
    return Invalid(f"{why} {READ_AGAIN}", field=field)
