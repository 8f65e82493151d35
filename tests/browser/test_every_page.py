"""Every page of the house, for each role: it opens, complains of nothing, and can be used by everybody."""

from typing import Any

import pytest

from kalon.people.rules import PATIENT_PERMISSIONS, ROLES
from tests.browser.addresses import Address, pages
from tests.browser.browsers import DESKTOP, PHONE, Browsers, Window
from tests.browser.house import House
from tests.browser.rows import PATIENT, lived_day
from tests.journeys.story import on_tuesday

STAFF = {role: f"{role}@kalon.test" for role in ("owner", "frontdesk", "nurse", "doctor", "inventory", "billing")}
SIGNED_OUT = frozenset(
    {"account_login", "account_request_login_code", "account_reset_password", "patients:register",
     "patients:register_confirm", "billing:pay", "papers:verify"}
)  # fmt: skip
HALVES = ("first_half", "second_half")
LOOKED_AT: set[str] = set()  # the names of pages
MINE = (
    "portal:",
    "consents:my_",
    "consents:mine",
    "installments:my_",
    "installments:choose",
    "entitlements:mine",
    "entitlements:my_",
    "plans:my_",
    "quotes:my_",
    "quotes:mine",
    "usersessions",
    "mfa_index",
)
FILES = {".pdf": b"%PDF", ".pem": b"-----BEGIN CERTIFICATE", ".csv": b"\xef\xbb\xbf", ".json": b"{"}


@pytest.fixture(scope="module")
def examples(house: House) -> dict[str, dict[str, Any]]:
    house.at(on_tuesday("08:00"))
    made = lived_day(house.story)
    house.at(on_tuesday("10:10"))
    return made


@pytest.mark.parametrize("half", HALVES)
@pytest.mark.parametrize("role", STAFF)
def test_the_pages_of_the_staff(
    house: House, browsers: Browsers, examples: dict[str, Any], role: str, half: str
) -> None:
    may = (None, *ROLES[role].permissions)
    mine = [page for page in _half(half) if _is_staff_page(page) and page.permission in may]
    assert len(mine) > 5
    with browsers.window(DESKTOP, signed_in=STAFF[role]) as window:
        faults = _faults(window, mine, examples, narrow=role == "owner", dark=role == "owner")
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("half", HALVES)
def test_the_pages_of_a_patient(house: House, browsers: Browsers, examples: dict[str, Any], half: str) -> None:
    mine = [page for page in _half(half) if page.name.startswith(MINE)]
    assert len(mine) > 4
    with browsers.window(PHONE, signed_in=PATIENT) as window:
        faults = _faults(window, mine, examples, narrow=True, dark=True)
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("half", HALVES)
def test_the_pages_of_a_stranger(house: House, browsers: Browsers, examples: dict[str, Any], half: str) -> None:
    mine = [page for page in _half(half) if page.name in SIGNED_OUT]
    assert mine and {page.name for page in pages()} >= SIGNED_OUT
    with browsers.window(PHONE) as window:
        faults = _faults(window, mine, examples, narrow=True, dark=True)
    assert not faults, "\n".join(faults)


def _half(half: str) -> list[Address]:
    """Every other page: `./kalon test` lives both halves at once, each in a process of its own."""
    return pages()[HALVES.index(half) :: len(HALVES)]


def _is_staff_page(page: Address) -> bool:
    if page.name.startswith(MINE) or page.name in SIGNED_OUT:
        return False
    return page.permission not in PATIENT_PERMISSIONS - {
        permission for spec in ROLES.values() for permission in spec.permissions
    }


def _faults(
    window: Window, addresses: list[Address], examples: dict[str, Any], *, narrow: bool, dark: bool
) -> list[str]:
    """Everything that is wrong with these pages, so that one run tells all of it.

    The owner, who sees every button, is the first: what was measured for them answers the next and is not drawn again;
    the frame around it is, once for each role. The contrast of words, by day and in the dark, is measured when their
    colours come from elsewhere than those of the pages before.
    """
    faults: list[str] = []
    is_first = True
    seen: set[str] = set()
    seen_dark: set[str] = set()
    for address in addresses:
        path = address.path(examples)
        if path.endswith(tuple(FILES)):
            answer, begins = (
                window.context.request.get(path),
                next(mark for end, mark in FILES.items() if path.endswith(end)),
            )
            if not answer.ok or not answer.body().startswith(begins):
                faults.append(f"{path}: {answer.status}, not such a file")
            continue
        is_new = is_first or dark or address.name not in LOOKED_AT
        status = window.go(path) if is_new else window.context.request.get(path).status
        if status != 200:
            faults.append(f"{address.name} {path}: answered {status}")
            continue
        if is_new:
            colours = window.colours()
            found = window.violations(without=("color-contrast",) if colours <= seen else ())
            faults += [f"{address.name}: {fault}" for fault in found]
            seen |= colours
            if dark and not colours <= seen_dark:
                seen_dark |= colours
                with window.in_the_dark():
                    faults += [f"{address.name}, dark: {fault}" for fault in window.violations("color-contrast")]
        is_first = False
        LOOKED_AT.add(address.name)
        if narrow and is_new:
            faults += _too_wide(window, address)
    heard, window.complaints = window.complaints, []
    return faults + heard


def _too_wide(window: Window, address: Address) -> list[str]:
    """Whether the page scrolls sideways on a phone."""
    before = window.page.viewport_size
    window.page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    over = window.overflow()
    window.page.set_viewport_size(before)  # type: ignore[arg-type]
    return [f"{address.name}: {over} px wider than a phone"] if over > 0 else []
