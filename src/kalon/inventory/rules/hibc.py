"""The supplier labels of the Health Industry Bar Code: what stands in one, and whether it was read right.

Source: ANSI/HIBC 2.x Supplier Labeling Standard (public; structure and date formats of its primary and secondary
data), and the example labels of the FDA's list of UDI formats. A label is
`+` LIC (4) PCN (1 to 18) unit (1), then, after `/` or in a code of its own, lot or serial and a date, then one check
character over everything (modulo 43). Review before clinical use.
"""

import re
from datetime import date, timedelta
from typing import NamedTuple

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-. $/+%"
PRIMARY = re.compile(r"[A-Z][A-Z0-9]{3}[A-Z0-9]{1,18}[0-9]")
# by the digit that names it: how many characters the date has, and how it is read
DATES = {"2": (6, "MMDDYY"), "3": (6, "YYMMDD"), "4": (8, "YYMMDDHH"), "5": (5, "YYJJJ"), "6": (7, "YYJJJHH")}


class Wrong(ValueError):
    """The label was not read as it was printed; the sentence says why."""


class Label(NamedTuple):
    """What a label says; `device` is maker, product and unit, empty on a secondary label, which has `link`."""

    device: str = ""
    lot: str = ""
    serial: str = ""
    expires_on: date | None = None
    made_on: date | None = None
    link: str = ""


def check_character(text: str) -> str:
    """The character that makes a label whole: the sum of the characters' places in the alphabet, modulo 43."""
    try:
        return ALPHABET[sum(ALPHABET.index(one) for one in text) % 43]
    except ValueError:
        raise Wrong("It holds a character that such a code never has.") from None


def read(code: str) -> Label:
    """A label, primary, secondary or both in one; `Wrong` when its check character does not fit."""
    if not code.startswith("+") or len(code) < 4:
        raise Wrong("It does not begin as such a code does.")
    if check_character(code[:-1]) != code[-1]:
        raise Wrong("Its check character does not fit.")
    body = code[1:-1]
    if body[0] == "$" or body[0].isdigit():
        return _secondary(body[:-1])._replace(link=body[-1])
    device, *parts = body.split("/")
    if not PRIMARY.fullmatch(device):
        raise Wrong("Its maker and product are not written as such a code writes them.")
    found = Label(device=device)
    for part in parts:
        found = _joined(found, _part(part))
    return found


def read_two(primary: str, secondary: str) -> Label:
    """Two codes of one pack: the second names the first by its check character."""
    first, second = read(primary), read(secondary)
    if not first.device or second.device or second.link != primary[-1]:
        raise Wrong("The two codes are not of one pack.")
    return _joined(first, second)._replace(link="")


def _joined(one: Label, other: Label) -> Label:
    return Label(
        one.device,
        other.lot or one.lot,
        other.serial or one.serial,
        other.expires_on or one.expires_on,
        other.made_on or one.made_on,
        other.link,
    )


def _part(part: str) -> Label:
    """One part of a label that holds everything: the secondary data, or a supplement with its own mark."""
    if part.startswith("16D"):
        return Label(made_on=_long(part[3:]))
    if part.startswith("14D"):
        return Label(expires_on=_long(part[3:]))
    if part.startswith("S") and len(part) > 1:
        return Label(serial=part[1:])
    if part.startswith("Q"):
        return Label()
    return _secondary(part)


def _secondary(data: str) -> Label:
    """Lot or serial, with a date before it where the marks say so."""
    if data.startswith("$$"):
        serial, rest = _dated(data[2:])
        found, text = rest
        return found._replace(serial=text) if serial else found._replace(lot=text)
    if data.startswith("$+"):
        return Label(serial=data[2:])
    if data.startswith("$"):
        return Label(lot=data[1:])
    if re.match(r"[0-9]{5}", data):
        return Label(lot=data[5:], expires_on=_date(data[:5], "YYJJJ"))
    raise Wrong("Its second part is not written as such a code writes it.")


def _dated(data: str) -> tuple[bool, tuple[Label, str]]:
    serial = data.startswith("+")
    data = data[1:] if serial else data
    if data[:1] == "8":
        data = data[3:]  # a quantity of two digits
    elif data[:1] == "9":
        data = data[6:]  # of five
    mark = data[:1]
    if mark in DATES:
        length, form = DATES[mark]
        return serial, (Label(expires_on=_date(data[1 : 1 + length], form)), data[1 + length :])
    if mark == "7":
        return serial, (Label(), data[1:])
    if mark in ("0", "1"):
        return serial, (Label(expires_on=_date(data[:4], "MMYY")), data[4:])
    return serial, (Label(), data)


def _date(text: str, form: str) -> date:
    """A date of a label; where it names only the month, that month's last day."""
    if len(text) != len(form) or not text.isascii() or not text.isdigit():
        raise Wrong("Its date is not whole.")
    part = {mark: "".join(c for c, f in zip(text, form, strict=True) if f == mark) for mark in "YMDJH"}
    try:
        year = 2000 + int(part["Y"])
        if part["H"] and int(part["H"]) > 23:
            raise ValueError("no such hour")
        if part["J"]:
            day = date(year, 1, 1) + timedelta(days=int(part["J"]) - 1)
            if day.year != year:
                raise ValueError("no such day of the year")
            return day
        month = int(part["M"])
        if part["D"]:
            return date(year, month, int(part["D"]))
        return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
    except (ValueError, OverflowError):
        raise Wrong("Its date does not exist.") from None


def _long(text: str) -> date:
    if len(text) != 8 or not text.isascii() or not text.isdigit():
        raise Wrong("Its date is not whole.")
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        raise Wrong("Its date does not exist.") from None
