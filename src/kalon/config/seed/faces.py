"""Faces that nobody has, drawn by us: what the demonstration shows where a clinic has photographs of patients."""

import math
import random
from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageDraw, ImageFilter

Colour = tuple[int, int, int]
HAIR, LIP, IRIS, WALL = (43, 33, 31), (168, 94, 82), (64, 40, 28), (176, 174, 168)


@dataclass(frozen=True, kw_only=True)
class Face:
    """An invented face. `seed` decides its freckles; `pigment` how much of a patch is on its cheek (0 to 1).

    `turn` is how far the head is turned: 0 to the front, 1 to the patient's left, -1 to the right.
    """

    seed: int = 1
    skin: Colour = (204, 158, 128)
    pigment: float = 1.0
    turn: float = 0.0
    lines: float = 1.0

    def drawn(self, size: tuple[int, int] = (900, 1200)) -> Image.Image:
        """The picture, upright, of so many points."""
        width, height = size
        unit = height / 1000
        picture = Image.new("RGB", size, WALL)
        draw = ImageDraw.Draw(picture)

        def box(x: float, y: float, w: float, h: float) -> tuple[float, float, float, float]:
            middle = width / 2 + x * unit
            return middle - w * unit / 2, (y - h / 2) * unit, middle + w * unit / 2, (y + h / 2) * unit

        shift, shade = self.turn * 90, tuple(int(part * 0.86) for part in self.skin)
        draw.rounded_rectangle(box(0, 900, 260, 420), 70 * unit, fill=shade)
        draw.ellipse(box(0, 400, 610, 720), fill=HAIR)
        for side in (-1, 1):
            if side * self.turn < 0.4:
                draw.ellipse(box(side * 268 + shift / 4, 520, 66, 150), fill=shade)
        draw.ellipse(box(shift / 5, 520, 530, 700), fill=self.skin)
        draw.pieslice(box(shift / 5, 335, 520, 330), 180, 360, fill=HAIR)
        self._speckle(picture, draw, box, shift)
        for side in (-1, 1):
            near = 1 - 0.35 * max(0.0, side * self.turn)
            x = side * 118 * near + shift
            draw.arc(box(x, 420, 150 * near, 80), 200, 340, fill=HAIR, width=max(2, int(15 * unit)))
            draw.ellipse(box(x, 478, 118 * near, 50), fill=(244, 240, 234))
            draw.ellipse(box(x + shift / 9, 478, 48 * near, 48), fill=IRIS)
            draw.ellipse(box(x + shift / 9 + 8, 470, 12, 12), fill=(255, 255, 255))
            draw.arc(box(x, 472, 126 * near, 64), 190, 350, fill=HAIR, width=max(2, int(8 * unit)))
            crease = tuple(int(part * (1 - 0.2 * self.lines)) for part in self.skin)
            draw.arc(
                box(side * 128 * near + shift / 2, 650, 70, 170), 200, 320, fill=crease, width=max(1, int(4 * unit))
            )
        nose = tuple(int(part * 0.78) for part in self.skin)
        draw.arc(box(shift * 1.3, 600, 96, 60), 20, 160, fill=nose, width=max(2, int(7 * unit)))
        for side in (-1, 1):
            draw.ellipse(box(side * 26 + shift * 1.3, 622, 24, 12), fill=nose)
        draw.ellipse(box(shift, 722, 190, 46), fill=LIP)
        draw.ellipse(box(shift, 742, 150, 40), fill=tuple(min(255, part + 18) for part in LIP))
        draw.line([*box(shift, 724, 190, 0)], fill=(112, 58, 54), width=max(1, int(4 * unit)))
        return picture

    def _speckle(self, picture: Image.Image, draw: ImageDraw.ImageDraw, box: object, shift: float) -> None:
        """Strands, freckles and the patch on the cheek: what a comparison looks at."""
        assert callable(box)
        chance, unit = random.Random(self.seed), picture.height / 1000  # noqa: S311  (a drawing)
        for _ in range(46):
            x = chance.uniform(-250, 250)
            top, bend = chance.uniform(80, 130), chance.uniform(-40, 40)
            light = tuple(part + chance.randint(14, 40) for part in HAIR)
            ends = [
                box(x * 0.7, top, 0, 0)[:2],
                box(x + bend / 2, top + 70, 0, 0)[:2],
                box(x + bend, top + 130, 0, 0)[:2],
            ]
            draw.line(ends, fill=light, width=max(1, int(3 * unit)))
        for _ in range(260):
            angle, far = chance.uniform(0, 2 * math.pi), math.sqrt(chance.random())
            x, y = 225 * far * math.cos(angle) + shift * 0.6, 560 + 270 * far * math.sin(angle)
            dark = tuple(int(part * chance.uniform(0.8, 0.94)) for part in self.skin)
            size = chance.uniform(3, 9)
            draw.ellipse(box(x, y, size, size * chance.uniform(0.7, 1.2)), fill=dark)
        if self.pigment <= 0:
            return
        veil = Image.new("L", picture.size, 0)
        patch = ImageDraw.Draw(veil)
        for _ in range(14):
            x, y = -140 + chance.gauss(0, 30) + shift * 0.7, 610 + chance.gauss(0, 22)
            patch.ellipse(box(x, y, chance.uniform(24, 60), chance.uniform(18, 40)), fill=int(150 * self.pigment))
        veil = veil.filter(ImageFilter.GaussianBlur(7 * unit))
        picture.paste(Image.new("RGB", picture.size, (124, 82, 62)), (0, 0), veil)


def photographed(
    face: Face, *, size: tuple[int, int] = (900, 1200), held: tuple[float, float, float, float] = (1, 0, 0, 0)
) -> Image.Image:
    """The face as a camera sees it that was `held` nearer (scale), askew (degrees) and aside (right, down; points)."""
    scale, askew, right, down = held
    cos, sin = math.cos(math.radians(askew)) / scale, math.sin(math.radians(askew)) / scale
    middle_x, middle_y = size[0] / 2, size[1] / 2
    # for each point of the new picture, where it was in the upright one
    moved = (
        cos, sin, middle_x - cos * (middle_x + right) - sin * (middle_y + down),
        -sin, cos, middle_y + sin * (middle_x + right) - cos * (middle_y + down),
    )  # fmt: skip
    drawn = face.drawn(size)
    return drawn.transform(size, Image.Transform.AFFINE, moved, Image.Resampling.BICUBIC, fillcolor=WALL)


def jpeg(picture: Image.Image, quality: int = 90) -> bytes:
    """The picture as a camera saves it."""
    out = BytesIO()
    picture.save(out, "JPEG", quality=quality)
    return out.getvalue()
