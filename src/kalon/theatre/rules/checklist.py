"""What the surgical safety checklist asks, in the clinic's own words.

After the WHO Surgical Safety Checklist (World Health Organization, 2009). Review before clinical use.
"""

from typing import NamedTuple


class Item(NamedTuple):
    code: str
    words: str
    needs_yes: bool = False  # with a no nobody goes on


ITEMS: dict[str, tuple[Item, ...]] = {
    "SIGN_IN": (
        Item("IDENTITY", "The patient said who they are, what is done, where, and that they agreed", True),
        Item("SITE", "The site is marked, or has no side"),
        Item("MACHINE", "Anaesthesia machine and medicines are checked", True),
        Item("OXIMETER", "The pulse oximeter is on the patient and works", True),
        Item("ALLERGY", "Known allergies were read aloud", True),
        Item("AIRWAY", "A difficult airway or aspiration was thought of; help and equipment are there", True),
        Item("BLOOD", "Loss of more than 500 ml was thought of; lines and fluids are planned", True),
    ),
    "TIME_OUT": (
        Item("TEAM", "Everybody said their name and role", True),
        Item("CONFIRMED", "Surgeon, anaesthetist and nurse said patient, site and procedure aloud", True),
        Item("ANTIBIOTIC", "Antibiotic given within the last 60 minutes"),
        Item("SURGEON", "Surgeon: critical steps, how long, how much blood", True),
        Item("ANAESTHESIA", "Anaesthesia: what is special about this patient", True),
        Item("NURSING", "Nursing: sterility is confirmed, equipment is in order", True),
        Item("IMAGES", "The images that are needed are shown"),
    ),
    "SIGN_OUT": (
        Item("RECORDED", "The name of the procedure is recorded", True),
        Item("COUNTED", "Instruments, swabs and needles are counted", True),
        Item("SPECIMENS", "Specimens are labelled, with the patient's name"),
        Item("EQUIPMENT", "Trouble with equipment is noted"),
        Item("RECOVERY", "What matters for recovery was said by all three", True),
    ),
}  # fmt: skip
ROLES: dict[str, tuple[str, ...]] = {
    "SIGN_IN": ("ANAESTHESIA", "NURSE"),
    "TIME_OUT": ("SURGEON", "ANAESTHESIA", "NURSE"),
    "SIGN_OUT": ("SURGEON", "ANAESTHESIA", "NURSE"),
}


def roles(stage: str, *, anaesthesia: str) -> list[str]:
    """Who signs a stage; nobody signs for anaesthesia where the surgeon gives a local one alone."""
    return [role for role in ROLES[stage] if not (role == "ANAESTHESIA" and anaesthesia == "LOCAL")]


def item(stage: str, code: str) -> Item | None:
    return next((one for one in ITEMS[stage] if one.code == code), None)
