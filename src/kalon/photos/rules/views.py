"""The standard views, the stages of a treatment, and for what a picture may leave the clinic."""

from django.db.models import TextChoices


class View(TextChoices):
    """From where the patient is looked at; right and left are the patient's. The codes are those procedures name."""

    FRONT = "FRONT", "Front"
    LEFT_45 = "LEFT_45", "Left, half turned"
    RIGHT_45 = "RIGHT_45", "Right, half turned"
    LEFT_90 = "LEFT_90", "Left profile"
    RIGHT_90 = "RIGHT_90", "Right profile"
    BASAL = "BASAL", "From below"
    BACK = "BACK", "Back"
    SMILE = "SMILE", "Smiling"
    HEAD_TOP = "HEAD_TOP", "Top of the head"
    HAIRLINE = "HAIRLINE", "Hairline"
    LEFT_OBLIQUE_BACK = "LEFT_OBLIQUE_BACK", "Back, half turned left"
    RIGHT_OBLIQUE_BACK = "RIGHT_OBLIQUE_BACK", "Back, half turned right"
    ARMS_UP = "ARMS_UP", "Arms raised"
    CLOSE_UP = "CLOSE_UP", "Close up"
    OTHER = "OTHER", "Another view"


class Stage(TextChoices):
    BEFORE = "BEFORE", "Before"
    DURING = "DURING", "During"
    AFTER = "AFTER", "After"


class Purpose(TextChoices):
    """For what a copy leaves the clinic."""

    PATIENT = "PATIENT", "The patient's own copy"
    CARE = "CARE", "Another clinic that treats the patient"
    MARKETING = "MARKETING", "Adverts, website or teaching"


def needed_for(purpose: str) -> str:
    """The kind of consent that a purpose asks for."""
    return "MARKETING" if purpose == Purpose.MARKETING else "PHOTOGRAPHY"
