"""The pages of consents: the way through them, refusals beside the field, and what lists cost."""

import json
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kalon.consents import actions, queries
from kalon.consents.tests.conftest import LINES, Office
from kalon.consents.tests.test_api import client
from kalon.kernel import outbox
from kalon.kernel.tenancy import acting_as
from kalon.people.models import User


def at(name: str, *args: Any) -> str:
    return reverse(f"consents:{name}", args=args)


def words(page: Any) -> str:
    return page.content.decode()  # type: ignore[no-any-return]


def hand(office: Office, consent: Any, **more: Any) -> dict[str, Any]:
    again = office.again(consent)
    return {
        "words": again.content_sha256, "role": "PATIENT", "ticked": ["0", "1"], "strokes": json.dumps(LINES), **more,
    }  # fmt: skip


def test_from_the_patient_page_to_the_signed_paper(office: Office):
    nurse = client(office, office.nurse)
    tab = reverse("patients:tab", args=[office.patient.pk, "consents"])
    assert "No consents yet" in words(nurse.get(tab))
    answer = nurse.post(at("prepare", office.patient.pk), {"language": ""})
    assert answer.status_code == 422 and "Choose what it is about." in words(answer)
    wish = {"version": str(office.in_use["PHOTOGRAPHY"].pk), "language": "hi"}
    made = nurse.post(at("prepare", office.patient.pk), wish)
    assert made.status_code == 303
    page = words(nurse.get(made["Location"]))
    assert "This is how it will read" in page and "चिकित्सा तस्वीरों के लिए सहमति" in page
    consent = office.again(type("Row", (), {"pk": made["Location"].rpartition("/")[2]}))  # type: ignore[arg-type]
    assert nurse.post(at("present", consent.pk)).status_code == 303
    assert nurse.post(at("language", consent.pk), {"language": "en", "signing": "1"})["Location"].endswith("/sign")
    page = words(nurse.get(at("sign", consent.pk)))
    assert "Ananya Iyer (SK-000305)" in page and "data-sign-pad" in page
    empty = nurse.post(at("sign", consent.pk), hand(office, consent, strokes="", name=""))
    assert empty.status_code == 422 and "Sign in the field, or type" in words(empty)
    broken = nurse.post(at("sign", consent.pk), hand(office, consent, strokes="[[1,2"))
    assert broken.status_code == 422 and "did not arrive whole" in words(broken)
    unticked = nurse.post(at("sign", consent.pk), hand(office, consent, ticked=["0"]))
    assert unticked.status_code == 422 and "Tick each sentence" in words(unticked)
    assert "[[100, 200, 0]" in words(unticked).replace("&quot;", '"'), "the drawing comes back"
    assert nurse.post(at("sign", consent.pk), hand(office, consent))["Location"].endswith(str(consent.pk))
    page = words(nurse.get(at("consent", consent.pk)))
    assert "to the letter what was signed" in page and "The signed paper is being made." in page
    while outbox.run_due():
        pass
    assert nurse.get(at("paper", consent.pk)).content.startswith(b"%PDF")
    assert "In force" in words(nurse.get(tab))
    why = nurse.post(at("revoke", consent.pk), {"reason": ""})
    assert why.status_code == 422 and "Write why" in words(why)
    assert nurse.post(at("revoke", consent.pk), {"reason": "Said so by phone"}).status_code == 303
    assert "Said so by phone" in words(nurse.get(at("consent", consent.pk)))


def test_a_patient_reads_signs_and_withdraws(office: Office):
    ananya = client(office, office.account(office.patient))
    consent = office.presented("DATA_PROCESSING")
    assert "To read and sign" in words(ananya.get(at("mine")))
    page = at("my_consent", consent.pk)
    assert "What we keep about you" in words(ananya.get(page))
    assert ananya.post(at("my_language", consent.pk), {"language": "hi"}).status_code == 303
    hindi = words(ananya.get(page))
    assert "हम आपके बारे में क्या रखते हैं" in hindi
    assert "अपनी उँगली से दस्तख़त करें" in hindi and "Sign with your finger" not in hindi
    typed = hand(office, consent, strokes="", name="अनन्या अय्यर")
    assert ananya.post(page, typed).status_code == 303
    assert "अनन्या अय्यर" in words(ananya.get(page))
    assert ananya.post(at("my_withdraw", consent.pk), {"reason": " "}).status_code == 422
    assert ananya.post(at("my_withdraw", consent.pk), {"reason": "No more"}).status_code == 303
    assert "You withdrew it" in words(ananya.get(page))


def test_another_patients_consent_is_not_there(office: Office):
    consent = office.presented()
    other = client(office, office.account(office.child))
    for name in ("my_consent", "my_paper"):
        assert other.get(at(name, consent.pk)).status_code == 404
    for name in ("my_consent", "my_language", "my_withdraw"):
        body = {**hand(office, consent), "language": "hi", "reason": "x"}
        assert other.post(at(name, consent.pk), body).status_code == 404
    assert office.again(consent).status == "PRESENTED"
    assert office.again(consent).language == "en"


def test_stale_words_are_read_again(office: Office):
    consent = office.opened()
    nurse = client(office, office.nurse)
    old = hand(office, consent)
    actions.change_language(consent.pk, "hi", by=office.nurse)
    answer = nurse.post(at("sign", consent.pk), old)
    assert answer.status_code == 422 and "Read them again" in words(answer)


def test_the_words_are_written_in_the_settings(office: Office):
    owner = client(office, office.owner)
    assert "Clinical photographs" in words(owner.get(at("forms")))
    assert owner.post(at("add_form"), {"kind": "MARKETING", "name": "Clinical photographs"}).status_code == 422
    made = owner.post(at("add_form"), {"kind": "MARKETING", "name": "Before and after"})
    assert made.status_code == 303
    form = made["Location"]
    assert "Version 1" in words(owner.get(form))
    template = form.rpartition("/")[2]
    with acting_as(office.owner):
        draft = queries.template(template, seen_by=office.owner).versions.all()[0]
    write = at("text", draft.pk, "en")
    assert owner.post(at("add_language", draft.pk), {"language": "en"})["Location"] == write
    said = {"title": "May we?", "body": "# Ask\nMay we?"}
    refused = owner.post(write, said)
    assert refused.status_code == 422 and "on a line of its own" in words(refused) and "May we?" in words(refused)
    assert owner.post(write, {**said, "body": said["body"] + "\n[ ] Yes", "preview": "1"}).status_code == 200
    assert owner.post(write, {**said, "body": said["body"] + "\n[ ] Yes"}).status_code == 303
    assert owner.post(at("terms", draft.pk), {"valid_months": "999"}).status_code == 422
    assert owner.post(at("terms", draft.pk), {"valid_months": "6", "needs_staff": "on"}).status_code == 303
    assert owner.post(at("publish", draft.pk)).status_code == 303
    assert "Published: it stays as it is" in words(owner.get(write))
    assert owner.post(write, {**said, "body": said["body"] + "\n[ ] Yes"}).status_code == 422
    assert owner.post(at("withdraw", draft.pk), {"reason": ""}).status_code == 422
    assert owner.post(at("withdraw", draft.pk), {"reason": "Not this year"}).status_code == 303
    assert owner.post(at("begin", template)).status_code == 303


@pytest.mark.parametrize("page", ["forms", "add_form"])
def test_only_who_manages_them_writes_words(office: Office, page: str):
    assert client(office, office.nurse).get(at(page)).status_code == 403


def test_lists_cost_the_same_for_one_and_for_many(office: Office):
    nurse, ananya = client(office, office.nurse), client(office, office.account(office.patient))
    tab = reverse("patients:tab", args=[office.patient.pk, "consents"])

    def cost(by: Client, path: str) -> int:
        with CaptureQueriesContext(connection) as caught:
            assert by.get(path).status_code == 200
        return len(caught)

    office.signed()
    for by, path in ((nurse, tab), (ananya, at("mine"))):
        cost(by, path)
    one = [cost(nurse, tab), cost(ananya, at("mine"))]
    for _ in range(9):
        office.signed()
    assert [cost(nurse, tab), cost(ananya, at("mine"))] == one


def test_a_tablet_in_a_patients_hands_shows_this_consent_and_nothing_else(office: Office):
    consent = office.presented()
    with acting_as(office.clinic.system):
        user = User.objects.get(pk=office.nurse.user_id)
        user.set_password("a long pass phrase")
        user.save(update_fields=["password"])
    tablet = client(office, office.nurse)
    assert tablet.post(at("hand_over", consent.pk))["Location"] == at("sign", consent.pk)
    page = words(tablet.get(at("sign", consent.pk)))
    assert "data-sign-pad" in page and at("consent", consent.pk) + '"' not in page
    elsewhere = (
        at("consent", consent.pk), reverse("patients:page", args=[office.patient.pk]), "/consultations", "/search?q=a",
        f"/api/consents/{consent.pk}", "/accounts/password/change/",
    )  # fmt: skip
    for address in elsewhere:
        assert tablet.get(address)["Location"] == at("sign", consent.pk), address
    assert tablet.post(at("void", consent.pk), {"reason": "No"})["Location"] == at("sign", consent.pk)
    assert office.again(consent).status == "PRESENTED"
    assert tablet.post(at("sign", consent.pk), hand(office, consent))["Location"] == at("sign", consent.pk)
    assert tablet.get(at("sign", consent.pk))["Location"] == reverse("web:take_back")
    wrong = tablet.post(reverse("web:take_back"), {"password": "a guess"})
    assert wrong.status_code == 422 and "not the password" in words(wrong)
    assert tablet.get("/consultations")["Location"].endswith("/sign")
    back = tablet.post(reverse("web:take_back"), {"password": "a long pass phrase"})
    assert back["Location"] == at("consent", consent.pk)
    assert "to the letter what was signed" in words(tablet.get(at("consent", consent.pk)))


def test_who_guesses_the_password_on_a_handed_over_tablet_is_signed_out(office: Office):
    consent = office.presented()
    tablet = client(office, office.nurse)
    tablet.post(at("hand_over", consent.pk))
    for _ in range(4):
        assert tablet.post(reverse("web:take_back"), {"password": "a guess"}).status_code == 422
    assert "login" in tablet.post(reverse("web:take_back"), {"password": "a guess"})["Location"]
    assert "login" in tablet.get(at("consent", consent.pk))["Location"]
