"""What is asked before an operation is decided on its page and in JSON, by who manages the theatre."""

import pytest

from kalon.kernel.tenancy import acting_as
from kalon.people import actions as people
from kalon.people.queries import staff_actor
from kalon.theatre import queries
from kalon.theatre.tests.test_lists import client

PAGE, API = "/theatre/policy", "/api/theatre-policy"
TYPED = {
    "lab_codes": ["HB", "ECG"], "lab_days": "30", "valid_days": "7", "arrive_minutes": "90", "food_hours": "8",
    "water_hours": "3", "follow_up_days": "10; 3,90",
}  # fmt: skip

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(house):
    """Somebody who decides for the clinic, signed in."""
    staff = people.add_staff(
        "Anjali Varma", kind="MANAGER", email="anjali@sk.example.org", roles={None: ["owner"]}, by=house.clinic.system
    )
    found = staff_actor(staff.user)
    assert found is not None
    return found


def stands(house):
    with acting_as(house.manager):
        return queries.policy(seen_by=house.manager)


def test_decided_on_its_page(house, owner):
    desk = client(house, owner)
    assert b'value="7, 30, 90"' in desk.get(PAGE).content
    assert desk.post(PAGE, TYPED).status_code == 303
    held = stands(house)
    assert (held.lab_codes, held.lab_days, held.valid_days) == (["HB", "ECG"], 30, 7)
    assert (held.arrive_minutes, held.food_hours, held.water_hours) == (90, 8, 3)
    assert held.follow_up_days == [3, 10, 90]
    assert b'value="3, 10, 90"' in desk.get(PAGE).content


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"follow_up_days": "a week"}, "Write days with commas between"),
        ({"follow_up_days": "0"}, "Give up to 8 days between 1 and 730"),
        ({"lab_days": "400"}, "Results may be between 1 and 365 days old"),
        ({"water_hours": "9"}, "Food stops 2 to 24 hours before, water 1 to 12 and never before food"),
        ({"lab_codes": ["MAGIC"]}, "Select a valid choice"),
        ({"valid_days": ""}, "Write a number"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_typed_is_lost(house, owner, wrong, sentence):
    answer = client(house, owner).post(PAGE, {**TYPED, **wrong})
    page = answer.content.decode()
    assert answer.status_code == 422 and sentence in page and 'value="90"' in page
    assert stands(house).lab_days == 90


def test_decided_in_json_and_by_nobody_else(house, owner):
    body = {
        "lab_codes": ["GLU"], "lab_days": 60, "valid_days": 10, "follow_up_days": [7], "arrive_minutes": 60,
        "food_hours": 6, "water_hours": 2,
    }  # fmt: skip
    at_desk, nurse = client(house, owner), client(house, house.visit.nurse)
    assert at_desk.put(API, body, "application/json").json() == body == at_desk.get(API).json()
    refused = at_desk.put(API, {**body, "lab_codes": ["MAGIC"]}, "application/json")
    assert refused.status_code == 422 and "There is no test called MAGIC" in refused.content.decode()
    assert nurse.put(API, body, "application/json").status_code == 403 and nurse.get(PAGE).status_code == 403
