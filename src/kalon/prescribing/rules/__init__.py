"""What can be said of medicines, doses and papers without looking anything up in the record."""

from datetime import date

from kalon.prescribing.rules.amounts import DOSE_UNITS, Amount, Limit, of_dose, plain
from kalon.prescribing.rules.dosing import FREQUENCIES, LONGEST_DAYS, TIMINGS, Course, Step
from kalon.prescribing.rules.fitting import counted, fits, whole
from kalon.prescribing.rules.formulary import Formulary, Medicine, load
from kalon.prescribing.rules.lines import LineDetails, begun_with
from kalon.prescribing.rules.safety import Finding, Line, Person, check

__all__ = [
    "DOSE_UNITS",
    "FREQUENCIES",
    "LONGEST_DAYS",
    "TIMINGS",
    "Amount",
    "Course",
    "Finding",
    "Formulary",
    "Limit",
    "Line",
    "LineDetails",
    "Medicine",
    "Person",
    "Step",
    "begun_with",
    "check",
    "counted",
    "fits",
    "load",
    "number",
    "of_dose",
    "plain",
    "whole",
]


def number(branch_code: str, on: date, serial: int) -> str:
    """A prescription's number, counted for each branch and calendar year, as in KOC/RX26/00042."""
    return f"{branch_code[:4]}/RX{on:%y}/{serial:05d}"
