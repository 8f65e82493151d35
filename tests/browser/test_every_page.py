"""Every page of the house, for each role: it opens, complains of nothing, and can be used by everybody."""

from collections.abc import Iterator
from typing import Any

import pytest

from kalon.people.rules import PATIENT_PERMISSIONS, ROLES
from tests.browser.addresses import Address, pages
from tests.browser.browsers import DESKTOP, PHONE, Browsers, Window
from tests.browser.house import House
from tests.browser.rows import PATIENT, lived_day
from tests.journeys.story import on_tuesday

STAFF = {role: f"{role}@kalon.test" for role in ("owner", "frontdesk", "nurse", "doctor", "billing")}
SIGNED_OUT = ("account_", "patients:register", "billing:pay")


@pytest.fixture(scope="module")
def examples(house: House) -> Iterator[dict[str, dict[str, Any]]]:
    house.at(on_tuesday("08:00"))
    made = lived_day(house.story)
    house.at(on_tuesday("10:10"))
    yield made


@pytest.mark.parametrize("role", STAFF)
def test_the_pages_of_the_staff(house: House, browsers: Browsers, examples: dict[str, Any], role: str) -> None:
    mine = [page for page in pages() if _is_staff_page(page) and page.permission in (None, *ROLES[role].permissions)]
    assert len(mine) > 10
    with browsers.window(DESKTOP, signed_in=STAFF[role]) as window:
        assert _faults(window, mine, examples, narrow=role == "owner", dark=role in ("owner", "doctor")) == []


def test_the_pages_of_a_patient(house: House, browsers: Browsers, examples: dict[str, Any]) -> None:
    mine = [page for page in pages() if page.name.startswith(("portal:", "usersessions", "mfa_index"))]
    assert len(mine) > 9
    with browsers.window(PHONE, signed_in=PATIENT) as window:
        assert _faults(window, mine, examples, narrow=True, dark=True) == []


def test_the_pages_of_a_stranger(house: House, browsers: Browsers, examples: dict[str, Any]) -> None:
    mine = [page for page in pages() if page.name.startswith(SIGNED_OUT) and page.name != "account_change_password"]
    assert len(mine) >= 6
    with browsers.window(PHONE) as window:
        assert _faults(window, mine, examples, narrow=True, dark=True) == []


def _is_staff_page(page: Address) -> bool:
    if page.name.startswith(("portal:", "account_", "patients:register", "billing:pay")):
        return page.name == "billing:payment"
    return page.permission not in PATIENT_PERMISSIONS - {
        permission for spec in ROLES.values() for permission in spec.permissions
    }


def _faults(
    window: Window, addresses: list[Address], examples: dict[str, Any], *, narrow: bool, dark: bool
) -> list[str]:
    """Everything that is wrong with these pages, so that one run tells all of it."""
    faults: list[str] = []
    for address in addresses:
        path = address.path(examples)
        if path.endswith(".pdf"):
            answer = window.context.request.get(path)
            if not answer.ok or not answer.body().startswith(b"%PDF"):
                faults.append(f"{path}: {answer.status}, no PDF")
            continue
        if (status := window.go(path)) != 200:
            faults.append(f"{address.name} {path}: answered {status}")
            continue
        faults += [f"{address.name}: {fault}" for fault in window.violations()]
        if dark:
            window.page.emulate_media(color_scheme="dark")
            faults += [f"{address.name}, dark: {fault}" for fault in window.violations("color-contrast")]
            window.page.emulate_media(color_scheme="light")
        if narrow:
            faults += _too_wide(window, address)
    return faults + window.complaints


def _too_wide(window: Window, address: Address) -> list[str]:
    """Whether the page scrolls sideways on a phone."""
    before = window.page.viewport_size
    window.page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    over = window.overflow()
    window.page.set_viewport_size(before)  # type: ignore[arg-type]
    return [f"{address.name}: {over} px wider than a phone"] if over > 0 else []
