"""Tests that are usual before an operation, with units and adult reference ranges. Review before clinical use.

Every range carries its source; a range without one does not load. The laboratory's own range counts: one that stands
on its report is typed with the result and takes the place of these.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

ABIM = "ABIM, Laboratory Test Reference Ranges, January 2024 (nonpregnant adults)"
WORDS = "Answered in words; compared with nothing"
QUALITATIVE = "Screening immunoassay: the expected answer in somebody without the condition"


@dataclass(frozen=True, slots=True)
class Range:
    """From and to, both included; None where there is no bound."""

    low: Decimal | None
    high: Decimal | None


@dataclass(frozen=True, slots=True)
class Known:
    """One test: its code here, name, group, unit, and what is expected of an adult."""

    code: str
    name: str
    group: str
    answer: str  # "NUMBER", "SIGN" (positive or negative) or "WORDS"
    source: str
    unit: str = ""
    both: Range | None = None
    female: Range | None = None
    male: Range | None = None
    kind: str = "LAB"

    def __post_init__(self) -> None:
        if not self.source.strip():
            raise ValueError(f"{self.code} has no source.")
        if self.answer == "NUMBER" and not (self.unit and (self.both or (self.female and self.male))):
            raise ValueError(f"{self.code} is a number and needs a unit and a range.")

    def range_for(self, gender: str) -> Range | None:
        """What is expected; where it differs by sex and that is not known, the range that holds both."""
        if self.both is not None or self.female is None or self.male is None:
            return self.both
        by_sex = {"female": self.female, "male": self.male}
        lows = [one.low for one in by_sex.values() if one.low is not None]
        highs = [one.high for one in by_sex.values() if one.high is not None]
        return by_sex.get(gender) or Range(min(lows, default=None), max(highs, default=None))


def _number(code: str, name: str, group: str, unit: str, *, both: str = "", female: str = "", male: str = "") -> Known:
    return Known(
        code, name, group, "NUMBER", ABIM, unit, both=_range(both), female=_range(female), male=_range(male)
    )  # fmt: skip


def _range(text: str) -> Range | None:
    if not text:
        return None
    low, _, high = text.partition("-")
    return Range(Decimal(low) if low else None, Decimal(high) if high else None)


BLOOD, CLOTTING, CHEMISTRY, LIVER, HORMONES, INFECTION, OTHER, IMAGING = (
    "Blood count", "Clotting", "Kidneys, salts, sugar", "Liver", "Thyroid", "Infection", "Other", "Imaging and heart",
)  # fmt: skip

KNOWN: tuple[Known, ...] = (
    _number("HB", "Haemoglobin", BLOOD, "g/dL", female="12-16", male="14-18"),
    _number("HCT", "Haematocrit", BLOOD, "%", female="37-47", male="42-50"),
    _number("WBC", "White cells", BLOOD, "10⁹/L", both="4-11"),
    _number("PLT", "Platelets", BLOOD, "10⁹/L", both="150-450"),
    _number("PT", "Prothrombin time", CLOTTING, "s", both="11-13"),
    _number("APTT", "Activated partial thromboplastin time", CLOTTING, "s", both="25-35"),
    _number("NA", "Sodium", CHEMISTRY, "mmol/L", both="136-145"),
    _number("K", "Potassium", CHEMISTRY, "mmol/L", both="3.5-5.0"),
    _number("CREA", "Creatinine", CHEMISTRY, "mg/dL", female="0.50-1.10", male="0.70-1.30"),
    _number("BUN", "Urea nitrogen", CHEMISTRY, "mg/dL", both="8-20"),
    _number("GLU", "Glucose, fasting", CHEMISTRY, "mg/dL", both="70-99"),
    _number("HBA1C", "Haemoglobin A1c", CHEMISTRY, "%", both="4.0-5.6"),
    _number("ALB", "Albumin", LIVER, "g/dL", both="3.5-5.5"),
    _number("ALT", "Alanine aminotransferase (ALT)", LIVER, "U/L", both="10-40"),
    _number("AST", "Aspartate aminotransferase (AST)", LIVER, "U/L", both="10-40"),
    _number("TSH", "Thyrotropin (TSH)", HORMONES, "mU/L", both="0.5-4.0"),
    Known("HCG", "Pregnancy test", OTHER, "SIGN", QUALITATIVE),
    Known("HIV", "HIV antigen and antibodies", INFECTION, "SIGN", QUALITATIVE),
    Known("HBSAG", "Hepatitis B surface antigen", INFECTION, "SIGN", QUALITATIVE),
    Known("HCV", "Hepatitis C antibodies", INFECTION, "SIGN", QUALITATIVE),
    Known("GROUP", "Blood group and Rh factor", OTHER, "WORDS", WORDS),
    Known("ECG", "Electrocardiogram", IMAGING, "WORDS", WORDS, kind="IMAGING"),
    Known("CXR", "Chest film", IMAGING, "WORDS", WORDS, kind="IMAGING"),
    Known("USG", "Ultrasound", IMAGING, "WORDS", WORDS, kind="IMAGING"),
    Known("CT", "Computed tomography", IMAGING, "WORDS", WORDS, kind="IMAGING"),
    Known("MAMMO", "Mammogram", IMAGING, "WORDS", WORDS, kind="IMAGING"),
)
BY_CODE = {one.code: one for one in KNOWN}

SETS: dict[str, tuple[str, ...]] = {
    "Before an operation": ("HB", "WBC", "PLT", "PT", "APTT", "NA", "K", "CREA", "GLU", "HIV", "HBSAG", "HCV", "GROUP"),
    "Liver": ("ALB", "ALT", "AST"),
    "Thyroid": ("TSH",),
}


def groups(kind: str) -> Iterator[tuple[str, list[Known]]]:
    """The tests of a kind in their groups, as a page lists them."""
    for group in dict.fromkeys(one.group for one in KNOWN if one.kind == kind):
        yield group, [one for one in KNOWN if one.group == group and one.kind == kind]
