"""Numbers on paper: at most 16 characters, unique in the fiscal year (CGST rule 46(b))."""

from datetime import date


def fiscal_year(on: date, country: str) -> str:
    """The fiscal year a date is in: April to March in India ("2026-27"), the calendar year elsewhere."""
    if country != "IN":
        return str(on.year)
    start = on.year if on.month >= 4 else on.year - 1
    return f"{start}-{(start + 1) % 100:02d}"


def bill_number(branch_code: str, year: str, serial: int) -> str:
    """A bill's number, as in KOC/2627/00042."""
    return f"{_series(branch_code, year)}/{serial:05d}"


def receipt_number(branch_code: str, year: str, serial: int) -> str:
    return f"{_series(branch_code, year)}/R{serial:05d}"


def credit_number(branch_code: str, year: str, serial: int) -> str:
    return f"{_series(branch_code, year)}/C{serial:05d}"


def _series(branch_code: str, year: str) -> str:
    return f"{branch_code[:4]}/{year[2:].replace('-', '')}"
