"""The words of the lists of before and after: nothing of the catalogue moves, so there is no state here."""

from django.db import models


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
