"""Recalls over HTTP: JSON from the notice to its end, and the file of a notice, read before anything is opened."""

import json
from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from kalon.inventory import queries
from kalon.inventory.models import RecallNotice
from kalon.inventory.rules.recall_files import read_notice, written
from kalon.inventory.rules.recalls import Scope, read_file
from kalon.inventory.tests.sql import DENIED, attack
from kalon.inventory.tests.theatre import GTIN, Theatre
from kalon.kernel.audit import AuditEvent
from kalon.kernel.errors import Invalid
from kalon.kernel.tenancy import acting_as
from kalon.people import actions as people

JSON: dict[str, Any] = {"content_type": "application/json"}
# as openFDA writes a record (https://open.fda.gov/apis/device/recall/); the product and its codes are invented
RECORD = {
    "product_res_number": "Z-0001-2027", "event_date_initiated": "2026-11-20", "recalling_firm": "Lunara Medical",
    "product_description": "Lunara Round breast implant, REF LR-295, sterile",
    "code_info": "UDI-DI: 09501101020917; Lot Numbers: L7, L8 & L9; Serial Numbers: A001 - A010, B07",
    "reason_for_recall": "Shell weakness.", "action": "Stop using it.",
}  # fmt: skip


@pytest.fixture
def as_(theatre: Theatre) -> Callable[[str], Client]:
    def signed_in(role: str) -> Client:
        email = f"{role}-{uuid4().hex[:6]}@clinic.example"
        roles: dict[Any, list[str]] = {None: [role]}
        member = people.add_staff(f"The {role}", kind="OTHER", email=email, roles=roles, by=theatre.system)
        client = Client()
        client.force_login(member.user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return signed_in


def test_from_the_notice_to_its_end_by_json(theatre: Theatre, as_: Callable[[str], Client]):
    shelf, inside = theatre.take_in("S1", "S2")
    theatre.implanted(inside)
    keeper, at = as_("inventory"), "/api/inventory/recalls"
    body = {"title": "Lunara", "issued_by": "Lunara Medical", "issued_on": "2026-11-20", "hazard": "Shell.",
            "covers": [{"device_code": GTIN, "lot": "L7"}]}  # fmt: skip
    assert as_("nurse").post(at, body, **JSON).status_code == 403
    nothing = keeper.post(at, body | {"covers": [{"lot": "L7"}]}, **JSON)
    assert (nothing.status_code, "which item" in nothing.json()["detail"]) == (422, True)
    made = keeper.post(at, body, **JSON)
    assert (made.status_code, made.json()["patients"], made.json()["status"]) == (201, 1, "OPEN")
    here = f"{at}/{made.json()['id']}"
    found = keeper.get(f"{here}/affected").json()
    assert {(one["serial"], one["status"], one["side"]) for one in found} == {
        ("S1", "QUARANTINED", ""), ("S2", "IMPLANTED", "LEFT"),
    }  # fmt: skip
    with acting_as(theatre.system):
        reads = AuditEvent.objects.filter(kind="READ", subject_table="inventory_recalltask")
        assert [read.patient_id for read in reads] == [theatre.plan.patient_id]
    assert {row["was"] for row in keeper.get(f"{here}/hits").json()["items"]} == {"IN_STOCK", "IMPLANTED"}
    assert keeper.post(f"{here}/tell").json() == {"told": 0}
    (task,) = keeper.get(f"{here}/patients").json()["items"]
    their = f"/api/inventory/recall-patients/{task['id']}"
    assert keeper.post(f"{their}/called").json()["calls"] == 1
    assert keeper.post(f"{their}/reached").json()["status"] == "REACHED"
    too_early = keeper.post(f"{here}/close", {"reason": "x"}, **JSON)
    assert (too_early.status_code, "no outcome" in too_early.json()["detail"]) == (409, True)
    assert keeper.post(f"{their}/outcome", {"outcome": "WELL", "note": "Fine"}, **JSON).json()["status"] == "DONE"
    assert keeper.post(f"{here}/close", {"reason": "All seen"}, **JSON).json()["status"] == "CLOSED"
    listed = keeper.get(f"{at}?status=CLOSED").json()["items"]
    assert [(row["number"], row["settled"]) for row in listed] == [("RC-0001", 1)]
    for role in ("nurse", "frontdesk"):
        other = as_(role)
        assert {other.get(path).status_code for path in (at, here, f"{here}/affected", f"{here}/patients")} == {403}
        assert other.post(f"{their}/called").status_code == 403
    assert theatre.now(shelf).recall == "AFFECTED"


def test_the_record_of_an_authority():
    found = read_notice(json.dumps({"meta": {}, "results": [RECORD]}).encode())
    assert found.said == {
        "title": RECORD["product_description"], "issued_by": "Lunara Medical", "reference": "Z-0001-2027",
        "hazard": "Shell weakness.", "advice": "Stop using it.", "issued_on": date(2026, 11, 20),
    }  # fmt: skip
    assert found.covers == [
        *(Scope(device_code=GTIN, lot=lot) for lot in ("L7", "L8", "L9")),
        Scope(device_code=GTIN, serial_from="A001", serial_to="A010"),
        Scope(device_code=GTIN, serial_from="B07", serial_to="B07"),
    ]  # fmt: skip
    assert found.doubts == []
    assert read_file(written(found.covers).encode()) == found.covers


@pytest.mark.parametrize(
    ("codes", "covers", "doubt"),
    [
        # the words of real records, of other products
        ("Lots 7669915, 7731928, 7809849 and 7580900.", ["7669915", "7731928", "7809849", "7580900"], ""),
        ("Catalogue #809600, Lot #978933 & 978934", ["978933", "978934"], ""),
        ("Lot Number OML30522-01", ["OML30522-01"], ""),
        ("Date Codes: UU5, MM6", [""], "No lot and no serial"),
        ("Lots A9, A10 through A15", ["A9", "A10", "A15"], "range of lots"),
        ("Affected lot codes range from: 3730001 - 6164916", [""], "range of lots"),
    ],
)
def test_free_words_and_what_was_doubtful(codes: str, covers: list[str], doubt: str):
    found = read_notice(json.dumps(RECORD | {"code_info": codes}).encode())
    models = {"LR-295", "809600"} if "809600" in codes else {"LR-295"}
    assert {scope.model for scope in found.covers} == models
    assert list(dict.fromkeys(scope.lot for scope in found.covers)) == covers
    assert doubt in " ".join(found.doubts) and bool(found.doubts) == bool(doubt)


def test_our_own_file_and_files_that_are_none():
    ours = {"title": "X", "due_on": "2026-12-01", "covers": [{"model": "LR-295", "serial": "a1"}]}
    found = read_notice(json.dumps(ours).encode())
    assert (found.said, found.covers) == (
        {"title": "X", "due_on": date(2026, 12, 1)}, [Scope(model="LR-295", serial_from="A1", serial_to="A1")],
    )  # fmt: skip
    for content, sentence in (
        (b"{", "cannot be read as JSON"), (b"[]", "several notices"), (b"[1]", "holds no notice"),
        (b'{"covers": []}', "list of 1 to"), (b'{"covers": [3]}', "not a line with names"),
        (b'{"covers": [{"lot": "L7"}]}', "Line 1"), (b'{"a": 1}', "which product"), (b"model\n", "names nothing"),
    ):  # fmt: skip
        with pytest.raises(Invalid, match=sentence):
            read_notice(content)


@given(st.recursive(st.none() | st.text(max_size=40), lambda part: st.lists(part) | st.dictionaries(
    st.sampled_from(["covers", "results", "code_info", "product_description", "lot", "model"]), part)))  # fmt: skip
def test_any_json_is_read_or_refused_in_words(record: Any):
    lines, words = 0, ""
    try:
        lines = len(read_notice(json.dumps(record).encode()).covers)
    except Invalid as refusal:
        words = refusal.detail
    assert words or 0 < lines <= 2000


def test_a_file_is_read_before_it_opens_anything(theatre: Theatre, as_: Callable[[str], Client]):
    keeper = as_("inventory")

    def sent(record: Any = RECORD) -> SimpleUploadedFile:
        return SimpleUploadedFile("notice.json", json.dumps(record).encode())

    read = keeper.post("/api/inventory/recalls/read", {"file": sent()})
    assert (read.status_code, len(read.json()["covers"]), read.json()["doubts"]) == (200, 5, [])
    assert as_("nurse").post("/api/inventory/recalls/read", {"file": sent()}).status_code == 403
    page = keeper.post("/inventory/recalls/new", {"read": "1", "file": sent(), "advice": "Mine"})
    text = page.content.decode()
    assert (page.status_code, page.context["form"].initial["advice"]) == (200, "Mine")
    for word in ("5 lines read", "Shell weakness.", f"{GTIN},,L8", "Z-0001-2027"):
        assert word in text, word
    doubtful = keeper.post("/inventory/recalls/new", {"read": "1", "file": sent(RECORD | {"code_info": "All"})})
    assert "No lot and no serial was found" in doubtful.content.decode()
    lie = keeper.post("/inventory/recalls/new", {"read": "1", "file": SimpleUploadedFile("n.csv", b"\x89PNG\r\n")})
    assert (lie.status_code, [*lie.context["form"].errors]) == (422, ["file"])
    assert [*keeper.post("/inventory/recalls/new", {"read": "1"}).context["form"].errors] == ["file"]
    typed = {"title": "T", "issued_by": "L", "issued_on": "2026-11-20", "hazard": "S"}
    at_once = keeper.post("/inventory/recalls/new", typed | {"file": sent(RECORD | {"code_info": "All"})})
    assert (at_once.status_code, "Read the file" in at_once.content.decode()) == (422, True)
    assert theatre.count(RecallNotice) == 0
    (unit,) = theatre.take_in("S1")
    opened = keeper.post("/inventory/recalls/new", typed | {"covers": f"GTIN,lot\n{GTIN},L7\n"})
    assert opened.status_code == 303
    assert theatre.now(unit).status == "QUARANTINED"


def test_lots_without_a_gtin_are_of_the_item_that_was_chosen(theatre: Theatre, as_: Callable[[str], Client]):
    keeper = as_("inventory")
    theatre.receive("4", "M1")
    typed = {"title": "T", "issued_by": "L", "issued_on": "2026-11-20", "hazard": "S", "covers": "GTIN,lot\n,M1\n"}
    assert keeper.post("/inventory/recalls/new", typed).status_code == 422
    assert keeper.post("/inventory/recalls/new", typed | {"item": str(theatre.mesh.pk)}).status_code == 303
    with acting_as(theatre.system):
        notice = RecallNotice.objects.get()
        (scope,) = notice.scopes.all()
        assert (scope.item_id, scope.lot, len(queries.affected(notice.pk, seen_by=theatre.system))) == (
            theatre.mesh.pk, "M1", 1,
        )  # fmt: skip


def test_a_patient_reads_that_and_not_what_staff_wrote(theatre: Theatre):
    by = theatre.system
    assert attack("SET LOCAL ROLE kalon_portal; SELECT note FROM inventory_recalltask", by=by) == DENIED
    assert attack("SET LOCAL ROLE kalon_portal; SELECT hazard FROM inventory_recallnotice", by=by) == DENIED
    assert attack("SET LOCAL ROLE kalon_portal; SELECT what FROM inventory_recalltask", by=by) != DENIED
