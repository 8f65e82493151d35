"""The pages and the JSON of quotes, through requests: the desk's and the patient's."""

from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kalon.kernel.tenancy import acting_as
from kalon.patients.models import PatientAccess
from kalon.people.models import User
from kalon.plans.tests.told import approved
from kalon.quotes import actions, queries
from kalon.quotes.tests.told import STROKES, accepted, drafted, now, paid, sent

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def client(visit: Any, actor: Any) -> Client:
    made = Client()
    with acting_as(visit.clinic.system):
        made.force_login(User.objects.get(pk=actor.user_id), backend=BACKEND)
    return made


def patient(visit: Any) -> Client:
    me = visit.clinic.patient_actor()
    with acting_as(visit.clinic.system):
        PatientAccess.objects.get_or_create(
            user_id=me.user_id, patient=visit.clinic.patient, organization_id=me.organization_id,
            defaults={"relation": "SELF", "called": "Meera"},
        )  # fmt: skip
    return client(visit, me)


def test_the_desk_writes_and_sends_a_quote(visit):
    plan, desk = approved(visit, "SERIES"), client(visit, visit.desk)
    assert "has not accepted a quote" in desk.get(f"/plans/{plan.pk}").content.decode()
    assert desk.post(f"/plans/{plan.pk}/quote").status_code == 303
    with acting_as(visit.desk):
        quote = queries.quotes_of_plan(plan.pk, seen_by=visit.desk)[0]
        option = quote.options.get()
    at = f"/quotes/{quote.pk}"
    assert desk.get(at).status_code == 200
    assert desk.post(f"{at}/options", {"title": "With care", "like": str(option.pk)}).status_code == 303
    assert desk.get(f"/quotes/options/{option.pk}").status_code == 200
    assert desk.get(f"/quotes/options/{option.pk}/lines").status_code == 200
    wrong = desk.post(f"/quotes/options/{option.pk}/lines", {"section": "OTHER", "quantity": "1", "payer": "PATIENT"})
    assert wrong.status_code == 422 and "Write" in wrong.content.decode()
    line = {"section": "OTHER", "description": "Sunscreen", "quantity": "2", "unit_price": "450", "payer": "PATIENT"}
    assert desk.post(f"/quotes/options/{option.pk}/lines", line).status_code == 303
    assert desk.post(f"{at}/terms", {"valid_until": "2020-01-01"}).status_code == 422
    assert desk.post(f"{at}/send").status_code == 303
    text = desk.get(at).content.decode()
    assert "Sunscreen" in text and now(visit, quote).number in text
    assert desk.get("/quotes").status_code == 200 and desk.get("/quotes?show=expiring").status_code == 200
    assert "Option A" in desk.get(f"/plans/{plan.pk}").content.decode()


def test_the_patient_reads_asks_and_signs_on_their_pages(visit):
    quote, phone = sent(visit), patient(visit)
    assert phone.get("/my/quotes").status_code == 200
    at = f"/my/quotes/{quote.pk}"
    page = phone.get(at)
    assert page.status_code == 200 and "Accept and sign" in page.content.decode()
    assert phone.post(f"{at}/ask", {"words": "Is it painful?"}).status_code == 303
    with acting_as(visit.desk):
        option = quote.options.get()
    said = {"words": quote.content_sha256, "option": str(option.pk), "strokes": "", "name": ""}
    assert phone.post(at, said).status_code == 422
    assert phone.post(at, {**said, "strokes": str(STROKES)}).status_code == 303
    assert now(visit, quote).status == "ACCEPTED"
    assert "You accepted it" in phone.get(at).content.decode()
    assert phone.get(f"{at}.pdf").content.startswith(b"%PDF")


def test_a_quote_is_declined_with_a_reason(visit):
    quote, phone = sent(visit), patient(visit)
    assert phone.post(f"/my/quotes/{quote.pk}/decline", {"reason": ""}).status_code == 422
    assert phone.post(f"/my/quotes/{quote.pk}/decline", {"reason": "Later"}).status_code == 303
    assert now(visit, quote).rejection == "Later"


def test_it_is_signed_at_the_clinic_on_a_screen_or_on_paper(visit):
    quote, desk = sent(visit), client(visit, visit.desk)
    assert desk.get(f"/quotes/{quote.pk}/sign").status_code == 200
    with acting_as(visit.desk):
        option = quote.options.get()
    paper = {"words": quote.content_sha256, "option": str(option.pk), "name": "Meera Nair", "note": ""}
    assert desk.post(f"/quotes/{quote.pk}/paper", paper).status_code == 422
    assert desk.post(f"/quotes/{quote.pk}/paper", {**paper, "note": "No phone; folder 3"}).status_code == 303
    assert "Signed on paper" in desk.get(f"/quotes/{quote.pk}").content.decode()


def test_the_owner_sets_what_is_asked_and_what_comes_with_a_service(visit):
    owner, service = client(visit, visit.clinic.owner), visit.clinic.consult
    assert owner.get("/quotes/settings").status_code == 200
    policy = {
        "asked_for": ["SURGICAL"], "deposit_percent": "10", "valid_days": "14", "remind_days": "2", "hold_days": "90"
    }  # fmt: skip
    assert owner.post("/quotes/settings", policy).status_code == 303
    at = f"/quotes/settings/services/{service.pk}"
    assert owner.get(at).status_code == 200
    lines = {
        "form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "0", "form-0-section": "FACILITY",
        "form-0-description": "Theatre", "form-0-quantity": "1", "form-0-unit_price": "9000",
    }  # fmt: skip
    assert owner.post(at, lines).status_code == 303
    assert "Theatre" in owner.get("/quotes/settings").content.decode()
    assert client(visit, visit.nurse).get("/quotes/settings").status_code == 403


def test_the_json_of_a_quote(visit):
    plan, desk = approved(visit, "SERIES"), client(visit, visit.desk)
    made = desk.post(f"/api/procedure-plans/{plan.pk}/quote", {}, content_type="application/json")
    assert made.status_code == 201, made.content
    quote = made.json()
    sent_out = desk.post(f"/api/quotes/{quote['id']}/send", {}, content_type="application/json").json()
    body = {
        "option_id": quote["options"][0]["id"], "strokes": STROKES, "words": sent_out["content_sha256"]
    }  # fmt: skip
    done = desk.post(f"/api/quotes/{quote['id']}/accept", body, content_type="application/json")
    assert done.status_code == 200 and done.json()["status"] == "ACCEPTED", done.content
    money = desk.get(f"/api/procedure-plans/{plan.pk}/money").json()
    assert money["missing"] == "deposit" and not money["in_order"]
    again = desk.post(f"/api/quotes/{quote['id']}/reject", {"reason": "No"}, content_type="application/json")
    assert again.status_code == 409


def test_the_lists_ask_as_much_for_thirty_as_for_one_of_each_kind(visit):
    consultation = drafted(visit).plan.consultation_id
    desk, phone = client(visit, visit.desk), patient(visit)
    pages = [(desk, f"/quotes?show={kind}") for kind in ("", "drafts", "sent", "accepted", "closed")]
    pages += [(desk, "/api/quotes"), (phone, "/my/quotes"), (phone, "/api/quotes")]

    def one_of_each() -> None:
        sent(visit, approved(visit, "SERIES", of=consultation))
        accepted(visit, approved(visit, "SERIES", of=consultation))
        declined = sent(visit, approved(visit, "SERIES", of=consultation))
        actions.reject(declined.pk, "Later", by=visit.desk)

    def costs() -> list[int]:
        found = []
        for who, path in pages:
            with CaptureQueriesContext(connection) as seen:
                assert who.get(path).status_code == 200
            found.append(len(seen))
        return found

    one_of_each()
    costs()  # the first request of a session writes what later ones find
    alone = costs()
    for _ in range(9):
        drafted(visit, approved(visit, "SERIES", of=consultation))
        one_of_each()
    assert costs() == alone
    assert "20 quotes" in desk.get("/quotes").content.decode()


def test_the_desk_takes_the_deposit_on_the_plans_page_once(visit):
    quote, desk = accepted(visit), client(visit, visit.desk)
    page = f"/plans/{quote.plan_id}"
    assert f'value="{quote.deposit_due}"' in desk.get(page).content.decode()
    asked = {"amount": str(quote.deposit_due), "method": "UPI", "key": "one-press"}
    for wrong in ({**asked, "amount": "0"}, {**asked, "amount": ""}, {**asked, "method": "GOLD"}):
        assert desk.post(f"{page}/deposit", wrong).status_code in (400, 422)
    for _ in range(2):
        assert desk.post(f"{page}/deposit", asked).status_code == 303
    with acting_as(visit.clinic.system):
        assert queries.deposit_met(quote, seen_by=visit.clinic.system)
        assert queries.deposit_of(quote, seen_by=visit.clinic.system).held == quote.deposit_due
    assert "Deposit to take" not in desk.get(page).content.decode()
    assert client(visit, visit.nurse).post(f"{page}/deposit", asked).status_code == 403


def test_the_patient_pays_the_deposit_on_the_phone(visit):
    quote, own = accepted(visit), patient(visit)
    page = f"/my/quotes/{quote.pk}"
    assert f"{page}/deposit" in own.get(page).content.decode()
    going = own.post(f"{page}/deposit", {"idempotency_key": "d1"})
    assert (going.status_code, "/pay/" in going["Location"]) == (303, True)
    other = own.post(f"{page}/deposit", {"idempotency_key": "d1", "with": "something else"})
    assert other.status_code == 422 and other["Content-Type"].startswith("text/html")
    assert "This form was sent before with something else in it." in other.content.decode()
    desk = client(visit, visit.desk)
    asked = {"amount": str(quote.deposit_due), "method": "UPI", "key": "paid-at-the-desk"}
    assert desk.post(f"/plans/{quote.plan_id}/deposit", asked).status_code == 303
    assert f"{page}/deposit" not in own.get(page).content.decode()
    assert own.post(f"{page}/deposit", {"idempotency_key": "d2"}).status_code == 409
    assert desk.post(f"{page}/deposit").status_code in (403, 404)


def test_who_sees_no_payments_opens_the_plan_of_an_accepted_quote(visit):
    quote = accepted(visit)
    doctor = client(visit, visit.doctor)
    assert doctor.get(f"/plans/{quote.plan_id}").status_code == 200
    assert doctor.get(f"/quotes/{quote.pk}").status_code == 200


def test_a_tablet_in_a_patients_hands_shows_this_quote_and_nothing_else(visit):
    quote, desk = sent(visit), client(visit, visit.desk)
    with acting_as(visit.clinic.system):
        user, option = User.objects.get(pk=visit.desk.user_id), quote.options.get()
        user.set_password("a long pass phrase")
        user.save(update_fields=["password"])
    desk = client(visit, visit.desk)
    at = f"/quotes/{quote.pk}"
    assert desk.post(f"{at}/hand-over")["Location"] == f"{at}/sign"
    page = desk.get(f"{at}/sign").content.decode()
    assert "Accept and sign" in page and f'href="{at}"' not in page
    for elsewhere in (at, "/quotes", f"/plans/{quote.plan_id}", f"/api/quotes/{quote.pk}", "/search?q=a"):
        assert desk.get(elsewhere)["Location"] == f"{at}/sign", elsewhere
    assert desk.post(f"{at}/withdraw", {"reason": "No"})["Location"] == f"{at}/sign"
    assert now(visit, quote).status == "SENT"
    said = {"words": quote.content_sha256, "option": str(option.pk), "strokes": str(STROKES), "name": ""}
    assert desk.post(f"{at}/sign", said)["Location"] == "/take-back"
    assert now(visit, quote).status == "ACCEPTED"
    assert desk.post("/take-back", {"password": "a guess"}).status_code == 422
    assert desk.get("/quotes")["Location"] == f"{at}/sign"
    assert desk.post("/take-back", {"password": "a long pass phrase"})["Location"] == at
    assert desk.get(at).status_code == 200


def test_a_doctor_who_sees_no_payments_opens_the_plan_and_its_accepted_quote(visit):
    quote = accepted(visit)
    assert not visit.doctor.may("billing.view")
    doctor = client(visit, visit.doctor)
    for page in (f"/plans/{quote.plan_id}", f"/quotes/{quote.pk}"):
        answer = doctor.get(page)
        assert answer.status_code == 200, answer.content
    plan = doctor.get(f"/plans/{quote.plan_id}").content.decode()
    assert "The front desk takes it" in plan and "Take the deposit" not in plan
    paid(visit, quote, quote.deposit_due)
    assert "Held for this plan" in doctor.get(f"/plans/{quote.plan_id}").content.decode()
