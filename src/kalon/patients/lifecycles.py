"""The states of a self-registration and of a join of two records, and the rights that this context asks for."""

from datetime import timedelta

from django.db.models import TextChoices

from kalon.kernel.lifecycle import Lifecycle, Move

SEARCH, READ, REGISTER = "patients.search", "patients.read", "patients.register"
CORRECT, ALLERGIES = "patients.correct", "patients.allergies"
AUDIT = "audit.view"
JOIN = "patients.merge"

REVERSIBLE_FOR = timedelta(hours=24)


class RegistrationStatus(TextChoices):
    PENDING = "PENDING", "Waiting for the code"
    CONFIRMED = "CONFIRMED", "Confirmed"
    EXPIRED = "EXPIRED", "Expired"


REGISTRATION = Lifecycle(
    of="patients.Registration",
    noun="registration",
    states=RegistrationStatus,
    initial=(RegistrationStatus.PENDING,),
    moves=(
        Move(
            name="confirm",
            source=(RegistrationStatus.PENDING,),
            target=RegistrationStatus.CONFIRMED,
            label="confirm the registration",
            permission=REGISTER,
            automatic=True,
        ),
        Move(
            name="expire",
            source=(RegistrationStatus.PENDING,),
            target=RegistrationStatus.EXPIRED,
            label="let the registration expire",
            permission=REGISTER,
            automatic=True,
        ),
    ),
    seals=(RegistrationStatus.CONFIRMED, RegistrationStatus.EXPIRED),
)


class MergeStatus(TextChoices):
    MERGED = "MERGED", "Joined"
    UNDONE = "UNDONE", "Separated again"


MERGE = Lifecycle(
    of="patients.Merge",
    noun="join",
    states=MergeStatus,
    initial=(MergeStatus.MERGED,),
    moves=(
        Move(
            name="undo",
            source=(MergeStatus.MERGED,),
            target=MergeStatus.UNDONE,
            label="separate the two records again",
            permission=JOIN,
            within=REVERSIBLE_FOR,
            icon="undo-2",
        ),
    ),
    seals=(MergeStatus.MERGED, MergeStatus.UNDONE),
)
