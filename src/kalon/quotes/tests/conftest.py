"""Every test starts on a Tuesday at eight, with a visit of today confirmed and its encounter born."""

from kalon.consultations.tests.conftest import eight_in_the_morning, visit, visit_once

__all__ = ["eight_in_the_morning", "visit", "visit_once"]
