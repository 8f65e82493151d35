"""What is drawn on a photograph: arrows, lines, circles, strokes and words, in points of the original."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from kalon.kernel.errors import Invalid

KINDS = {"arrow": (2, 2), "line": (2, 2), "circle": (2, 2), "stroke": (2, 2000), "words": (1, 1)}  # points of each
COLOURS = {"white": "#ffffff", "red": "#e11d48", "blue": "#2563eb", "green": "#16a34a", "yellow": "#facc15"}
MOST, LONGEST = 200, 120
Drawn = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Line:
    """A mark as SVG and a printer draw it: strokes through points, a ring, or words at a point."""

    colour: str
    strokes: list[list[tuple[float, float]]]
    ring: tuple[float, float, float] | None = None
    words: str = ""

    @property
    def paths(self) -> list[str]:
        """The strokes as SVG writes them."""
        return [" ".join(f"{x:.1f},{y:.1f}" for x, y in stroke) for stroke in self.strokes]

    @property
    def at(self) -> tuple[float, float]:
        """Where the words stand."""
        return self.strokes[0][0] if self.strokes else (0.0, 0.0)


def checked(marks: Any, *, width: int, height: int) -> Drawn:
    """The marks in the one form we keep, or a refusal: known kinds and colours, every point on the picture."""
    if not isinstance(marks, list) or not 1 <= len(marks) <= MOST:
        raise Invalid(f"Draw something first, and at most {MOST} marks at a time.", field="marks")
    return [_one(mark, width, height) for mark in marks]


def lines(marks: Drawn, *, size: float) -> list[Line]:
    """The marks ready to be drawn; `size` is how long an arrow's head is, in points of the original."""
    return [_line(mark, size) for mark in marks]


def _one(mark: Any, width: int, height: int) -> dict[str, Any]:
    unknown = Invalid("This drawing cannot be read. Load the page again and draw anew.", field="marks")
    if not isinstance(mark, dict) or mark.get("kind") not in KINDS or mark.get("colour") not in COLOURS:
        raise unknown
    least, most = KINDS[mark["kind"]]
    points = mark.get("points")
    if not isinstance(points, list) or not least <= len(points) <= most:
        raise unknown
    kept = []
    for point in points:
        if not isinstance(point, list | tuple) or len(point) != 2 or not all(map(_is_number, point)):
            raise unknown
        x, y = float(point[0]), float(point[1])
        if not (0 <= x <= width and 0 <= y <= height):
            raise Invalid("A mark lies beside the picture. Draw it again.", field="marks")
        kept.append([round(x, 1), round(y, 1)])
    found: dict[str, Any] = {"kind": mark["kind"], "colour": mark["colour"], "points": kept}
    if mark["kind"] == "words":
        words = " ".join(str(mark.get("words", "")).split())
        if not 0 < len(words) <= LONGEST:
            raise Invalid(f"Write the words, at most {LONGEST} characters.", field="marks")
        found["words"] = words
    return found


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _line(mark: dict[str, Any], size: float) -> Line:
    points = [(float(x), float(y)) for x, y in mark["points"]]
    colour = COLOURS[mark["colour"]]
    if mark["kind"] == "circle":
        (x, y), (edge_x, edge_y) = points
        return Line(colour, [], ring=(x, y, math.hypot(edge_x - x, edge_y - y)))
    if mark["kind"] == "words":
        return Line(colour, [points], words=mark["words"])
    if mark["kind"] == "arrow":
        return Line(colour, [points, _head(points, size)])
    return Line(colour, [points])


def _head(points: Sequence[tuple[float, float]], size: float) -> list[tuple[float, float]]:
    (from_x, from_y), (x, y) = points
    along = math.atan2(from_y - y, from_x - x)
    ends = [(x + size * math.cos(along + turn), y + size * math.sin(along + turn)) for turn in (0.45, -0.45)]
    return [ends[0], (x, y), ends[1]]
