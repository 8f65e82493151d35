"""Photographs: twelve million points taken in, how true the computer lines faces up, what a copy costs to draw.

Each measured photograph is another drawing with noise as a sensor has it, taken by the product's own verb: looked at
in a process of its own, drawn anew, made smaller twice, fingerprinted, sealed piece by piece, written. Memory is what
the process that serves held more at its peak, and the peak of the one that looks. For the alignment a drawn face is
held nearer, askew and aside by known numbers (up to 6 %, 3 degrees and 25 points; three times that where it is hard),
lighter where it was treated, noisy; the error is how far the worst of nine points of the face (eyes, nose, mouth, chin,
ears) lands from where it belongs, in points of the original.

    ./kalon bench photos [--scale PHOTOGRAPHS] [--json FILE]
"""

import math
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

from benchmarks import _servers
from benchmarks._scratch import median, p95, progress

SCALE = 20
PAIRS_EACH = 5  # pairs lined up for each photograph taken
SEED = 20_261_122
BIG, USUAL = (3000, 4000), (900, 1200)
FACE = ((-118, 478), (118, 478), (0, 610), (-95, 722), (95, 722), (0, 870), (-268, 520), (268, 520), (0, 400))

Figures = dict[str, float | int | str]


def run(scale: int = SCALE) -> Figures:
    """Take, line up and give out, in a database of its own that is dropped afterwards."""
    with _servers.database("kalon_bench_photos"):
        return _measured(scale)


def _measured(scale: int) -> Figures:
    from kalon.photos.tests.conftest import _studio

    studio = _studio()
    taken, small = _taken(studio, scale)
    return {**taken, **_given_out(studio, small), **_lined_up(scale * PAIRS_EACH)}


def _taken(studio: Any, scale: int) -> tuple[Figures, Any]:
    files = [_photograph(number, BIG) for number in range(scale)]
    Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew
    before, photo = _memory("VmRSS"), None
    seconds: list[float] = []
    for number, file in enumerate(files):
        began = time.perf_counter()
        photo = studio.taken(file, view="FRONT", stage="BEFORE")
        seconds.append(time.perf_counter() - began)
        progress(number + 1, scale, "photographs of twelve million points")
    assert photo is not None and photo.width * photo.height == 12_000_000
    return {
        "taken_count": scale,
        "taken_points": photo.width * photo.height,
        "taken_file_mb": round(sum(map(len, files)) / scale / 1e6, 2),
        "taken_median_s": round(median(seconds) / 1000, 2),
        "taken_p95_s": round(p95(seconds) / 1000, 2),
        "taken_server_more_mb": round(_memory("VmHWM") - before, 1),
        "taken_looking_peak_mb": _looking(files[0]),
    }, photo


def _given_out(studio: Any, photo: Any) -> Figures:
    from kalon.photos import actions

    seconds: dict[str, list[float]] = {"PICTURE": [], "DICOM": []}
    for form, times in seconds.items():
        part, side = ("FACE", "U") if form == "DICOM" else ("", "")
        for number in range(5):
            wish = actions.ExportWish(
                purpose="CARE", recipient=f"Dr {number}", reason="Measured", form=form, body_part=part, laterality=side
            )
            began = time.perf_counter()
            actions.export_photo(photo.pk, wish, by=studio.doctor)
            times.append(time.perf_counter() - began)
    return {f"copy_{form.lower()}_median_s": round(median(times) / 1000, 2) for form, times in seconds.items()}


def _lined_up(pairs: int) -> Figures:
    from kalon.photos.rules import matching

    chance = random.Random(SEED)
    seconds: list[float] = []
    found: dict[str, list[float]] = {"usual": [], "hard": []}
    failed = {"usual": 0, "hard": 0}
    for number in range(pairs):
        kind = "usual" if number % 2 else "hard"
        reach = 1.0 if kind == "usual" else 3.0
        held = (
            1 + chance.uniform(-0.06, 0.06) * reach, chance.uniform(-3, 3) * reach,
            chance.uniform(-25, 25) * reach, chance.uniform(-25, 25) * reach,
        )  # fmt: skip
        earlier = _photograph(number, USUAL)
        later = _photograph(number, USUAL, pigment=chance.uniform(0, 0.6), held=held, noise=number + 1)
        began = time.perf_counter()
        laid = matching.found(earlier, later)
        seconds.append(time.perf_counter() - began)
        if laid is None:
            failed[kind] += 1
        else:
            found[kind].append(max(_off(laid, point, held) for point in FACE))
        progress(number + 1, pairs, "pairs lined up")
    figures: Figures = {"pairs_count": pairs, "lined_up_median_ms": median(seconds), "lined_up_p95_ms": p95(seconds)}
    for kind, errors in found.items():
        figures |= {
            f"{kind}_pairs_count": len(errors) + failed[kind], f"{kind}_failed": failed[kind],
            f"{kind}_off_median_points": _at(errors, 0.5), f"{kind}_off_p95_points": _at(errors, 0.95),
            f"{kind}_off_max_points": _at(errors, 1.0),
        }  # fmt: skip
    return figures


def _off(laid: Any, point: tuple[int, int], held: tuple[float, float, float, float]) -> float:
    """How far a point of the face lands from where it is in the earlier picture."""
    unit = USUAL[1] / 1000
    x, y = USUAL[0] / 2 + point[0] * unit, point[1] * unit
    scale, askew, right, down = held
    c, s = scale * math.cos(math.radians(askew)), scale * math.sin(math.radians(askew))
    from_x, from_y = x - USUAL[0] / 2, y - USUAL[1] / 2
    seen = (
        c * from_x - s * from_y + USUAL[0] / 2 + right,
        s * from_x + c * from_y + USUAL[1] / 2 + down,
    )
    there = laid.at(seen)
    return math.dist(there, (x, y))


def _photograph(
    seed: int, size: tuple[int, int], *, pigment: float = 1.0, held: Sequence[float] = (1, 0, 0, 0), noise: int = 0
) -> bytes:
    """A drawn face as a camera keeps it: noisy, at a phone's usual quality."""
    import numpy as np
    from PIL import Image

    from kalon.config.seed.faces import Face, photographed

    scale, askew, right, down = held
    drawn = photographed(Face(seed=seed + 1, pigment=pigment), size=size, held=(scale, askew, right, down))
    grain = np.random.default_rng(SEED + 7 * seed + noise).normal(0, 5, (size[1], size[0], 1))
    noisy = np.clip(np.asarray(drawn, np.float32) + grain, 0, 255).astype(np.uint8)
    out = BytesIO()
    Image.fromarray(noisy).save(out, "JPEG", quality=92)
    return out.getvalue()


def _memory(what: str) -> float:
    """Megabytes of this process: VmRSS what it holds, VmHWM the most it held."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(what)) / 1024


LOOK = (
    "import resource, subprocess, sys; looked = [sys.executable, '-I', sys.argv[1], '1', '320', '1280'];"
    "subprocess.run(looked, stdin=open(sys.argv[2]), stdout=subprocess.DEVNULL, check=True);"
    "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
)


def _looking(content: bytes) -> float:
    """The most megabytes that the process held which looks at a picture and draws it anew."""
    from kalon.documents.rules import examining

    with tempfile.NamedTemporaryFile() as file:
        file.write(content)
        file.flush()
        told = subprocess.run(
            [sys.executable, "-c", LOOK, examining.__file__, file.name], capture_output=True, check=True
        )
    return round(int(told.stdout) / 1024, 1)


def _at(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return round(ordered[min(len(ordered) - 1, int(len(ordered) * share))], 2) if ordered else -1.0
