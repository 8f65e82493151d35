"""Labels: what is printed is what the scanner knows again, by its number, its lot or its place."""

import hashlib
import io
import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import numpy as np
import pypdf
import pytest
import typst
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from kalon.inventory import actions, queries
from kalon.inventory.actions.labels import TEMPLATE, sheet
from kalon.inventory.queries import Labelled
from kalon.inventory.rules import datamatrix, labels, udi
from kalon.inventory.tests import matrix
from kalon.inventory.tests.clinic import Store
from kalon.inventory.tests.theatre import GTIN, Theatre
from kalon.kernel.errors import Invalid, NotFound, NotPermitted
from kalon.kernel.tenancy import acting_as
from kalon.web import papers

SignedIn = Callable[[str], Client]
ROLL = "ROLL-62X29"
WORDS = st.text("ABCDEFGHJKLMNPQRSTUVWXYZabc0123456789-./_%+", min_size=1, max_size=20)
# what zxing-cpp 2 writes for the same content, row by row
OUTSIDE = {
    "123456": "2aa 32d 304 31d 308 20f 3b0 3d9 274 3ff",
    "9" * 280: "44x44 bcb166aefff4d7642a2bf650f8766fd4b71cd29d81735afaa3d0627ede8d4c1f",
    "9" * 400: "52x52 e35a3a31377ea059a420c66f4587ef7f7f7ee24dab5a630e0731ce374393b02c",
}


def pictures(data: dict[str, Any]) -> list[Any]:
    """The pages of the paper as a printer puts them on labels: grey, 300 dots an inch."""
    drawn = typst.compile(
        TEMPLATE, root=papers.ROOT, sys_inputs={"data": json.dumps(data)}, format="png", ppi=300,
        font_paths=[papers.FACES], ignore_system_fonts=True,
    )  # fmt: skip
    pages = drawn if isinstance(drawn, list) else [drawn]
    return [np.array(Image.open(io.BytesIO(page)).convert("L")) for page in pages]


@pytest.mark.parametrize("content", OUTSIDE)
def test_another_writer_draws_the_same(content: str):
    drawn = datamatrix.draw(content, gs1=False)
    rows = ["".join(str(int(module)) for module in line) for line in drawn]
    told = " ".join(f"{int(row, 2):x}" for row in rows)
    if len(content) > 9:
        mark = hashlib.sha256("\n".join(rows).encode()).hexdigest()
        told = f"{len(drawn)}x{len(drawn)} {mark}"
    assert told == OUTSIDE[content]


@given(lot=WORDS, serial=WORDS)
@settings(max_examples=40, deadline=None)
def test_what_a_label_says_is_what_was_meant(lot: str, serial: str):
    code = labels.elements(GTIN, lot=lot, serial=serial)
    assert (udi.read(code).device, udi.read(code).lot, udi.read(code).serial) == (GTIN, lot, serial)
    modules = np.array(datamatrix.draw(code, gs1=True))
    if len(modules) in matrix.SIDES:
        shown = np.kron(np.pad(~modules, 1, constant_values=True), np.ones((6, 6))) * 255
        assert matrix.read(shown) == f"]d2{code}"


@pytest.mark.parametrize("size", labels.STOCKS)
def test_a_piece_is_known_again_by_its_label(theatre: Theatre, size: str):
    piece, other = theatre.take_in("S-1", "S-2")
    with acting_as(theatre.keeper):
        (picture,) = pictures(sheet(Labelled(units=(piece.pk,)), size=size, by=theatre.keeper))
        said = matrix.read(picture)
        assert udi.read(said).expires_on == theatre.day(400)
        assert queries.scanned_unit(said, seen_by=theatre.keeper) == piece
        assert queries.what_was_scanned(said, seen_by=theatre.keeper).unit_id == piece.pk
        assert queries.scanned_unit(said.replace("S-1", "S-2"), seen_by=theatre.keeper) == other


def test_a_batch_without_a_gtin_is_known_by_its_lot_and_a_place_by_its_code(store: Store):
    batch = store.batch(store.toxin, "5", "KM-77", 40)
    with acting_as(store.keeper):
        asked = Labelled(batches=(batch.pk,), places=(store.room.pk,))
        of_batch, of_place = pictures(sheet(asked, size=ROLL, by=store.keeper))
        assert queries.what_was_scanned(matrix.read(of_batch), seen_by=store.keeper).batch_id == batch.pk
        assert matrix.read(of_place) == "T1"


def test_the_label_of_an_implants_lot_is_one_for_each_piece_that_stands_here(theatre: Theatre):
    pieces = theatre.take_in("S1", "S2", "S3")
    theatre.implanted(pieces[0])
    with acting_as(theatre.keeper):
        found = queries.labels(Labelled(batches=(pieces[0].batch_id,)), seen_by=theatre.keeper)
    assert [row.lines[1] for row in found] == ["Serial S2", "Serial S3"]
    assert [row.human for row in found] == [
        f"(01){GTIN}(17){theatre.day(400):%y%m%d}(10)L7(21)S2", f"(01){GTIN}(17){theatre.day(400):%y%m%d}(10)L7(21)S3",
    ]  # fmt: skip


def test_a_sheet_that_was_begun_goes_on_where_it_is_free(theatre: Theatre):
    (piece,) = theatre.take_in("S1")
    asked = Labelled(units=(piece.pk,))
    name, paper = actions.print_labels(asked, size="A4-21", copies=4, first=20, by=theatre.keeper)
    pages = pypdf.PdfReader(io.BytesIO(paper)).pages
    assert (name, len(pages)) == ("labels.pdf", 2)
    assert [page.extract_text().count("Serial S1") for page in pages] == [2, 2]
    width, height = (round(float(side) / 72 * 25.4) for side in pages[0].mediabox[2:])
    assert (width, height) == (210, 297)
    with acting_as(theatre.keeper):
        first, _ = pictures(sheet(asked, size="A4-21", copies=3, first=20, by=theatre.keeper))
    dark = np.argwhere(first < 128) / 300 * 25.4  # nothing is printed over what is used up
    assert dark[:, 0].min() > 15.1 + 6 * 38.1 and dark[:, 1].min() > 7.2 + 66


@pytest.mark.parametrize(
    ("more", "word"),
    [({"size": "A3"}, "paper"), ({"copies": 0}, "once"), ({"first": 22}, "21 labels"), ({"copies": 401}, "At most 400"),
     ({"size": ROLL, "first": 2}, "1 label.")],
)  # fmt: skip
def test_what_cannot_be_printed_says_why(theatre: Theatre, more: dict[str, Any], word: str):
    (piece,) = theatre.take_in("S1")
    with pytest.raises(Invalid, match=word):
        actions.print_labels(Labelled(units=(piece.pk,)), **{"size": "A4-21", **more}, by=theatre.keeper)
    with pytest.raises(Invalid, match="nothing to print"):
        actions.print_labels(Labelled(), size=ROLL, by=theatre.keeper)
    with pytest.raises(NotFound):
        actions.print_labels(Labelled(units=(piece.pk, uuid4())), size=ROLL, by=theatre.keeper)
    with pytest.raises(NotPermitted):
        actions.print_labels(Labelled(units=(piece.pk,)), size=ROLL, by=theatre.visit.desk)


def test_a_lot_that_gs1_has_no_room_for_is_its_own_code():
    assert labels.elements(GTIN, lot="A" * 21) == "" and labels.elements(GTIN, lot="L 7") == ""
    assert labels.elements("A99912345", lot="L7") == ""
    with pytest.raises(Invalid, match="too long"):
        datamatrix.draw("A" * 205, gs1=False)
    with pytest.raises(Invalid, match="plain letters"):
        datamatrix.draw("ल", gs1=False)


def test_the_page_prints_and_the_search_knows_the_place(store: Store, signed_in: SignedIn):
    batch = store.batch(store.toxin, "5", "KM-77", 40)
    keeper = signed_in("inventory")
    page = keeper.get(f"/inventory/labels?batch={batch.pk}&place={store.room.pk}")
    assert page.status_code == 200
    for word in ("Lot KM-77", "Room 1", "Open to print"):
        assert word in page.content.decode(), word
    paper = keeper.get(f"/inventory/labels?batch={batch.pk}&size={ROLL}&copies=2&first=1")
    assert paper["Content-Type"] == "application/pdf" and len(pypdf.PdfReader(io.BytesIO(paper.content)).pages) == 2
    wrong = keeper.get(f"/inventory/labels?batch={batch.pk}&size={ROLL}&copies=2&first=9")
    assert wrong.status_code == 422 and "This paper has 1 label." in wrong.content.decode()
    assert keeper.get("/inventory/labels?batch=x").status_code == 404
    assert "Nothing to print" in keeper.get("/inventory/labels").content.decode()
    same = keeper.get(f"/api/inventory/labels.pdf?batch={batch.pk}&size={ROLL}")
    assert (same.status_code, same["Content-Type"]) == (200, "application/pdf")
    assert keeper.get(f"/api/inventory/labels.pdf?batch={batch.pk}&size=A3").status_code == 422
    assert signed_in("frontdesk").get(f"/inventory/labels?batch={batch.pk}").status_code == 403
    assert "Room 1" in keeper.get("/search?q=t1").content.decode()


def test_a_delivery_leads_to_its_labels(theatre: Theatre, store: Store, signed_in: SignedIn):
    keeper = signed_in("inventory")
    typed = {"item": store.toxin.pk, "location": store.room.pk, "quantity": "5", "number": "KM-78",
             "expires_on": store.day(60), "labels": "1"}  # fmt: skip
    answer = keeper.post("/inventory/receive", typed)
    assert answer.status_code == 303 and answer["Location"].startswith("/inventory/labels?batch=")
    assert "Lot KM-78" in keeper.get(answer["Location"]).content.decode()
