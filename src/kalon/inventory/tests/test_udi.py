"""The code on the pack: published examples are read, one wrong character is refused."""

import contextlib
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kalon.inventory.rules import hibc, udi
from kalon.inventory.rules.udi import Udi
from kalon.kernel.errors import Invalid

GTIN = "09501101020917"  # GS1's own example


@pytest.mark.parametrize(
    ("scanned", "read"),
    [
        (f"01{GTIN}1719050810ABCD1234\x1d2110", (GTIN, "ABCD1234", "10", date(2019, 5, 8), None)),
        (f"]d201{GTIN}1719050810ABCD1234\x1d2110", (GTIN, "ABCD1234", "10", date(2019, 5, 8), None)),
        (f"]C1\x1d01{GTIN}1719050810AB\x1d2110\r\n", (GTIN, "AB", "10", date(2019, 5, 8), None)),
        (f"01{GTIN}10AB{{GS}}2110\x1d11180102", (GTIN, "AB", "10", None, date(2018, 1, 2))),
        (f"01{GTIN}1719050010AB", (GTIN, "AB", "", date(2019, 5, 31), None)),  # day 00: the month's last
        (f"(01){GTIN}(17)190508(10)AB(21)X", (GTIN, "AB", "X", date(2019, 5, 8), None)),
        ("+A123BJC5D6E71G", ("A123BJC5D6E71", "", "", None, None)),
        ("*+A99912345/$$52001510X33*", ("A99912345", "10X3", "", date(2020, 1, 15), None)),
        ("+A99912345/$$52001510X3/16D20111212/S77DE1G45-",
         ("A99912345", "10X3", "77DE1G45", date(2020, 1, 15), date(2011, 12, 12))),
    ],
)  # fmt: skip
def test_codes_that_are_published(scanned: str, read: tuple[object, ...]):
    found = udi.read(scanned)
    assert (found.device, found.lot, found.serial, found.expires_on, found.made_on) == read
    assert udi.read(scanned.encode("latin-1")) == found
    assert udi.looks_scanned(scanned.replace("\x1d", "", 1)) or scanned.startswith("*")


@pytest.mark.parametrize(
    ("data", "read"),
    [
        ("$LOT1", ("LOT1", "", None)), ("$+S1", ("", "S1", None)), ("$$0928LOT1", ("LOT1", "", date(2028, 9, 30))),
        ("$$1228L", ("L", "", date(2028, 12, 31))), ("$$2092928L", ("L", "", date(2028, 9, 29))),
        ("$$3280929L", ("L", "", date(2028, 9, 29))), ("$$428092923L", ("L", "", date(2028, 9, 29))),
        ("$$528060L", ("L", "", date(2028, 2, 29))), ("$$62806012L", ("L", "", date(2028, 2, 29))),
        ("$$7L", ("L", "", None)), ("$$+3280929S", ("", "S", date(2028, 9, 29))), ("$$+7S", ("", "S", None)),
        ("$$8053280929L", ("L", "", date(2028, 9, 29))), ("$$9000053280929L", ("L", "", date(2028, 9, 29))),
        ("28060LOT1", ("LOT1", "", date(2028, 2, 29))), ("14D20280229/SX", ("", "X", date(2028, 2, 29))),
    ],
)  # fmt: skip
def test_every_form_of_a_second_part(data: str, read: tuple[object, ...]):
    found = udi.read(whole(f"+A1231/{data}"))
    assert (found.lot, found.serial, found.expires_on) == read
    if "/" not in data and not data.startswith("14D"):
        link = hibc.check_character("+A12311")
        second = whole(f"+{data}{link}")
        both = udi.read(f"+A12311{link}\r\n{second}")
        assert (both.device, both.lot, both.serial, both.expires_on) == ("A12311", *read)
        with pytest.raises(Invalid, match="second code"):
            udi.read(second)


def whole(text: str) -> str:
    text = text.replace("+A1231/", "+A12311/")
    return text + hibc.check_character(text)


@pytest.mark.parametrize(
    ("scanned", "sentence"),
    [
        ("", "Scan the code"), (f"01{GTIN[:-1]}8", "check digit"), (f"01{GTIN}17290230", "cannot be read"),
        ("10ABC", "which device"), ("012", "cannot be read"), ("+A123BJC5D6E71H", "check character"), ("+", "begin"),
        ("A" * 500, "not the code"), (f"01{GTIN}10é", "not the code"), ("+123BJC5D6E71" + "0", "check character"),
        (whole("+A1231/$$3281332L"), "does not exist"), (whole("+A1231/$$328"), "not whole"),
        (whole("+A1231/$$529366L"), "does not exist"),
        ("+A12311" + hibc.check_character("+A12311") + "\r\n" + whole("+$LZ"), "not of one pack"),
        (f"01{GTIN}\x00", "not the code"),
    ],
)  # fmt: skip
def test_codes_that_are_refused_say_what_to_do(scanned: str, sentence: str):
    with pytest.raises(Invalid, match=sentence) as refusal:
        udi.read(scanned)
    assert refusal.value.field == "scan"


PLACE = st.integers(0, 13)


@given(digits=st.text("0123456789", min_size=13, max_size=13), place=PLACE, other=st.integers(1, 9))
def test_one_wrong_digit_of_a_gtin_is_refused(digits: str, place: int, other: int):
    total = sum(int(digit) * (3, 1)[index % 2] for index, digit in enumerate(digits))
    gtin = f"{digits}{-total % 10}"
    assert udi.read(f"01{gtin}21S1") == Udi(f"01{gtin}21S1", gtin, serial="S1")
    wrong = f"{gtin[:place]}{(int(gtin[place]) + other) % 10}{gtin[place + 1 :]}"
    with pytest.raises(Invalid, match="check digit"):
        udi.read(f"01{wrong}21S1")


ALNUM = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


@given(
    product=st.text(ALNUM, min_size=1, max_size=18), lot=st.text(ALNUM, min_size=1, max_size=18),
    serial=st.text(ALNUM, min_size=1, max_size=18), place=st.integers(0, 200), other=st.integers(1, 42),
)  # fmt: skip
def test_one_wrong_character_of_a_hibc_label_is_refused(product: str, lot: str, serial: str, place: int, other: int):
    label = whole(f"+Z999{product}0/$$3291231{lot}/S{serial}")
    found = udi.read(label)
    assert (found.device, found.lot, found.serial) == (f"Z999{product}0", lot, serial)
    at = 1 + place % (len(label) - 1)  # the + itself says that it is such a label
    swapped = hibc.ALPHABET[(hibc.ALPHABET.index(label[at]) + other) % 43]
    wrong = f"{label[:at]}{swapped}{label[at + 1 :]}"
    with pytest.raises(hibc.Wrong):
        hibc.read(wrong)


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused_in_words(text: str):
    with contextlib.suppress(Invalid):
        assert udi.read(text).device


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("9501101020917", GTIN),
        (GTIN, GTIN),
        ("", ""),
        ("a123bjc5d6e71", "A123BJC5D6E71"),
        ("+A123BJC5D6E71G", "A123BJC5D6E71"),
    ],
)
def test_a_device_code_is_kept_in_one_form(written: str, kept: str):
    assert udi.device_code(written) == kept


@pytest.mark.parametrize("written", ["9501101020918", "12", "ABC", "+A123BJC5D6E71H"])
def test_a_device_code_that_cannot_be(written: str):
    with pytest.raises(Invalid):
        udi.device_code(written)
