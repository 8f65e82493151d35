"""How one picture is laid over another: moved, turned and scaled as a whole. Anatomy is never bent."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from kalon.kernel.errors import Invalid

Point = tuple[float, float]
LEAST, MOST = 0.2, 5.0  # more than fivefold is a mistake, not a distance


@dataclass(frozen=True, slots=True)
class Laid:
    """A similarity: a point (x, y) of the later picture lies at scale · turned(x, y) + shift of the earlier one.

    Shifts and `error` (root mean square over the points it rests on) are in points of the earlier picture, `rotation`
    in degrees, clockwise on the screen. `inliers` is on how many points it rests.
    """

    scale: float
    rotation: float
    shift_x: float
    shift_y: float
    inliers: int
    error: float

    @property
    def matrix(self) -> str:
        """As the `transform` of an SVG image."""
        c = self.scale * math.cos(math.radians(self.rotation))
        s = self.scale * math.sin(math.radians(self.rotation))
        return f"matrix({c:.6f} {s:.6f} {-s:.6f} {c:.6f} {self.shift_x:.2f} {self.shift_y:.2f})"

    def at(self, point: Point) -> Point:
        """Where a point of the later picture lies in the earlier."""
        c = self.scale * math.cos(math.radians(self.rotation))
        s = self.scale * math.sin(math.radians(self.rotation))
        return c * point[0] - s * point[1] + self.shift_x, s * point[0] + c * point[1] + self.shift_y


def by_hand(earlier: Sequence[Point], later: Sequence[Point]) -> Laid:
    """The similarity with the least squares over points set by hand, two to five on each picture in the same order.

    Umeyama's solution in the plane. Invalid for too few points, or points that lie on each other.
    """
    if len(earlier) != len(later) or not 2 <= len(later) <= 5:
        raise Invalid("Set two to five points on each picture, in the same order.", field="points")
    if not all(math.isfinite(value) for point in (*earlier, *later) for value in point):
        raise Invalid("A point lies nowhere. Set it again.", field="points")
    source = [complex(*point) for point in later]
    target = [complex(*point) for point in earlier]
    middle, aim = sum(source) / len(source), sum(target) / len(target)
    spread = sum(abs(one - middle) ** 2 for one in source)
    if spread < 1:
        raise Invalid("The points lie on each other. Set them further apart.", field="points")
    turn = sum((b - aim) * (a - middle).conjugate() for a, b in zip(source, target, strict=True)) / spread
    shift = aim - turn * middle
    error = math.sqrt(sum(abs(turn * a + shift - b) ** 2 for a, b in zip(source, target, strict=True)) / len(source))
    if not LEAST <= abs(turn) <= MOST:
        raise Invalid("One picture would be more than five times the other. Set the points again.", field="points")
    rotation = math.degrees(math.atan2(turn.imag, turn.real))
    return Laid(abs(turn), rotation, shift.real, shift.imag, len(source), error)
