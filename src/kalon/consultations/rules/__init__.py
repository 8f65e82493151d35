"""What can be said of vitals, notes and templates without looking anything up."""

from kalon.consultations.rules.difference import Piece, difference
from kalon.consultations.rules.ranges import Alert, alert_of, alerts, limits_at
from kalon.consultations.rules.smart import FIELDS, fill, unknown_fields
from kalon.consultations.rules.trends import Trend, table, trends
from kalon.consultations.rules.units import MEASURES, UNITS, in_stored_unit, plain
from kalon.consultations.rules.vitals import bmi

__all__ = [
    "FIELDS",
    "MEASURES",
    "UNITS",
    "Alert",
    "Piece",
    "Trend",
    "alert_of",
    "alerts",
    "bmi",
    "difference",
    "fill",
    "in_stored_unit",
    "limits_at",
    "plain",
    "table",
    "trends",
    "unknown_fields",
]
