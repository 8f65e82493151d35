"""The pages and the API of orders: a walk through, bad input with a sentence, and who may open what."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from kalon.kernel.tenancy import acting_as
from kalon.orders.lifecycles import Status
from kalon.orders.models import Order
from kalon.orders.tests.conftest import Ward
from kalon.people import actions as people
from kalon.people.models import Staff

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def client(ward: Ward, role: str) -> Client:
    member = people.add_staff(
        f"The {role}", kind="OTHER", email=f"{role}@orders.example", roles={None: [role]}, by=ward.system
    )
    made = Client()
    with acting_as(ward.system):
        made.force_login(Staff.objects.get(pk=member.pk).user, backend=BACKEND)
    return made


def only(ward: Ward) -> Order:
    with acting_as(ward.system):
        found: Order = Order.objects.get()
        return ward.again(found)


def test_a_walk_through_the_pages(ward: Ward):
    doctor, nurse = client(ward, "doctor"), client(ward, "nurse")
    new = reverse("orders:new", args=[ward.consultation.pk])
    assert "Haemoglobin" in doctor.get(new).content.decode()
    assert 'value="HCV" checked' in doctor.get(new, {"set": "Before an operation"}).content.decode()
    nothing = doctor.post(new, {"kind": "LAB", "urgency": "ROUTINE", "question": "Kept words"})
    assert nothing.status_code == 422
    assert "Choose at least one test." in nothing.content.decode() and "Kept words" in nothing.content.decode()
    wish = {"kind": "LAB", "urgency": "URGENT", "codes": ["HB", "HIV"], "others": "Ferritin"}
    assert doctor.post(new, wish).status_code == 303
    order = only(ward)
    page = reverse("orders:order", args=[order.pk])
    assert (
        "Collected now" in nurse.get(page).content.decode() and "Not carried out" in doctor.get(page).content.decode()
    )
    why = doctor.post(reverse("orders:cancel", args=[order.pk]), {"reason": ""})
    assert why.status_code == 422 and "Write why it is not carried out." in why.content.decode()
    assert nurse.post(reverse("orders:collect", args=[order.pk])).status_code == 303
    hb, hiv, ferritin = (str(test.pk) for test in order.tests.all())
    bad = nurse.post(reverse("orders:results", args=[order.pk]), {hb: "12.4 g/dL", hiv: "negative"})
    assert bad.status_code == 422 and "without the unit" in bad.content.decode()
    good = {hb: "10.1", f"{hb}-low": "", f"{hb}-high": "", hiv: "negative", ferritin: "9 micrograms/L, low"}
    assert nurse.post(reverse("orders:results", args=[order.pk]), good).status_code == 303
    listed = doctor.get(reverse("orders:list")).content.decode()
    assert "10.1" in listed and "Urgent" in listed
    shown = doctor.get(page).content.decode()
    assert "10.1" in shown and "Low" in shown and "ABIM" in shown
    assert "Reviewed" not in nurse.get(page).content.decode()
    assert doctor.post(reverse("orders:review", args=[order.pk]), {"note": "Iron first"}).status_code == 303
    assert only(ward).status == Status.REVIEWED
    assert "Iron first" in doctor.get(page).content.decode()
    tab = reverse("patients:tab", args=[order.patient_id, "results"])
    assert "Haemoglobin" in doctor.get(tab).content.decode()
    story = doctor.get(reverse("patients:page", args=[order.patient_id]), {"show": "orders"}).content.decode()
    assert "1 out of range." in story
    consult = doctor.get(reverse("consultations:consultation", args=[ward.consultation.pk])).content.decode()
    assert "Order tests" in consult and "Haemoglobin" in consult


def test_a_value_is_corrected_on_its_page(ward: Ward):
    order = ward.ordered("HB")
    ward.answered(order, HB="21.4")
    result = only(ward).results.all()[0]
    nurse = client(ward, "nurse")
    there = reverse("orders:correct", args=[order.pk, result.pk])
    assert "21.4" in nurse.get(there).content.decode()
    assert nurse.post(there, {"value": "12.4"}).status_code == 422
    assert nurse.post(there, {"value": "12.4", "reason": "Digits turned round"}).status_code == 303
    shown = nurse.get(reverse("orders:order", args=[order.pk])).content.decode()
    assert "12.4" in shown and "21.4" in shown and "Digits turned round" in shown


@pytest.mark.parametrize(("role", "status"), [("doctor", 200), ("theatre", 200), ("billing", 403), ("frontdesk", 403)])
def test_who_may_open_an_order(ward: Ward, role: str, status: int):
    order = ward.ordered("HB")
    somebody = client(ward, role)
    assert somebody.get(reverse("orders:order", args=[order.pk])).status_code == status
    assert somebody.get(reverse("orders:list")).status_code == status
    assert somebody.get(f"/api/orders/{order.pk}").status_code == status


def test_the_api_orders_answers_and_reviews(ward: Ward):
    doctor = client(ward, "doctor")

    def post(path: str, **body: Any) -> Any:
        return doctor.post(f"/api/orders{path}", body, content_type="application/json")

    assert {"code": "HB", "unit": "g/dL"}.items() <= doctor.get("/api/orders/tests").json()[0].items()
    made = post("", consultation_id=str(ward.consultation.pk), codes=["HB"])
    assert made.status_code == 201, made.content
    pk, test = made.json()["id"], made.json()["tests"][0]["id"]
    assert post(f"/{pk}/results", values=[{"test_id": test, "value": "x"}]).status_code == 422
    answered = post(f"/{pk}/results", values=[{"test_id": test, "value": "17"}]).json()
    assert (answered["status"], answered["tests"][0]["result"]["flag"]) == ("RESULTED", "HIGH")
    assert [row["id"] for row in doctor.get("/api/orders?to_review=true").json()["items"]] == [pk]
    reviewed = post(f"/{pk}/review", note="Drinks little").json()
    assert (reviewed["status"], reviewed["notes"]) == ("REVIEWED", ["Drinks little"])
    assert post(f"/{pk}/cancel", reason="x").status_code == 409
    assert doctor.get("/api/orders?to_review=true").json()["items"] == []
