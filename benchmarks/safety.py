"""Safety: how long the checks take over a long prescription for somebody with many allergies.

No database: the checks are pure, over the formulary and the tables that are loaded once. Each round draws other
medicines and other allergies, and counts what was found, so that a table that did not load cannot look fast.
"""

import random
import time
from decimal import Decimal

from benchmarks._scratch import median, p99

SCALE = 500
DRUGS, ALLERGIES = 20, 15
ALLERGENS = (
    "Penicillin", "Sulfa", "Aspirin", "Ibuprofen", "Lidocaine", "Latex", "Codeine", "Cefalexin", "Erythromycin",
    "Doxycycline", "Iodine", "Adhesive tape", "Egg", "Chlorhexidine", "Morphine", "Diclofenac", "Metronidazole",
    "Ciprofloxacin", "Pollen", "Peanut",
)  # fmt: skip

Figures = dict[str, float | int | str]


def run(scale: int) -> Figures:
    """Check `scale` prescriptions of twenty medicines against fifteen allergies each."""
    from kalon.prescribing import rules

    begun = time.perf_counter()
    known = list(rules.load().medicines.values())
    loaded = time.perf_counter() - begun
    dice = random.Random(4)
    took, found, stops = [], 0, 0
    for _ in range(scale):
        lines = []
        for medicine in dice.sample(known, DRUGS):
            begin = rules.begun_with(medicine)
            lines.append(rules.Line(medicine.name, medicine, begin.strength, begin.course(), begin.route))
        person = rules.Person(
            age=34, may_be_pregnant=True, pregnancy="YES", kidneys="REDUCED", weight_kg=Decimal(58),
            allergy_state="KNOWN", allergies=tuple(dice.sample(ALLERGENS, ALLERGIES)), taking=("Warfarin",),
        )  # fmt: skip
        start = time.perf_counter()
        findings = rules.check(lines, person)
        took.append(time.perf_counter() - start)
        found += len(findings)
        stops += sum(one.is_stop for one in findings)
    return {
        "checks_count": scale, "drugs": DRUGS, "allergies": ALLERGIES, "formulary_count": len(known),
        "load_ms": round(loaded * 1000, 2), "check_median_ms": median(took), "check_p99_ms": p99(took),
        "findings_count": found, "stops_count": stops,
    }  # fmt: skip
