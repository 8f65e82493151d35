"""The counter in a browser and as JSON: the work list, one screen, and what the patient sees of it."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kalon.kernel.actors import Actor
from kalon.kernel.tenancy import acting_as
from kalon.people.actions import issue_token
from kalon.people.models import User
from kalon.prescribing import actions
from kalon.prescribing.tests.conftest import Room
from kalon.prescribing.tests.counter import Counter, open_counter
from kalon.prescribing.tests.test_pages import BACKEND


@pytest.fixture
def counter(room: Room) -> Counter:
    return open_counter(room)


def browser_of(counter: Counter, actor: Actor) -> Client:
    client = Client()
    with acting_as(counter.room.clinic.system):
        client.force_login(User.objects.get(pk=actor.user_id), backend=BACKEND)
    return client


@pytest.fixture
def browser(counter: Counter) -> Client:
    return browser_of(counter, counter.room.pharmacist)


def field(prescription: Any, counter: Counter, kind: str = "q") -> str:
    return f"{kind}{counter.room.again(prescription).items.all()[0].pk.hex[-8:]}"


def test_the_list_shows_what_waits_and_whether_it_is_there(counter: Counter, browser: Client):
    counter.receive(40, "A")
    mine = counter.signed()
    page = browser.get("/dispensing")
    assert mine.number in page.text and "15 tablets" in page.text and "In stock" in page.text
    assert "No such prescription" in browser.get("/dispensing?q=NOTHING").text
    counter.give(mine, 15)
    assert "Nobody waits" in browser.get("/dispensing").text


def test_one_screen_hands_out_and_takes_back(counter: Counter, browser: Client):
    counter.receive(40, "BATCH-7")
    mine = counter.signed()
    page = browser.get(f"/dispensing/{mine.pk}")
    assert "BATCH-7" in page.text and 'value="15"' in page.text
    assert browser.post(f"/dispensing/{mine.pk}/give", {field(mine, counter): "6"}).status_code == 303
    page = browser.get(f"/dispensing/{mine.pk}")
    assert "9 tablets" in page.text and "batch BATCH-7" in page.text
    [line] = counter.lines(mine)
    prefix = f"b{line.pk.hex[-8:]}"
    said = {f"{prefix}-quantity": "2", f"{prefix}-reason": "Too many", f"{prefix}-fate": "SHELF"}
    assert browser.post(f"/dispensing/{mine.pk}/lines/{line.pk}/back", said).status_code == 303
    assert counter.left(mine) == [11] and "4 tablets still out" in browser.get(f"/dispensing/{mine.pk}").text


@pytest.mark.parametrize(
    ("typed", "says"), [("16", "Only 15 tablets"), ("many", "as a number"), ("", "at least one medicine"), ("-1", "0")]
)
def test_what_is_refused_says_why_and_keeps_what_was_typed(counter: Counter, browser: Client, typed: str, says: str):
    counter.receive(40, "A")
    mine = counter.signed()
    page = browser.post(f"/dispensing/{mine.pk}/give", {field(mine, counter): typed})
    assert page.status_code == 422 and says in page.text and (not typed or f'value="{typed}"' in page.text)
    assert counter.lines(mine) == []


def test_a_return_without_a_reason_says_so_beside_its_field(counter: Counter, browser: Client):
    counter.receive(40, "A")
    mine = counter.signed()
    counter.give(mine, 6)
    [line] = counter.lines(mine)
    prefix = f"b{line.pk.hex[-8:]}"
    said = {f"{prefix}-quantity": "5", f"{prefix}-reason": "", f"{prefix}-fate": "SHELF"}
    page = browser.post(f"/dispensing/{mine.pk}/lines/{line.pk}/back", said)
    assert page.status_code == 422 and "Write why" in page.text and 'value="5"' in page.text


def test_a_refill_is_offered_and_made(counter: Counter, browser: Client):
    counter.receive(40, "A")
    mine = counter.signed(refills=1)
    counter.give(mine, 15)
    assert mine.number in browser.get("/dispensing?show=refills").text
    assert "Refill 1 of 1" in browser.get(f"/dispensing/{mine.pk}").text
    assert browser.post(f"/dispensing/{mine.pk}/give", {field(mine, counter): "15"}).status_code == 303
    assert counter.status(mine) == ("DISPENSED", 1)
    assert "0 of 1 refills left" in browser.get(f"/dispensing/{mine.pk}").text


def test_what_is_known_since_then_stands_in_red_and_stops_the_button(counter: Counter, browser: Client):
    capsules = counter.keep("Amoxal", generic="amoxicillin", strength="500 mg", unit="capsule")
    counter.receive(40, "AM", item=capsules)
    mine = counter.room.signed(
        counter.room.line("amoxicillin", strength="500 mg", dose_unit="capsule", days=5, is_in_house=True)
    )
    counter.room.reacts_to("Penicillin")
    assert "Do not hand out: known since it was signed" in browser.get(f"/dispensing/{mine.pk}").text
    refused = browser.post(f"/dispensing/{mine.pk}/give", {field(mine, counter): "5"})
    assert refused.status_code == 422 and "Ask the doctor first" in refused.text


def test_others_do_not_stand_at_the_counter(counter: Counter):
    mine = counter.signed()
    for actor in (counter.room.doctor, counter.room.nurse):
        client = browser_of(counter, actor)
        assert client.get("/dispensing").status_code == 403
        assert client.post(f"/dispensing/{mine.pk}/give", {field(mine, counter): "1"}).status_code == 403


def test_the_list_asks_the_same_of_one_and_of_many(counter: Counter, browser: Client):
    counter.receive(900, "A")
    counter.signed()
    counts = []
    for more in (0, 12):
        for _ in range(more):
            counter.signed()
        browser.get("/dispensing")
        with CaptureQueriesContext(connection) as asked:
            assert browser.get("/dispensing").status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_the_paper_is_shown_at_the_counter_too(counter: Counter, browser: Client):
    mine = counter.signed()
    paper = browser.get(f"/prescriptions/{mine.pk}.pdf")
    assert paper["Content-Type"] == "application/pdf" and paper.getvalue().startswith(b"%PDF")


def test_a_doctor_finds_what_is_on_the_shelf_first(counter: Counter):
    counter.receive(40, "A")
    doctor = browser_of(counter, counter.room.doctor)
    draft = counter.room.draft()
    hits = doctor.get(f"/prescriptions/{draft.pk}/find", {"q": "parac"}).text
    assert hits.index("Paramal 500") < hits.index('value="paracetamol"') and "40 tablets in stock" in hits
    doctor.post(f"/prescriptions/{draft.pk}/items", {"stock": str(counter.item.pk)})
    [item] = counter.room.again(draft).items.all()
    assert (item.name, item.strength, item.is_in_house, item.stock_item) == (
        "Paracetamol",
        "500 mg",
        True,
        counter.item.pk,
    )
    assert doctor.post(f"/prescriptions/{draft.pk}/items", {"stock": "x"}).status_code == 422


def test_the_same_as_json(counter: Counter):
    counter.receive(40, "A")
    room = counter.room

    def as_(actor: Actor) -> Any:
        with acting_as(room.clinic.system):
            email = User.objects.get(pk=actor.user_id).email
        headers = {"Authorization": f"Bearer {issue_token(email, 'tests', by=room.clinic.system)}"}
        return lambda method, path, body=None: getattr(Client(), method)(
            f"/api/prescriptions{path}", data=body, content_type="application/json", headers=headers
        )

    doctor, pharmacist = as_(room.doctor), as_(room.pharmacist)
    made = doctor("post", "", {"consultation_id": str(room.encounter.pk)})
    assert made.status_code == 201
    pk = made.json()["id"]
    line = {
        "medicine": "paracetamol", "strength": "500 mg", "dose": "1", "frequency": "TDS", "days": 5, "is_in_house": True
    }  # fmt: skip
    added = doctor("post", f"/{pk}/items", line)
    assert added.status_code == 201 and added.json()["items"][0]["quantity"] == "15"
    item = added.json()["items"][0]["id"]
    assert doctor("put", f"/{pk}/items/{item}", {**line, "days": 4}).json()["items"][0]["quantity"] == "12"
    assert doctor("get", f"/{pk}/findings").json()[-1]["key"] == "limited"
    assert doctor("post", f"/{pk}/finalize").json()["status"] == "FINALIZED"
    [waiting] = pharmacist("get", "/waiting").json()["items"]
    assert waiting["lines"][0]["left"] == "12" and waiting["lines"][0]["state"] == "ready"
    given = pharmacist("post", f"/{pk}/dispense", {"lines": [{"item_id": item, "quantity": "5"}]})
    assert given.status_code == 201 and given.json()["status"] == "PARTIALLY_DISPENSED"
    [out] = given.json()["lines"]
    back = pharmacist("post", f"/dispensed/{out['id']}/return", {"quantity": "5", "reason": "Wrong", "fate": "WASTE"})
    assert back.status_code == 201 and back.json()["quantity"] == "-5"
    too_many = pharmacist("post", f"/{pk}/dispense", {"lines": [{"item_id": item, "quantity": "13"}]})
    assert too_many.status_code == 422 and "Only 12 tablets" in too_many.json()["detail"]
    assert doctor("post", f"/{pk}/dispense", {"lines": [{"item_id": item, "quantity": "1"}]}).status_code == 403
    assert pharmacist("post", f"/{pk}/refill", {"lines": []}).status_code == 409
    assert doctor("post", f"/{pk}/cancel", {"reason": "A slip"}).json()["status"] == "CANCELLED"
    assert doctor("get", f"?patient_id={room.patient.pk}").json()["items"][0]["id"] == pk


def test_a_patient_reads_what_was_handed_out(counter: Counter):
    counter.receive(40, "BATCH-7")
    mine = counter.signed(refills=1)
    counter.give(mine, 15)
    me = counter.room.clinic.patient_actor()
    with acting_as(me):
        from kalon.prescribing import queries

        found = actions.read(mine.pk, purpose="own", by=me)
        [one] = queries.handed_out(found, seen_by=me)
        assert (one.still_out, one.line.batch_number) == (Decimal(15), "BATCH-7") and queries.again(found)
    name, content = actions.paper_of(mine.pk, by=me)
    assert content.startswith(b"%PDF") and name.endswith(".pdf")
