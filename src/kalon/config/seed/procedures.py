"""What is done at the demonstration clinic: each procedure with its team, its photographs and what is sold for it.

Invented figures in our own words, to be reviewed before clinical use; no code of a licensed system is among them.
"""

from decimal import Decimal
from typing import Any, NamedTuple

from kalon.catalog import actions
from kalon.catalog import queries as catalog
from kalon.catalog.rules import CodeLine, TeamLine
from kalon.config.seed.clinic import Place
from kalon.kernel.actors import Actor
from kalon.kernel.tenancy import acting_as

FACE = ("FRONT", "LEFT_45", "RIGHT_45", "LEFT_90", "RIGHT_90")
NOSE = (*FACE, "BASAL", "SMILE")
TRUNK = ("FRONT", "LEFT_45", "RIGHT_45", "LEFT_90", "RIGHT_90", "BACK", "LEFT_OBLIQUE_BACK", "RIGHT_OBLIQUE_BACK")
CHEST = ("FRONT", "LEFT_45", "RIGHT_45", "LEFT_90", "RIGHT_90", "ARMS_UP")
SCALP = ("FRONT", "HAIRLINE", "HEAD_TOP", "BACK", "CLOSE_UP")
SKIN = ("FRONT", "LEFT_45", "RIGHT_45", "CLOSE_UP")
SIDE_AND_IMPLANT = ("has_side", "takes_implant")
THEATRE_TEAM = (TeamLine("ANAESTHETIST"), TeamLine("NURSE", 2))
NURSE, THERAPIST = (TeamLine("NURSE"),), (TeamLine("THERAPIST"),)


class Told(NamedTuple):
    """A procedure in one line; `asks`: which of a side, an implant it takes."""

    code: str
    name: str
    category: str
    minutes: int
    views: tuple[str, ...]
    team: tuple[TeamLine, ...]
    words: str
    service: str = ""
    asks: tuple[str, ...] = ()
    days_between: int | None = None


OPERATIONS = (
    Told("RHINOPLASTY", "Rhinoplasty", "FACE", 180, NOSE, THEATRE_TEAM,
         "An operation that reshapes the nose, under general anaesthesia.", "RHINOPLASTY"),
    Told("RHINOPLASTY-REV", "Revision rhinoplasty", "FACE", 240, NOSE, THEATRE_TEAM,
         "A second operation on a nose that was operated before.", "RHINOPLASTY"),
    Told("BREAST-AUG", "Breast augmentation with implants", "BREAST", 120, CHEST, THEATRE_TEAM,
         "An operation that enlarges the breasts with implants; each has a serial number you receive on a card.",
         "BREAST-AUG", SIDE_AND_IMPLANT),
    Told("LIPOSUCTION", "Liposuction, one area", "BODY", 120, TRUNK, THEATRE_TEAM,
         "Fat is taken out through small openings with a thin tube.", "LIPOSUCTION", ("has_side",)),
    Told("ABDOMINOPLASTY", "Abdominoplasty", "BODY", 210, TRUNK, THEATRE_TEAM,
         "Loose skin of the abdomen is taken away and the wall beneath it tightened.", "ABDOMINOPLASTY"),
    Told("BLEPHAROPLASTY", "Upper eyelid surgery", "FACE", 90, (*FACE, "CLOSE_UP"), NURSE,
         "Loose skin of the upper eyelids is taken away.", "BLEPHAROPLASTY", ("has_side",)),
    Told("HAIR-FUE", "Hair transplant, single follicles", "HAIR", 360, SCALP, (TeamLine("TECHNICIAN", 2),),
         "Hair roots are taken one by one from the back of the head and set where hair is thin.", "HAIR-FUE"),
)  # fmt: skip
TREATMENTS = (
    Told("PRP-HAIR", "PRP for hair", "HAIR", 60, SCALP, NURSE,
         "A part of your own blood is injected into the scalp.", "PRP-HAIR", days_between=21),
    Told("BOTULINUM", "Botulinum toxin, one area", "INJECTABLE", 30, (*SKIN, "SMILE"), (),
         "Small injections that relax muscles of the face for some months.", "BOTULINUM", days_between=84),
    Told("FILLER-1ML", "Hyaluronic filler, 1 ml", "INJECTABLE", 45, FACE, (),
         "A gel that gives volume to lips, cheeks or folds.", "FILLER-1ML", ("has_side",), 14),
    Told("LASER-HAIR-FACE", "Laser hair reduction, face", "LASER", 30, SKIN, THERAPIST,
         "Light that weakens hair roots; several sessions are needed.", "LASER-HAIR-FACE", days_between=28),
    Told("LASER-HAIR-ARMS", "Laser hair reduction, arms", "LASER", 45, ("FRONT", "BACK", "CLOSE_UP"), THERAPIST,
         "Light that weakens hair roots; several sessions are needed.", "LASER-HAIR-ARMS", ("has_side",), 28),
    Told("LASER-PIGMENT", "Laser for pigment, one area", "LASER", 30, SKIN, THERAPIST,
         "Light that breaks up brown spots.", "LASER-PIGMENT", days_between=28),
    Told("PEEL", "Chemical peel", "SKIN", 45, SKIN, THERAPIST,
         "A liquid takes off the uppermost layer of the skin.", "PEEL", days_between=14),
    Told("MICRONEEDLING", "Microneedling", "SKIN", 60, SKIN, THERAPIST,
         "Fine needles make the skin renew itself.", "MICRONEEDLING", days_between=28),
    Told("HIFU-FACE", "Focused ultrasound, face", "LASER", 60, FACE, THERAPIST,
         "Sound waves warm the deeper skin and firm it.", "HIFU-FACE", days_between=180),
    Told("MOLE", "Removal of a mole", "SKIN", 30, ("CLOSE_UP",), NURSE,
         "A mole is cut out under local anaesthesia.", "MOLE", ("has_side",)),
)  # fmt: skip
# Sold here besides the first catalogue: code, name, rupees before tax, minutes, what the patient reads
SOLD = (
    ("BREAST-AUG", "Breast augmentation", 165000, 120, "Both sides; the implants are charged apart."),
    ("HAIR-FUE", "Hair transplant, up to 2,000 follicles", 110000, 360, "Taken and set one by one."),
)
OWN_CODES = {"RHINOPLASTY-REV": (CodeLine("OTHER", "SK-N2", "Nose, second operation"),)}


def fill(place: Place) -> None:
    """Write the procedure catalogue of the clinic."""
    by = place.by["owner"]
    for code, name, price, minutes, words in SOLD:
        sold = {
            "code": code, "name": name, "description": words, "price": Decimal(price), "minutes": minutes,
            "tax_code": "GST-18", "hsn_sac": "999722", "room_kind": "THEATRE",
            "appointment_type": place.services["RHINOPLASTY"].appointment_type,
        }  # fmt: skip
        actions.add_service(sold, by=by)
    with acting_as(by):
        services = {service.code: service.pk for service in catalog.services(seen_by=by)}
    for told in OPERATIONS:
        _add(told, services, {"setting": "SURGICAL", "room_kind": "THEATRE"}, by)
    for told in TREATMENTS:
        _add(told, services, {"setting": "NON_SURGICAL", "room_kind": _room(told)}, by)


def _add(told: Told, services: dict[str, Any], where: dict[str, Any], by: Actor) -> None:
    details = {
        "code": told.code, "name": told.name, "category": told.category, "minutes": told.minutes,
        "photo_views": list(told.views), "patient_words": told.words, "service_id": services.get(told.service),
        "least_days_between": told.days_between, **dict.fromkeys(told.asks, True), **where,
    }  # fmt: skip
    actions.add_procedure(details, told.team, OWN_CODES.get(told.code, ()), by=by)


def _room(told: Told) -> str:
    return "LASER" if told.code.startswith("LASER") else "TREATMENT"
