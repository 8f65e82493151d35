"""Codes: what the doctor sees after each letter of a diagnosis, among every node of ICD-10-CM."""

import random
import time
from typing import Any

from benchmarks._scratch import installation, median, p99

SCALE = 1_000  # questions
SEED = 20261121
TYPED = (
    "actinic keratosis", "basal cell carcinoma of skin", "keloid", "acne vulgaris", "gynaecomastia", "alopecia areata",
    "diabetes mellitus", "hypertension", "fracture of nose", "breast", "facial nerve", "ptosis of eyelid", "rosacea",
    "melasma", "hypertrophic scar", "burn of face", "htn", "bcc", "L57.0", "T2DM", "s0101", "hidradenitis",
)  # fmt: skip
SLIPS = ("actnic keratosis", "hypretension", "alopecia aretata", "rosacae", "gynecomasia", "melsama")
SHORTEST = 2


def run(scale: int) -> dict[str, Any]:
    """Ask what stands in the field after each letter, in an order of chance; slips apart."""
    with installation("codes"):
        from kalon.codes import queries
        from kalon.codes.queries import System

        nodes = {edition.system: edition.nodes for edition in queries.editions()}
        beginnings = [text[:end] for text in TYPED for end in range(SHORTEST, len(text) + 1)]
        chance = random.Random(SEED)
        asked = [chance.choice(beginnings) for _ in range(scale)]
        slips = [chance.choice(SLIPS) for _ in range(scale // 5)]
        found: dict[str, list[float]] = {"letters": [], "slips": []}
        hits = 0
        for kind, texts in (("letters", asked), ("slips", slips)):
            for text in texts:
                began = time.perf_counter()
                rows = queries.search(text, system=System.ICD10CM)
                found[kind].append(time.perf_counter() - began)
                hits += bool(rows)
    return {
        "nodes": nodes["ICD-10-CM"],
        "questions": scale + len(slips),
        "answered": hits,
        **{f"{kind}_median_ms": median(times) for kind, times in found.items()},
        **{f"{kind}_p99_ms": p99(times) for kind, times in found.items()},
    }
