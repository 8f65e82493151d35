"""The words of the catalogue that others use too: nothing of it moves, so there is no state here."""

from django.db import models


class Category(models.TextChoices):
    """The parts of the procedure catalogue."""

    FACE = "FACE", "Face"
    BREAST = "BREAST", "Breast"
    BODY = "BODY", "Body"
    HAIR = "HAIR", "Hair"
    SKIN = "SKIN", "Skin"
    INJECTABLE = "INJECTABLE", "Injectables"
    LASER = "LASER", "Laser and energy"
    INTIMATE = "INTIMATE", "Intimate"
    RECONSTRUCTIVE = "RECONSTRUCTIVE", "Reconstructive"
    OTHER = "OTHER", "Other"


class Moment(models.TextChoices):
    """When an item is due; required ones hold up what comes next: the clearance, the start, the way home."""

    BEFORE = "BEFORE", "Before the day"
    DAY_OF = "DAY_OF", "On the day"
    AFTER = "AFTER", "Before going home"


class Who(models.TextChoices):
    """Who does it; a patient's own items are ticked on their phone, or by staff whom they told."""

    NURSE = "NURSE", "Nurse"
    DOCTOR = "DOCTOR", "Doctor or surgeon"
    ANAESTHETIST = "ANAESTHETIST", "Anaesthetist"
    DESK = "DESK", "Front desk"
    PATIENT = "PATIENT", "Patient"
