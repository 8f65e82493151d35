"""Every page of the desk, asked for by those who have no business there."""

from collections import defaultdict
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from kalon.kernel.tenancy import acting_as
from kalon.patients import actions as patients
from kalon.people.models import User
from kalon.people.rules import PATIENT_PERMISSIONS
from tests.browser.addresses import Address, pages
from tests.journeys.story import Story
from tests.journeys.test_consult_only import ZOYA

ANY: dict[str, object] = defaultdict(
    lambda: UUID(int=1),  # most addresses name rows, and none is found
    key="details", name="cancel", code="summary-ready", channel="EMAIL", language="en", token="x", word="x", kind="csv",
    slug="x", what="waste",
)  # fmt: skip
OPEN = frozenset(
    {
        "home",
        "web:search",
        "web:components",
        "messaging:inbox",
        "billing:pay",
        "papers:verify",
        "scheduling:door",
        "scheduling:offer",
        "scheduling:waiting",
    }
)  # to a stranger, too


def staff_pages() -> list[Address]:
    """The pages that go through `staff_page`."""
    return [
        page
        for page in pages()
        if page.is_frame
        and page.name not in OPEN
        and page.permission != "portal.use"
        and not page.name.startswith(("portal:", "patients:register"))
    ]


def _path(page: Address) -> str:
    return reverse(page.name, kwargs={name: ANY[name] for name in page.kwargs})


@pytest.fixture
def zoya(story: Story) -> Client:
    """A patient who has signed in."""
    row = patients.start_registration(ZOYA, "a long pass phrase", by=story.visitor)
    patient = patients.confirm_registration(row.pk, story.code_sent(), by=story.visitor)
    client = Client()
    with acting_as(story.place.system):
        user = User.objects.get(pk=story.patient_actor(patient.pk, "Zoya").user_id)
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def test_a_stranger_is_sent_to_sign_in(story: Story) -> None:
    found = {page.name: Client().get(_path(page)) for page in staff_pages()}
    assert len(found) > 40
    elsewhere = {
        name: answer.status_code
        for name, answer in found.items()
        if answer.status_code not in (302, 303) or "/accounts/login/" not in answer["Location"]
    }
    assert elsewhere == {}


def test_a_patient_is_refused(story: Story, zoya: Client) -> None:
    found = {page.name: zoya.get(_path(page)).status_code for page in staff_pages()}
    assert {name: status for name, status in found.items() if status != 403} == {}


def test_what_the_clinic_keeps_for_itself_is_refused_to_a_patient_in_json_too(zoya: Client) -> None:
    answer = zoya.post(f"/api/bills/write-offs/{UUID(int=1)}/approve", {"note": ""}, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (403, "not-permitted"), answer.content


def test_no_right_of_a_patient_opens_a_page_of_the_desk() -> None:
    of_patients = {page.permission for page in pages() if page.name.startswith("portal:")}
    assert of_patients == {"portal.use"}
    assert "people.manage" not in PATIENT_PERMISSIONS
