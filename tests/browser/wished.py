"""A patient who said what interests her and what she does not want, and had it written down by the nurse."""

from typing import Any

from kalon.plans import actions as plans
from kalon.plans.actions import PreferenceDetails
from tests.journeys.story import Story


def rows(story: Story, patient: Any) -> dict[str, dict[str, Any]]:
    """One wish of her own, and one that the nurse heard."""
    me = story.patient_actor(patient.pk, "Meera")
    said = PreferenceDetails(wish="NOT_WANTED", category="INJECTABLE", note="No needles in my face, please.")
    plans.say_preference(patient.pk, said, by=me)
    heard = PreferenceDetails(wish="INTERESTED", category="SKIN", note="Asked what helps against marks.")
    plans.say_preference(patient.pk, heard, by=story.nurse)
    return {"plans:preferences": {"pk": patient.pk}}
