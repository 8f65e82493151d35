"""The pages: who may open them, what they log, and that a longer list asks the database no more."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kalon.kernel.audit import AuditEvent
from kalon.kernel.tenancy import acting_as
from kalon.patients import queries
from kalon.patients.models import Patient
from kalon.patients.queries import page as frame
from kalon.patients.tests.factories import patient
from kalon.people.tests.factories import Clinic

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
Post = list[Any]
NILA = {
    "who_for": "myself",
    "given_name": "Nila",
    "family_name": "Thomas",
    "birth_date": "1991-02-03",
    "gender": "female",
    "phone": "98470 12345",
    "email": "nila@example.com",
    "language": "en",
}


@pytest.fixture
def desk(here: Clinic) -> Client:
    return signed_in(here, "frontdesk")


def signed_in(here: Clinic, role: str) -> Client:
    client = Client(HTTP_HOST="localhost")
    client.force_login(here.users[role], backend=BACKEND)
    return client


def reads(here: Clinic, purpose: str) -> int:
    with acting_as(here.owner):
        return AuditEvent.objects.filter(kind="READ", purpose=purpose).count()


def page_of(one: Patient, tab: str = "") -> str:
    return reverse("patients:tab", args=[one.pk, tab]) if tab else reverse("patients:page", args=[one.pk])


def test_the_list_asks_as_often_for_thirty_rows_as_for_one_and_logs_each(here: Clinic, desk: Client) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as caught:
            assert desk.get(reverse("patients:list")).status_code == 200
        return len(caught)

    patient(here.frontdesk)
    asked()  # what is looked up once (the session's first use) is out of the way
    with_one = asked()
    for _ in range(29):
        patient(here.frontdesk)
    assert asked() == with_one
    assert reads(here, "list of patients") == 1 + 1 + 30


def test_a_search_is_answered_on_the_page_and_logged(here: Clinic, desk: Client) -> None:
    patient(here.frontdesk, given_name="Meera", family_name="Nair")
    patient(here.frontdesk, given_name="Joseph", family_name="Kurian")
    answer = desk.get(reverse("patients:list"), {"q": "mira nayar"}).content.decode()
    assert "Meera Nair" in answer
    assert "Joseph Kurian" not in answer
    assert reads(here, "search") == 1
    assert "Register them" in desk.get(reverse("patients:list"), {"q": "xyzzy"}).content.decode()


def test_the_palette_finds_patients(here: Clinic, desk: Client) -> None:
    one = patient(here.frontdesk, given_name="Meera", family_name="Nair")
    answer = desk.get("/search", {"q": "meera"}).content.decode()
    assert page_of(one) in answer
    assert one.mrn in answer


def test_the_palette_offers_to_register_whom_nobody_knows(here: Clinic, desk: Client) -> None:
    answer = desk.get("/search", {"q": "Meera Nair 98470 55218"}).content.decode()
    assert "/patients/new?name=Meera+Nair+98470+55218" in answer
    assert "/patients/new?name" not in desk.get("/search", {"q": "calendar"}).content.decode()  # a place, no person
    patient(here.frontdesk, given_name="Meera", family_name="Nair")
    assert "/patients/new?name" not in desk.get("/search", {"q": "Meera Nair"}).content.decode()


def test_a_new_patient_is_registered_for_the_page_that_asked(here: Clinic, desk: Client) -> None:
    person = {"given_name": "Meera", "birth_date": "1994-03-14", "phone": "98470 55218", "gender": "female"}
    form = {**person, "language": "en", "allergy_state": "NOT_RECORDED"}
    back = "/appointments/book?how=phone&date=2026-11-24"
    answer = desk.post(f"/patients/new?{urlencode({'name': 'Meera', 'next': back})}", form)
    with acting_as(here.owner):
        made = Patient.objects.get()
    assert answer["Location"] == f"{back}&patient={made.pk}"
    elsewhere = urlencode({"next": "//evil.example/appointments"})
    second = {**form, "given_name": "Joseph", "phone": "98470 55219"}
    assert desk.post(f"/patients/new?{elsewhere}", second)["Location"].startswith("/patients/")


@pytest.mark.parametrize("tab", ["", "details", "family"])
def test_opening_a_record_is_logged_with_its_purpose(here: Clinic, desk: Client, tab: str) -> None:
    one = patient(here.frontdesk, given_name="Meera", family_name="Nair", birth_date="1994-03-14")
    answer = desk.get(page_of(one, tab))
    assert answer.status_code == 200
    shown = answer.content.decode()
    assert all(fact in shown for fact in ("Meera Nair", one.mrn, "14 Mar 1994", 'data-allergy="not_recorded"'))
    with acting_as(here.owner):
        event = AuditEvent.objects.filter(kind="READ").latest("id")
    assert (event.patient_id, event.actor_name, event.purpose[:12]) == (one.pk, here.frontdesk.name, "patient page")


def test_the_access_log_is_for_who_may_view_it(here: Clinic, desk: Client) -> None:
    one = patient(here.frontdesk)
    desk.get(page_of(one))
    assert desk.get(page_of(one, "access")).status_code == 404
    shown = signed_in(here, "owner").get(page_of(one, "access")).content.decode()
    assert here.frontdesk.name in shown


@pytest.mark.parametrize("role", ["inventory"])
def test_who_may_not_read_patients_is_refused_on_every_page(here: Clinic, role: str) -> None:
    one = patient(here.frontdesk, given_name="Meera")
    client = signed_in(here, role)
    for url in (reverse("patients:list"), reverse("patients:new"), page_of(one), page_of(one, "details")):
        answer = client.get(url)
        assert answer.status_code == 403
        assert "Meera" not in answer.content.decode()


def test_another_clinics_patient_is_not_there(here: Clinic, elsewhere: Clinic, desk: Client) -> None:
    theirs = patient(elsewhere.frontdesk, given_name="Meera")
    answer = desk.get(page_of(theirs))
    assert answer.status_code == 404
    assert "Meera" not in answer.content.decode()


def form(**overrides: str) -> dict[str, str]:
    typed = {
        "given_name": "Meera", "family_name": "Nair", "birth_date": "1994-03-14", "gender": "female", "language": "ml",
        "phone": "98470 55218", "allergy_state": "KNOWN", "allergies": "Penicillin: anaphylaxis, 2019\nLatex",
        "medicines": "Thyroxine 50 mcg",
    }  # fmt: skip
    return {**typed, **overrides}


def test_the_desk_registers_on_the_page(here: Clinic, desk: Client) -> None:
    answer = desk.post(reverse("patients:new"), form())
    with acting_as(here.frontdesk):
        one = queries.patients(seen_by=here.frontdesk).get()
        told = [
            (row.substance, row.reaction, row.since_year) for row in queries.allergies(one.pk, seen_by=here.frontdesk)
        ]
        taken = [row.text for row in queries.history(one.pk, seen_by=here.frontdesk)]
    assert answer["Location"] == page_of(one)
    assert told == [("Penicillin", "anaphylaxis", 2019), ("Latex", "", None)]
    assert taken == ["Thyroxine 50 mcg"]


def test_a_double_is_shown_first_and_whom_the_desk_saw_is_logged(here: Clinic, desk: Client) -> None:
    first = patient(here.frontdesk, given_name="Meera", family_name="Nair", birth_date="1994-03-14")
    answer = desk.post(reverse("patients:new"), form(given_name="Mira"))
    shown = answer.content.decode()
    assert (answer.status_code, first.mrn in shown, "This is a different person" in shown) == (200, True, True)
    assert 'value="Mira"' in shown  # nothing that was typed is lost
    assert reads(here, "possible duplicate") == 1
    assert desk.post(reverse("patients:new"), form(given_name="Mira", is_different_person="on")).status_code == 303


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"given_name": ""}, "Write the first name."),
        ({"given_name": "x" * 10_000}, "This is too long: 10,000 characters, and 100 fit."),
        ({"given_name": "Me\x00era"}, "This holds a character that cannot be stored."),
        ({"birth_date": "2026-02-30"}, "This day does not exist."),
        ({"birth_date": "2019-02-03"}, "A patient under 18 needs a guardian."),
        ({"phone": "abc"}, "A phone number has digits only"),
        ({"gender": "robot"}, "Choose one of the answers."),
    ],
)
def test_what_is_wrong_is_said_beside_the_field_and_nothing_is_written(
    here: Clinic, desk: Client, typed: dict[str, str], sentence: str
) -> None:
    answer = desk.post(reverse("patients:new"), form(**typed))
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    with acting_as(here.frontdesk):
        assert queries.patients(seen_by=here.frontdesk).count() == 0


def test_two_desks_do_not_overwrite_each_other(here: Clinic, desk: Client) -> None:
    one = patient(here.frontdesk, given_name="Meera", family_name="Nair", phone="98470 55218")
    url = reverse("patients:correct", args=[one.pk])
    same = {"given_name": "Meera", "family_name": "Nair", "birth_date": one.born.isoformat(), "gender": "female",
            "phone": one.phone, "email": one.email, "language": "en", "version": "1"}  # fmt: skip
    assert desk.post(url, {**same, "city": "Kochi", "reason": "Moved"}).status_code == 303
    late = desk.post(url, {**same, "city": "Thrissur", "reason": "Moved"})
    assert late.status_code == 422
    assert "Somebody changed this record after you opened the page" in late.content.decode()
    with acting_as(here.frontdesk):
        now = queries.patient(one.pk, seen_by=here.frontdesk)
    assert (now.postal_address, now.given_name, now.version) == ({"city": "Kochi"}, "Meera", 2)


@pytest.mark.parametrize(
    ("name", "typed", "shown_on", "shown"),
    [
        ("allergies", {"allergy_state": "NONE_KNOWN"}, "", 'data-allergy="none_known"'),
        ("contact", {"name": "Ravi", "relationship": "Son", "phone": "98470 55219"}, "family", "+91 98470 55219"),
        ("coverage", {"payer": "Star Health", "policy_number": "SH-1"}, "details", "Star Health"),
        ("history", {"kind": "SURGERY", "text": "Appendix, 2015"}, "history", "Appendix, 2015"),
    ],
)
def test_small_forms_write_and_come_back(
    here: Clinic, desk: Client, name: str, typed: dict[str, str], shown_on: str, shown: str
) -> None:
    one = patient(here.frontdesk)
    url = reverse(f"patients:{name}", args=[one.pk])
    assert desk.get(url).status_code == 200
    assert desk.post(url, {}).status_code == 422
    assert desk.post(url, typed)["Location"] == page_of(one, shown_on)
    assert shown in desk.get(page_of(one, shown_on)).content.decode()


@pytest.fixture
def plugged() -> Any:
    """Cards that a context above would plug in, taken out again."""
    kept = [(held, held.copy()) for held in (frame._panels, frame._next_actions, frame._buttons)]
    tabs = frame._tabs.copy()
    yield
    for held, before in kept:
        held[:] = before
    frame._tabs.clear()
    frame._tabs.update(tabs)


def test_contexts_above_plug_their_cards_in(here: Clinic, desk: Client, plugged: None) -> None:
    one = patient(here.frontdesk)
    draw: Callable[[str], frame.Draw] = lambda text: lambda request, patient: f"<b>{text} {patient.mrn}</b>"  # noqa: E731
    frame.add_panel(draw("balance"), column="side")
    frame.add_next_action(draw("book"), order=1)
    frame.add_button(draw("message"))
    frame.add_tab(frame.Tab("visits", "Visits", render=draw("visits"), permission="patients.read", order=1))
    frame.add_tab(frame.Tab("secret", "Secret", render=draw("secret"), permission="people.manage"))
    shown = desk.get(page_of(one)).content.decode()
    assert all(f"<b>{text} {one.mrn}</b>" in shown for text in ("balance", "book", "message"))
    assert ("Visits" in shown, "Secret" in shown) == (True, False)
    assert f"<b>visits {one.mrn}</b>" in desk.get(page_of(one, "visits")).content.decode()
    assert desk.get(page_of(one, "secret")).status_code == 404


def test_a_visitor_walks_through_the_steps_and_is_signed_in(here: Clinic, post: Post) -> None:
    client = Client(HTTP_HOST="localhost")
    url = reverse("patients:register")
    who = NILA
    assert "Write the first name." in client.post(url, {**who, "given_name": "", "step": "1"}).content.decode()
    second = client.post(url, {**who, "step": "1"}).content.decode()
    assert "Your health" in second
    assert 'name="email" value="nila@example.com"' in second
    health = {"allergens": "Lidocaine", "reaction": "Swelling", "cold_sores": "yes"}
    assert "Almost done" in client.post(url, {**who, **health, "step": "2"}).content.decode()
    back = client.post(url, {**who, **health, "step": "3", "go": "back"}).content.decode()
    assert "Your health" in back
    sent = client.post(url, {**who, **health, "password": "a-long-enough-sentence", "step": "3"})
    assert client.post(sent["Location"], {"code": "not it"}).status_code == 422
    assert client.post(sent["Location"], {"code": post[0].code})["Location"] == reverse("portal:home")
    assert client.session["_auth_user_id"]
    with acting_as(here.system):
        one = queries.patients(seen_by=here.system).get()
        assert [row.substance for row in queries.allergies(one.pk, seen_by=here.system)] == ["Lidocaine"]
        assert [row.text for row in queries.history(one.pk, seen_by=here.system)] == ["Cold sores before: yes"]


def test_the_password_never_travels_back_to_the_page(here: Clinic, post: Post) -> None:
    client = Client(HTTP_HOST="localhost")
    typed = {**NILA, "password": "a-long-enough-sentence", "coverage_payer": "x" * 500}
    for step in ("1", "2", "3"):
        assert (
            "a-long-enough-sentence"
            not in client.post(reverse("patients:register"), {**typed, "step": step}).content.decode()
        )


def test_on_the_clinics_tablet_the_desk_stays_signed_in(here: Clinic, desk: Client, post: Post) -> None:
    sent = desk.post(reverse("patients:register"), {**NILA, "step": "3"})
    answer = desk.post(sent["Location"], {"code": post[0].code})
    assert "Thank you, Nila" in answer.content.decode()
    assert desk.session["_auth_user_id"] == str(here.users["frontdesk"].pk)


def test_the_banner_says_so_when_allergies_cannot_be_read(here: Clinic) -> None:
    one = Patient(organization_id=here.organization_id, mrn="SK-1", allergy_state="KNOWN")
    with acting_as(here.frontdesk):
        assert queries.banner(one).allergy_state == "UNAVAILABLE"
