"""What reports there are, as data, and the days they are asked for."""

from kalon.reports.rules.commission import Earned, Terms, share_of
from kalon.reports.rules.period import PERIODS, Period, period_of
from kalon.reports.rules.shelf import AGES, REPORTS, Column, Report

COMMISSIONS, EXPORT, VIEW = "reports.commissions", "reports.export", "reports.view"

__all__ = [
    "AGES",
    "COMMISSIONS",
    "EXPORT",
    "PERIODS",
    "REPORTS",
    "VIEW",
    "Column",
    "Earned",
    "Period",
    "Report",
    "Terms",
    "period_of",
    "share_of",
]
