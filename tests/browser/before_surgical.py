"""What the clinic has, and who comes, before the surgical journey begins: forms, a procedure with its kit, a store."""

from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from kalon.catalog import queries as catalog
from kalon.config.seed import procedures
from kalon.config.seed.faces import Face
from kalon.config.seed.implants import gtin_of
from kalon.consents import actions as consents
from kalon.consents import queries as agreed
from kalon.inventory import actions as inventory
from kalon.inventory.actions import Delivery, KitPart, Pack
from kalon.kernel import clock
from kalon.kernel.tenancy import acting_as
from kalon.patients import actions as patients
from kalon.patients.rules import PatientDetails
from kalon.scheduling import actions as scheduling
from kalon.scheduling.actions import BookingRequest
from kalon.theatre import actions as theatre
from tests.browser.house import House
from tests.journeys.story import on_tuesday

LATER = timedelta(days=42)  # a day that no other test of this house lives
EMAIL, PASSWORD = "ananya@example.org", "a long pass phrase"
GTIN = gtin_of("095011010888")
SERIALS = ("LV-30711", "LV-30712", "LV-30713")
ANANYA = PatientDetails(
    given_name="Ananya", family_name="Warrier", birth_date="1990-05-04", gender="female", email=EMAIL,
    phone="+919847011288",
)  # fmt: skip


def at(clock_time: str, days: int = 0) -> Any:
    """A time on the clinic's wall clock, some days after the consultation."""
    return on_tuesday(clock_time) + LATER + timedelta(days=days)


def code(serial: str) -> str:
    """What stands on the pack of an implant, as a scanner reads it."""
    return f"01{GTIN}17{at('08:00', 1200):%y%m%d}10LV-2612\x1d21{serial}"


def prepared(house: House) -> Any:
    """Everything that stands ready, and a patient with an account who waits for her consultation."""
    house.at(at("08:30"))
    with clock.at(house.tick()):
        _procedure(house)
        _forms(house)
        _stocked(house)
        return _waiting(house)


def _procedure(house: House) -> None:
    place, owner = house.story.place, house.story.place.by["owner"]
    with acting_as(owner):
        there = catalog.procedures(seen_by=owner).filter(code="BREAST-AUG").exists()
    if not there:
        procedures.fill(place)
    theatre.set_policy(lab_codes=["HB", "PLT"], lab_days=90, valid_days=21, follow_up_days=[7, 30, 90], by=owner)


def _forms(house: House) -> None:
    owner = house.story.place.by["owner"]
    consents.bring_built_in(by=owner)
    with acting_as(owner):
        used = set(agreed.usable(seen_by=owner).values_list("kind", flat=True))
        drafts = list(agreed.versions(seen_by=owner).filter(status="DRAFT"))
    for draft in drafts:
        if draft.kind not in used:
            consents.publish(draft.pk, by=owner)
            used.add(draft.kind)


def _stocked(house: House) -> None:
    place, keeper, owner = house.story.place, house.story.place.by["inventory"], house.story.place.by["owner"]
    shelf = inventory.add_location(
        place.branch.pk, {"code": "OTJ", "name": "Theatre cupboard", "kind": "THEATRE"}, by=keeper
    )
    implant = inventory.add_item(
        {"name": "Lavanya Round 295", "kind": "IMPLANT", "unit": "piece", "needs_serial": True, "device_code": GTIN,
         "model": "LV-295", "size": "295 cc", "shape": "Round", "manufacturer": "Lavanya Medical"}, by=keeper,
    )  # fmt: skip
    thread = inventory.add_item(
        {"name": "Thread 4-0", "kind": "CONSUMABLE", "unit": "piece", "price": Decimal(140)}, by=keeper
    )
    packs = [Pack(scan=code(serial)) for serial in SERIALS]
    inventory.receive_units(shelf.pk, packs, supplier="Malabar Surgicals", by=keeper)
    until = at("08:00", 500).date()
    inventory.receive(thread.pk, shelf.pk, Delivery(Decimal(20), number="T4-551", expires_on=until), by=keeper)
    with acting_as(owner):
        entry = catalog.procedures(seen_by=owner).get(code="BREAST-AUG")
    kit = [KitPart(item_id=implant.pk, quantity=Decimal(2)), KitPart(item_id=thread.pk, quantity=Decimal(2))]
    inventory.set_kit(entry.pk, kit, by=owner)


def _waiting(house: House) -> Any:
    """Registered, booked with the surgeon, and here."""
    story = house.story
    registration = patients.start_registration(ANANYA, PASSWORD, by=story.visitor)
    patient = patients.confirm_registration(registration.pk, story.code_sent(), by=story.visitor)
    patients.record_allergies(patient.pk, "NONE_KNOWN", [], by=story.nurse)
    wish = BookingRequest(
        patient_id=patient.pk, branch_id=story.place.branch.pk, doctor_id=story.place.doctors[1].pk,
        service_id=story.place.services["FOLLOW-UP"].pk, start=at("10:00"),
    )  # fmt: skip
    visit = scheduling.book(wish, by=story.desk)
    with clock.at(at("09:55")):
        scheduling.check_in(visit.pk, by=story.desk)
    return SimpleNamespace(patient=patient, visit=visit)


class Film:
    """What a camera sees of somebody who holds still (y4m): made anew for each picture, as no two are the same."""

    def __init__(self, path: Path) -> None:
        self.path, self.shown = path, 0
        self.of(pigment=1.0)

    def of(self, pigment: float) -> None:
        """Whoever opens the camera from now on sees this."""
        self.shown += 1
        light, blue, red = Face(seed=5, pigment=pigment).drawn((480, 360)).convert("YCbCr").split()
        light.paste(self.shown * 9 % 256, (200, 330, 280, 360))  # the light in the room
        frame = b"".join([light.tobytes(), *(part.resize((240, 180)).tobytes() for part in (blue, red))])
        fresh = self.path.with_suffix(".next")
        fresh.write_bytes(b"YUV4MPEG2 W480 H360 F10:1 Ip A1:1 C420\n" + (b"FRAME\n" + frame) * 2)
        fresh.rename(self.path)
