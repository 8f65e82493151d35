"""The maps a chart is drawn on: views, their boxes, the named regions; and what points sum to."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import TextChoices


class View(TextChoices):
    """From where the patient is looked at. Right and left are the patient's."""

    FRONT = "FRONT", "Face, front"
    RIGHT = "RIGHT", "Face, right"
    LEFT = "LEFT", "Face, left"
    BODY_FRONT = "BODY_FRONT", "Body, front"
    BODY_BACK = "BODY_BACK", "Body, back"


class Region(TextChoices):
    FRONTALIS = "frontalis", "Forehead (frontalis)"
    GLABELLA = "glabella", "Glabella"
    TEMPLE = "temple", "Temple"
    LATERAL_CANTHUS = "lateral_canthus", "Crow's feet"
    TEAR_TROUGH = "tear_trough", "Tear trough"
    MALAR = "malar", "Cheek (malar)"
    NOSE = "nose", "Nose"
    NASOLABIAL = "nasolabial", "Nasolabial fold"
    LIP_UPPER = "lip_upper", "Upper lip"
    LIP_LOWER = "lip_lower", "Lower lip"
    MARIONETTE = "marionette", "Marionette line"
    MENTALIS = "mentalis", "Chin (mentalis)"
    MASSETER = "masseter", "Masseter"
    JAWLINE = "jawline", "Jawline"
    PLATYSMA = "platysma", "Neck (platysma)"
    CHEST = "chest", "Chest"
    ABDOMEN = "abdomen", "Abdomen"
    THIGH = "thigh", "Thigh"
    UPPER_BACK = "upper_back", "Upper back"
    FLANKS = "flanks", "Flanks"
    GLUTEAL = "gluteal", "Gluteal"
    OTHER = "other", "Elsewhere"


class Depth(TextChoices):
    INTRADERMAL = "INTRADERMAL", "Intradermal"
    SUBCUTANEOUS = "SUBCUTANEOUS", "Subcutaneous"
    INTRAMUSCULAR = "INTRAMUSCULAR", "Intramuscular"
    SUPRAPERIOSTEAL = "SUPRAPERIOSTEAL", "On the bone"


class Technique(TextChoices):
    BOLUS = "BOLUS", "Bolus"
    LINEAR = "LINEAR", "Linear thread"
    FANNING = "FANNING", "Fanning"
    CROSS_HATCH = "CROSS_HATCH", "Cross-hatching"
    MICRODROPLET = "MICRODROPLET", "Micro-droplets"
    CANNULA = "CANNULA", "Cannula"


@dataclass(frozen=True, slots=True)
class Map:
    """One view: the drawing, the regions over it, and its box (left, top, width, height) in which points are kept."""

    drawing: str
    regions: str
    box: tuple[int, int, int, int]
    is_mirrored: bool = False

    @property
    def view_box(self) -> str:
        return " ".join(map(str, self.box))

    def holds(self, x: Decimal, y: Decimal) -> bool:
        left, top, width, height = self.box
        return left <= x <= left + width and top <= y <= top + height


MAPS = {
    View.FRONT: Map("face-front", "front", (-160, 16, 320, 430)),
    View.RIGHT: Map("face-oblique-mirror", "oblique", (-180, 16, 320, 430), is_mirrored=True),
    View.LEFT: Map("face-oblique", "oblique", (-140, 16, 320, 430)),
    View.BODY_FRONT: Map("body-front", "body_front", (-160, 4, 320, 480)),
    View.BODY_BACK: Map("body-back", "body_back", (-160, 4, 320, 480)),
}

# The middle of each region: where a point stands that was added by its name, not by a tap.
_OBLIQUE = (
    ("frontalis", -20, 153), ("temple", 70, 178), ("lateral_canthus", 39, 221), ("malar", 33, 268),
    ("nasolabial", -22, 318), ("masseter", 61, 316), ("jawline", 16, 380), ("mentalis", -46, 390),
)  # fmt: skip
_PAIRED = (
    ("temple", 100, 169), ("lateral_canthus", 100, 220), ("tear_trough", 58, 244), ("malar", 75, 268),
    ("nasolabial", 48, 316), ("marionette", 50, 362), ("masseter", 85, 319),
)  # fmt: skip
MIDDLES: dict[View, tuple[tuple[str, int, int], ...]] = {
    View.FRONT: (
        ("frontalis", 0, 149), ("glabella", 0, 189), ("nose", 0, 258), ("lip_upper", 0, 338), ("lip_lower", 0, 358),
        ("mentalis", 0, 388), ("platysma", 0, 424),
        *((region, -x, y) for region, x, y in _PAIRED), *_PAIRED,
    ),
    View.LEFT: _OBLIQUE,
    View.RIGHT: tuple((region, -x, y) for region, x, y in _OBLIQUE),
    View.BODY_FRONT: (("chest", 0, 130), ("abdomen", 0, 191), ("thigh", -27, 293), ("thigh", 27, 293)),
    View.BODY_BACK: (("upper_back", 0, 134), ("flanks", 0, 197), ("gluteal", 0, 251)),
}  # fmt: skip
MIDLINE = 8  # so near to the midline a point has no side


def side_of(view: str, x: Decimal | int) -> str:
    """The patient's side of a point: "right", "left", or nothing on the midline."""
    if view in (View.LEFT, View.RIGHT):
        return view.lower()
    if -MIDLINE <= x <= MIDLINE:
        return ""
    return "right" if (x < 0) is (view != View.BODY_BACK) else "left"


MIRRORS = {View.RIGHT: View.LEFT, View.LEFT: View.RIGHT}


def mirrored(view: str, x: Decimal) -> tuple[str, Decimal] | None:
    """The same place on the patient's other side: its view and x. Nothing for a place on the midline."""
    if not side_of(view, x):
        return None
    return str(MIRRORS.get(View(view), View(view))), -x


def nudge(step: Decimal) -> Decimal:
    """By how much one press of + or − changes a dose: half a unit of a toxin, 0.05 ml of a filler."""
    return step if step >= Decimal("0.5") else step * 5


def nearest(view: str, x: Decimal, y: Decimal) -> str:
    """The region whose middle is nearest, for a tap that hit none."""
    return min(MIDDLES[View(view)], key=lambda place: (place[1] - x) ** 2 + (place[2] - y) ** 2)[0]


def spoken(view: str, region: str, x: Decimal | int) -> str:
    """A place in words: "Crow's feet, right"."""
    side = side_of(view, x)
    label = str(Region(region).label)
    return f"{label}, {side}" if side else label


def places(view: str) -> list[tuple[str, str]]:
    """The named places of a view for a list to choose from: "temple:-100:169", "Temple, right"."""
    return [(f"{region}:{x}:{y}", spoken(view, region, x)) for region, x, y in MIDDLES[View(view)]]


@dataclass(frozen=True, slots=True)
class RegionSum:
    """What one region got in one unit of count: now, and at the last visit."""

    label: str
    unit: str
    now: Decimal
    before: Decimal


def by_region(points: Iterable[Any], before: Iterable[Any]) -> list[RegionSum]:
    """The sums of each region, in the order of the map; those of the last visit beside them."""
    now_in: dict[tuple[str, str], Decimal] = {}
    was_in: dict[tuple[str, str], Decimal] = {}
    for sums, some in ((now_in, points), (was_in, before)):
        for point in some:
            key = (point.region, point.item.unit)
            sums[key] = sums.get(key, Decimal(0)) + point.quantity
    order = {region: place for place, region in enumerate(Region.values)}
    return [
        RegionSum(
            str(Region(region).label), unit, now_in.get((region, unit), Decimal(0)),
            was_in.get((region, unit), Decimal(0)),
        )
        for region, unit in sorted({*now_in, *was_in}, key=lambda key: (order[key[0]], key[1]))
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Total:
    """What a chart holds of one product, from one batch: exact."""

    item_id: UUID
    name: str
    unit: str
    batch_id: UUID | None
    batch_number: str
    expires_on: Any
    quantity: Decimal
    points: int


def totals(points: Iterable[Any]) -> list[Total]:
    """The running totals of a chart, by product and batch, in the order in which they were first drawn."""
    sums: dict[tuple[UUID, UUID | None], list[Any]] = {}
    for point in points:
        sums.setdefault((point.item_id, point.batch_id), []).append(point)
    return [
        Total(
            item_id=item_id, name=some[0].item.name, unit=some[0].item.unit, batch_id=batch_id,
            batch_number=some[0].batch.number if some[0].batch else "",
            expires_on=some[0].batch.expires_on if some[0].batch else None,
            quantity=sum((point.quantity for point in some), Decimal(0)), points=len(some),
        )
        for (item_id, batch_id), some in sums.items()
    ]  # fmt: skip
