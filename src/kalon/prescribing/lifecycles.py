"""The states of a prescription, and every move between them."""

from typing import TYPE_CHECKING

from django.db.models import TextChoices

from kalon.kernel import clock
from kalon.kernel.lifecycle import Lifecycle, Move, Row

if TYPE_CHECKING:
    from kalon.prescribing.models import Prescription

READ, WRITE, DISPENSE = "prescribing.read", "prescribing.write", "prescribing.dispense"


class Status(TextChoices):
    DRAFT = "DRAFT", "Draft"
    FINALIZED = "FINALIZED", "Finalised"
    PARTIALLY_DISPENSED = "PARTIALLY_DISPENSED", "Partly handed out"
    DISPENSED = "DISPENSED", "Handed out"
    SENT_TO_PHARMACY = "SENT_TO_PHARMACY", "Sent to a pharmacy"
    CANCELLED = "CANCELLED", "Cancelled"


# A medicine of these is being taken; it counts when something else is prescribed.
IN_FORCE = (Status.FINALIZED, Status.PARTIALLY_DISPENSED, Status.DISPENSED, Status.SENT_TO_PHARMACY)
# What is still to be handed out may be.
OPEN = (Status.FINALIZED, Status.PARTIALLY_DISPENSED)


def has_items(prescription: "Prescription") -> str | None:
    return None if prescription.items.exists() else "Add at least one medicine first."


def allergies_asked(prescription: "Prescription") -> str | None:
    """Nobody is treated before being asked what they react to."""
    if prescription.patient.allergy_state == "NOT_RECORDED":
        return "Ask about allergies and record the answer, even when there are none."
    return None


def has_in_house(prescription: "Prescription") -> str | None:
    if prescription.items.filter(is_in_house=True).exists():
        return None
    return "Nothing on it comes from the clinic's own stock."


def in_house_is_counted(prescription: "Prescription") -> str | None:
    """Who hands out must know how much."""
    uncounted = [item.name for item in prescription.items.all() if item.is_in_house and item.quantity is None]
    return f"Write how much of {' and '.join(uncounted)} is handed out from our own stock." if uncounted else None


def refill_left(prescription: "Prescription") -> str | None:
    """Counted with the one that begins."""
    until = prescription.refills_until
    if until is None or prescription.refills_used > prescription.refills:
        return "No refill is left on it. Ask the doctor for a new prescription."
    if clock.today(prescription.branch.timezone) > until:
        return f"It could be refilled until {until.day} {until:%B %Y}. Ask the doctor for a new prescription."
    return None


PRESCRIPTION = Lifecycle(
    of="prescribing.Prescription",
    noun="prescription",
    states=Status,
    initial=(Status.DRAFT,),
    seals=(*IN_FORCE, Status.CANCELLED),
    open_columns=("refills_used",),
    moves=(
        Move(
            "finalize",
            source=(Status.DRAFT,),
            target=Status.FINALIZED,
            label="finalise the prescription",
            permission=WRITE,
            requires=(has_items, allergies_asked, in_house_is_counted),
            where=(Row.filled("number"), Row.filled("finalized_by_id")),
            icon="file-signature",
        ),
        Move(
            "send",
            source=(Status.FINALIZED,),
            target=Status.SENT_TO_PHARMACY,
            label="send the prescription to a pharmacy",
            permission=WRITE,
            icon="send",
        ),
        Move(
            "hand_out_part",
            source=(Status.FINALIZED,),
            target=Status.PARTIALLY_DISPENSED,
            label="hand out a part",
            permission=DISPENSE,
            requires=(has_in_house,),
            automatic=True,
        ),
        Move(
            "hand_out_all",
            source=OPEN,
            target=Status.DISPENSED,
            label="hand out the rest",
            permission=DISPENSE,
            requires=(has_in_house,),
            automatic=True,
        ),
        Move(
            "take_part_back",
            source=(Status.DISPENSED,),
            target=Status.PARTIALLY_DISPENSED,
            label="take a part back",
            permission=DISPENSE,
            reason_needed=True,
            automatic=True,
        ),
        Move(
            "take_all_back",
            source=(Status.PARTIALLY_DISPENSED, Status.DISPENSED),
            target=Status.FINALIZED,
            label="take all back",
            permission=DISPENSE,
            reason_needed=True,
            automatic=True,
        ),
        Move(
            "take_refill_back",
            source=(Status.PARTIALLY_DISPENSED,),
            target=Status.DISPENSED,
            label="take a refill back",
            permission=DISPENSE,
            reason_needed=True,
            automatic=True,
        ),
        Move(
            "refill",
            source=(Status.DISPENSED,),
            target=Status.PARTIALLY_DISPENSED,
            label="hand it out again",
            permission=DISPENSE,
            requires=(has_in_house, refill_left),
            automatic=True,
        ),
        Move(
            "cancel",
            source=(Status.DRAFT, Status.FINALIZED, Status.SENT_TO_PHARMACY),
            target=Status.CANCELLED,
            label="cancel the prescription",
            permission=WRITE,
            reason_needed=True,
            icon="ban",
        ),
    ),
)
