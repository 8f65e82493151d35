"""Who signs, and what counts as a signature: lines drawn on a screen, or a name typed."""

import calendar
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

from django.db.models import TextChoices

from kalon.kernel.errors import Invalid

# Majority: eighteen years (Indian Majority Act 1875, section 3); below it a parent or guardian agrees. The same age
# makes a "child" in the DPDP Act 2023, section 2(f), for whom section 9(1) asks a parent. Review before clinical use.
OF_AGE = 18
FULL = 1000  # the pressure of a pen or finger that presses as hard as its screen can tell
WIDE, HIGH = 1000, 300  # the field to sign in; strokes are kept in these units, whatever the screen
MOST_STROKES, MOST_POINTS = 200, 6000
LONGEST_DRAWING = 200_000  # characters, as it arrives
LEAST_LENGTH = 120  # of all lines together; less is a slip of the finger
LONGEST_NAME = 200
SHORTEST_GROUND, LONGEST_GROUND = 8, 300

Strokes = list[list[list[int]]]  # each stroke: [x, y, milliseconds since the first point, pressure of 1000]


class Role(TextChoices):
    """In what role somebody signs."""

    PATIENT = "PATIENT", "Patient"
    GUARDIAN = "GUARDIAN", "Parent or guardian"
    INTERPRETER = "INTERPRETER", "Interpreter"
    WITNESS = "WITNESS", "Witness"
    SURGEON = "SURGEON", "Doctor or surgeon"
    STAFF = "STAFF", "Member of staff"


class Method(TextChoices):
    DRAWN = "DRAWN", "Drawn on the screen"
    TYPED = "TYPED", "Typed"
    CODE = "CODE", "By a one-time code"
    SPOKEN = "SPOKEN", "Said aloud and recorded"


# The ways by which a code may go, as the evidence names them.
CHANNELS = (("EMAIL", "e-mail"), ("SMS", "SMS"), ("WHATSAPP", "WhatsApp"), ("PUSH", "a notice on the phone"))
CODE_LIVES, BETWEEN_CODES = timedelta(minutes=10), timedelta(seconds=60)
MOST_TRIES, MOST_CODES = 5, 5  # of one code; of one consent within an hour
CODE_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Signing:
    """A signature as it comes from a screen: by a one-time code, drawn where there are strokes, else the typed name.

    `ticked` is how many of the confirmations were ticked; `relation` what a guardian is to the patient, or the
    language of an interpreter.
    """

    role: str
    name: str
    strokes: Any = None
    relation: str = ""
    ticked: int = 0
    words: str = ""  # the fingerprint of what was on the screen
    code: str = ""
    spoken: UUID | None = None  # what was said aloud and recorded, for `say` alone

    @property
    def method(self) -> Method:
        if self.code:
            return Method.CODE
        if self.spoken:
            return Method.SPOKEN
        return Method.DRAWN if self.strokes else Method.TYPED


def of_age(born: date, on: date) -> bool:
    """Whether somebody decides for themselves by their age, from the day of the eighteenth birthday."""
    years = on.year - born.year - ((on.month, on.day) < (born.month, born.day))
    return years >= OF_AGE


def months_later(at: datetime, months: int | None) -> datetime | None:
    """The same day so many months on, or the last of a shorter month; None for no end."""
    if not months:
        return None
    year, month = divmod(at.month - 1 + months, 12)
    year, month = at.year + year, month + 1
    return at.replace(year=year, month=month, day=min(at.day, calendar.monthrange(year, month)[1]))


def ground(text: str) -> str:
    """On what ground a guardian signs for an adult, as it is kept; empty where the patient signs.

    For example an order under section 14 of the Rights of Persons with Disabilities Act 2016, or of the National
    Trust Act 1999. Whether it covers this treatment a lawyer says: review before clinical use.
    """
    said = " ".join(text.split())
    if said and not SHORTEST_GROUND <= len(said) <= LONGEST_GROUND:
        raise Invalid("Say on what ground: which order or law, from when.", field="guardianship")
    return said


def signers_for(
    *, is_adult: bool, needs_staff: bool, needs_witness: bool, has_interpreter: bool, needs_surgeon: bool = False
) -> list[str]:
    """Whose signatures a consent needs, in the order in which they are asked for."""
    wanted = {
        Role.PATIENT: is_adult,
        Role.GUARDIAN: not is_adult,
        Role.INTERPRETER: has_interpreter,
        Role.WITNESS: needs_witness,
        Role.SURGEON: needs_surgeon,
        Role.STAFF: needs_staff,
    }
    return [str(role) for role, asked in wanted.items() if asked]


def checked(signing: Signing, *, ticks: int) -> Signing:
    """The signature as it is kept; refused with a sentence that says what to do."""
    if signing.role not in Role.values:
        raise Invalid("Say who signs: patient, guardian, interpreter, witness or staff.", field="role")
    name, relation = " ".join(signing.name.split()), " ".join(signing.relation.split())
    if len(name) < 2 or len(name) > LONGEST_NAME:
        raise Invalid("Write the full name of the person who signs.", field="name")
    if len(relation) > LONGEST_NAME:
        raise Invalid("Say it in fewer words.", field="relation")
    if signing.role == Role.GUARDIAN and not relation:
        raise Invalid("Say what you are to the patient: mother, father, guardian by court.", field="relation")
    if signing.role == Role.INTERPRETER and not relation:
        raise Invalid("Say into which language you interpreted.", field="relation")
    if signing.role in (Role.PATIENT, Role.GUARDIAN) and signing.ticked < ticks:
        raise Invalid("Tick each sentence you agree with. Without all of them nothing is signed.", field="ticked")
    if signing.code and signing.role not in (Role.PATIENT, Role.GUARDIAN):
        raise Invalid(
            "By a code only the patient or guardian signs. Sign in the field, or type your name.", field="code"
        )
    strokes = drawn(signing.strokes) if signing.strokes and not signing.code else None
    return replace(signing, name=name, relation=relation, strokes=strokes)


def masked(channel: str, address: str) -> str:
    """An address as evidence shows it: enough for its owner to know it, too little for anybody to write to it."""
    if channel == "PUSH":
        return address
    if "@" in address:
        name, _, place = address.partition("@")
        return f"{name[:1]}•••@{place}"
    return f"•••{address[-4:]}"


def drawn(strokes: Any) -> Strokes:
    """Lines as they are kept: whole numbers inside the field, in the order of time."""
    unreadable = Invalid("The drawing did not arrive whole. Sign again, or type your name.", field="strokes")
    if not isinstance(strokes, list) or not 0 < len(strokes) <= MOST_STROKES:
        raise unreadable
    if not all(isinstance(stroke, list) for stroke in strokes) or sum(map(len, strokes)) > MOST_POINTS:
        raise unreadable
    kept = [[_point(point, unreadable) for point in stroke] for stroke in strokes if stroke]
    if sum(map(_length, kept)) < LEAST_LENGTH:
        raise Invalid("This is too little for a signature. Sign inside the field, or type your name.", field="strokes")
    return kept


def path_of(strokes: Sequence[Sequence[Sequence[int]]]) -> str:
    """Strokes as the path of an SVG."""
    return " ".join(
        f"M{stroke[0][0]} {stroke[0][1]}"
        + ("".join(f"L{point[0]} {point[1]}" for point in stroke[1:]) or f"L{stroke[0][0] + 1} {stroke[0][1]}")
        for stroke in strokes
        if stroke
    )


def _point(point: Any, unreadable: Invalid) -> list[int]:
    if not isinstance(point, list) or len(point) not in (3, 4):
        raise unreadable
    if not all(isinstance(number, int | float) and math.isfinite(number) for number in point):
        raise unreadable
    x, y, at, *pressure = (round(number) for number in point)
    if not 0 <= at <= 3_600_000:
        raise unreadable
    return [min(max(x, 0), WIDE), min(max(y, 0), HIGH), at, *(min(max(one, 0), FULL) for one in pressure)]


def _length(stroke: Sequence[Sequence[int]]) -> float:
    return sum(math.dist(a[:2], b[:2]) for a, b in pairwise(stroke))
