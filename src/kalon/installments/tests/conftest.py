"""Every test starts on a Tuesday at eight, with a plan whose quote over 42,480 was accepted."""

from kalon.consultations.tests.conftest import eight_in_the_morning, visit, visit_once
from kalon.installments.tests.agreed import accepted

__all__ = ["accepted", "eight_in_the_morning", "visit", "visit_once"]
