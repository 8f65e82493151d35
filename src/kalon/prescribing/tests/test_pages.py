"""The builder as a browser meets it: it saves as it is typed, answers in place, and keeps what it refuses."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kalon.kernel.tenancy import acting_as
from kalon.people.models import User
from kalon.prescribing import actions
from kalon.prescribing.tests.conftest import Room

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
HTMX = {"HX-Request": "true"}


@pytest.fixture
def browser(room: Room) -> Client:
    client = Client()
    with acting_as(room.clinic.system):
        client.force_login(User.objects.get(pk=room.doctor.user_id), backend=BACKEND)
    return client


def _said(item, **more) -> dict[str, str]:
    prefix = f"i{item.pk.hex[-8:]}"
    fields = {
        "name": item.name, "form": item.form, "strength": item.strength, "route": item.route, "dose": "1",
        "dose_unit": "tablet", "frequency": "TDS", "days": "5", "timing": "", "quantity": "", "steps": "",
        "instructions": "", "every_hours": "", "most_a_day": "",
    }  # fmt: skip
    return {f"{prefix}-{name}": value for name, value in {**fields, **more}.items()}


def test_the_doctors_page_begins_one_and_shows_the_builder(room: Room, browser: Client):
    page = browser.get(f"/consultations/{room.encounter.pk}")
    assert "Add medicine" in page.text
    built = browser.post(f"/prescriptions/for/{room.encounter.pk}", headers=HTMX)
    assert built.status_code == 200 and 'id="rx-q"' in built.text
    assert 'id="rx-q"' in browser.get(f"/consultations/{room.encounter.pk}").text


def test_medicines_are_found_and_added_from_the_formulary_or_as_free_text(room: Room, browser: Client):
    mine = room.draft()
    hits = browser.get(f"/prescriptions/{mine.pk}/find", {"q": "isotr"}, headers=HTMX)
    assert "Isotretinoin" in hits.text and 'value="isotretinoin"' in hits.text and "free text" in hits.text
    browser.post(f"/prescriptions/{mine.pk}/items", {"medicine": "isotretinoin"}, headers=HTMX)
    built = browser.post(f"/prescriptions/{mine.pk}/items", {"name": "Zorblax"}, headers=HTMX)
    assert [item.name for item in room.again(mine).items.all()] == ["Isotretinoin", "Zorblax"]
    assert "Zorblax could not be checked" in built.text and "Limited list" in built.text


def test_it_saves_as_it_is_typed_and_says_what_it_finds(room: Room, browser: Client):
    mine = room.draft(room.paracetamol())
    item = mine.items.all()[0]
    said = browser.post(f"/prescriptions/{mine.pk}/items/{item.pk}", _said(item, dose="3"), headers=HTMX)
    assert "Stopped: Paracetamol: 1500 mg at once is above the maximum" in said.text
    assert "3 tablets three times a day for 5 days" in said.text and "Change what is stopped" in said.text
    assert room.again(mine).items.all()[0].quantity == 45


def test_what_cannot_be_saved_says_why_and_changes_nothing(room: Room, browser: Client):
    mine = room.draft(room.paracetamol())
    item = mine.items.all()[0]
    for more, says in (
        ({"dose": "many"}, "Write the dose as a number"),
        ({"frequency": "SOS"}, "how often a day at most"),
        ({"days": "999"}, "from 1 to 365 days"),
        ({"steps": "four a day"}, "is no step"),
    ):
        said = browser.post(f"/prescriptions/{mine.pk}/items/{item.pk}", _said(item, **more), headers=HTMX)
        assert says in said.text and "Nothing you typed is lost" in said.text, more
    plain = browser.post(f"/prescriptions/{mine.pk}/items/{item.pk}", _said(item, dose="many"))
    assert plain.status_code == 422 and 'value="many"' in plain.text
    assert room.again(mine).items.all()[0].dose == 1


def test_a_stop_is_passed_with_a_reason_and_signed(room: Room, browser: Client):
    room.reacts_to("Penicillin")
    mine = room.draft(room.line("amoxicillin", days=5))
    built = browser.post(
        f"/prescriptions/{mine.pk}/answers",
        {"key": "allergy:penicillin:amoxicillin", "reason": "Tolerated since"},
        headers=HTMX,
    )
    assert "Passed with a reason" in built.text
    assert browser.post(f"/prescriptions/{mine.pk}/finalize").status_code == 303
    page = browser.get(f"/prescriptions/{mine.pk}")
    assert "Reason: Tolerated since" in page.text and "Print or save PDF" in page.text
    pdf = browser.get(f"/prescriptions/{mine.pk}.pdf")
    assert pdf["Content-Type"] == "application/pdf" and pdf.getvalue().startswith(b"%PDF")


def test_a_draft_has_no_paper_and_a_cancelled_one_needs_a_reason(room: Room, browser: Client):
    mine = room.draft(room.paracetamol())
    assert browser.get(f"/prescriptions/{mine.pk}.pdf").status_code == 409
    assert browser.post(f"/prescriptions/{mine.pk}/cancel", {"reason": ""}).status_code == 422
    assert browser.post(f"/prescriptions/{mine.pk}/cancel", {"reason": "A slip"}).status_code == 303
    assert room.again(mine).status == "CANCELLED"


def test_the_lists_ask_the_same_of_one_and_of_thirty(room: Room, browser: Client):
    room.signed()
    counts = []
    for more in (0, 12):
        for _ in range(more):
            room.draft(room.paracetamol(), room.line("cetirizine", days=5))
        for path in ("/prescriptions", f"/patients/{room.patient.pk}/prescriptions"):
            browser.get(path)
            with CaptureQueriesContext(
                connection,
            ) as asked:
                assert browser.get(path).status_code == 200
            counts.append(len(asked))
    assert counts[:2] == counts[2:]


def test_the_tab_shows_what_is_taken(room: Room, browser: Client):
    room.takes("Thyroxine 50 microgram")
    room.signed()
    page = browser.get(f"/patients/{room.patient.pk}/prescriptions")
    assert "Thyroxine 50 microgram" in page.text and "Paracetamol" in page.text
    assert "Paracetamol" in browser.get(f"/patients/{room.patient.pk}").text


def test_others_open_it_and_find_nothing_to_press(room: Room):
    mine = room.draft(room.paracetamol())
    client = Client()
    with acting_as(room.clinic.system):
        client.force_login(User.objects.get(pk=room.other_doctor.user_id), backend=BACKEND)
    page = client.get(f"/prescriptions/{mine.pk}")
    assert page.status_code == 200 and 'id="rx-q"' not in page.text and "Sign prescription" not in page.text
    assert client.post(f"/prescriptions/{mine.pk}/items", {"medicine": "cetirizine"}).status_code == 403
    assert actions.finalize(mine.pk, by=room.doctor).number
