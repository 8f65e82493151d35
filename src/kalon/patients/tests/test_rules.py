"""What a detail must look like, and in which words it is refused."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kalon.kernel.errors import Invalid
from kalon.patients import rules
from kalon.patients.rules.values import birth_date, passes_verhoeff

TODAY = date(2026, 11, 24)


@pytest.mark.parametrize("typed", ["98470 55218", "+91 98470-55218", "(0)98470 55218", "09847055218", "9847055218"])
def test_a_phone_number_is_kept_in_one_form_however_it_is_typed(typed: str) -> None:
    assert rules.phone(typed, region="IN") == "+919847055218"


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("98470 call me", "A phone number has digits only, for example 98470 55218."),
        ("12345", "This is not a complete phone number. Write all its digits; start with + for another country."),
        ("9" * 41, "This is too long: 41 characters, and 40 fit. Shorten it."),
        ("98470\x0055218", "This holds a character that cannot be stored. Type it again by hand."),
    ],
)
def test_a_phone_number_that_cannot_be_one_is_refused(typed: str, sentence: str) -> None:
    with pytest.raises(Invalid) as refusal:
        rules.phone(typed, region="IN")
    assert refusal.value.detail == sentence


@pytest.mark.parametrize("name", ["Meera", "عائشة رحمان", "നിള", "O'Brien-Ødegård", "Md. Rafi", "ஶ்ரீ", "Ana María"])
def test_names_of_every_script_are_names(name: str) -> None:
    assert rules.name(f"  {name}  ") == name


@pytest.mark.parametrize(
    "name", ["Meera 🌸", "R2D2", "<script>", "...", "Nair\u202egnp.exe", "A\x00B", "\ud800", "x" * 10_000]
)
def test_what_is_no_name_is_refused_with_a_sentence(name: str) -> None:
    with pytest.raises(Invalid) as refusal:
        rules.name(name)
    assert refusal.value.detail.endswith(".")


@pytest.mark.parametrize("typed", ["2026-02-30", "1994-13-01", "14/03/1994", "yesterday", "٢٠٢٦-٠١-٠١", "99999-01-01"])
def test_a_day_that_does_not_exist_is_refused(typed: str) -> None:
    with pytest.raises(Invalid, match="This day does not exist"):
        rules.day(typed)


def test_nobody_is_born_tomorrow_or_older_than_anybody() -> None:
    assert birth_date("2026-11-24", today=TODAY) == TODAY
    with pytest.raises(Invalid, match="cannot be in the future"):
        birth_date("2026-11-25", today=TODAY)
    with pytest.raises(Invalid, match="too long ago"):
        birth_date("1801-01-01", today=TODAY)


def test_a_verhoeff_number_is_known_by_its_last_digit() -> None:
    assert passes_verhoeff("2363")  # 236 with its check digit 3: the example of the published tables
    assert not passes_verhoeff("2364")


def checked(thirteen: str) -> str:
    return next(thirteen + str(digit) for digit in range(10) if passes_verhoeff(thirteen + str(digit)))


@given(st.text("0123456789", min_size=13, max_size=13), st.integers(0, 13), st.integers(1, 9))
def test_every_single_wrong_digit_of_an_abha_number_is_found(thirteen: str, place: int, by: int) -> None:
    number = checked(thirteen)
    assert rules.abha_number(f"{number[:2]}-{number[2:6]}-{number[6:10]}-{number[10:]}") == number
    wrong = number[:place] + str((int(number[place]) + by) % 10) + number[place + 1 :]
    with pytest.raises(Invalid, match="A digit of this ABHA number is wrong"):
        rules.abha_number(wrong)


@pytest.mark.parametrize(
    ("address", "good"), [("meera.nair@abdm", True), ("meera", False), ("@abdm", False), ("", True)]
)
def test_an_abha_address_has_a_name_and_a_home(address: str, good: bool) -> None:
    if good:
        assert rules.abha_address(address) == address
    else:
        with pytest.raises(Invalid, match=r"looks like meera\.nair@abdm"):
            rules.abha_address(address)


@pytest.mark.parametrize(
    ("born", "years"),
    [(date(2008, 11, 24), 18), (date(2008, 11, 25), 17), (date(2026, 11, 24), 0), (date(1994, 3, 14), 32)],
)
def test_years_are_completed_years(born: date, years: int) -> None:
    assert (rules.age_in_years(born, TODAY), rules.is_minor(born, TODAY)) == (years, years < 18)


def test_names_are_alike_however_they_are_spelt_and_ordered() -> None:
    assert rules.likeness(["Meera", "Nair"], ["Nair Mira"]) == 1.0
    assert rules.likeness(["Meera", "Nair"], ["Joseph", "Kurian"]) < 0.7
    assert rules.likeness([""], ["Meera"]) == 0.0


def test_everything_that_is_wrong_is_said_at_once() -> None:
    details = rules.PatientDetails(given_name="", birth_date="2030-01-01", phone="abc", email="nobody", gender="x")
    with pytest.raises(Invalid) as refusal:
        details.checked(region="IN", today=TODAY)
    assert refusal.value.detail == "5 fields need you."
    assert set(refusal.value.facts["errors"]) == {"given_name", "birth_date", "phone", "email", "gender"}


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("meera nair", {"given_name": "Meera", "family_name": "Nair"}),
        ("Mrs. Anna Maria Joseph", {"given_name": "Anna Maria", "family_name": "Joseph"}),
        ("Nair, Meera", {"given_name": "Meera", "family_name": "Nair"}),
        ("Maria de Souza", {"given_name": "Maria", "family_name": "de Souza"}),
        ("de Souza", {"given_name": "de", "family_name": "Souza"}),
        ("Suresh K.", {"given_name": "Suresh", "family_name": "K."}),
        ("Lakshmi", {"given_name": "Lakshmi"}),
        ("നിള മേനോൻ", {"given_name": "നിള", "family_name": "മേനോൻ"}),
        ("+91 98470 55218", {"phone": "+91 98470 55218"}),
        ("Meera Nair 98470-55218", {"given_name": "Meera", "family_name": "Nair", "phone": "98470-55218"}),
        ("9847055218 Meera", {"given_name": "Meera", "phone": "9847055218"}),
        ("meera@example.org Meera", {"given_name": "Meera", "email": "meera@example.org"}),
        ("Meera 1994-03-14", {"given_name": "Meera", "birth_date": "1994-03-14"}),
        ("SK-000218", {}),
        ("  \x00 ", {}),
        ("218", {}),
    ],
)
def test_what_was_typed_into_the_search_box_begins_the_registration(typed: str, told: dict[str, str]) -> None:
    assert rules.introduced(typed) == told


@given(st.text(max_size=300))
def test_any_line_can_begin_a_registration(typed: str) -> None:
    told = rules.introduced(typed)
    assert set(told) <= {"given_name", "family_name", "phone", "email", "birth_date"}
    assert all(told.values())
