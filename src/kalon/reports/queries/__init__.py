"""Reports: read from the books, proved against them."""

from kalon.reports.queries.access import branches_of, must_see, sees_everything
from kalon.reports.queries.commission import Commission, commission_terms, commissions, staff_kinds
from kalon.reports.queries.dimensions import DIMENSIONS, Name
from kalon.reports.queries.drill import Moved, Movement, label_of, postings_of, shown, sides
from kalon.reports.queries.engine import (
    Agreement,
    Asked,
    Line,
    Table,
    agreement,
    named,
    names_of,
    report,
    rows_of,
    table,
    totals,
)
from kalon.reports.queries.gst import gstr1, registrations, return_agrees
from kalon.reports.queries.overview import Bar, bars, columns, months
from kalon.reports.queries.proof import discrepancies

__all__ = [
    "DIMENSIONS",
    "Agreement",
    "Asked",
    "Bar",
    "Commission",
    "Line",
    "Moved",
    "Movement",
    "Name",
    "Table",
    "agreement",
    "bars",
    "branches_of",
    "columns",
    "commission_terms",
    "commissions",
    "discrepancies",
    "gstr1",
    "label_of",
    "months",
    "must_see",
    "named",
    "names_of",
    "postings_of",
    "registrations",
    "report",
    "return_agrees",
    "rows_of",
    "sees_everything",
    "shown",
    "sides",
    "staff_kinds",
    "table",
    "totals",
]
