"""The states of a batch, and what may be asked of the store."""

from django.db.models import TextChoices

from kalon.kernel.lifecycle import Lifecycle, Move

VIEW, MANAGE, ISSUE = "inventory.view", "inventory.manage", "inventory.issue"


class BatchStatus(TextChoices):
    AVAILABLE = "AVAILABLE", "Available"
    QUARANTINED = "QUARANTINED", "Quarantined"


BATCH = Lifecycle(
    of="inventory.Batch",
    noun="batch",
    states=BatchStatus,
    initial=(BatchStatus.AVAILABLE,),
    moves=(
        Move(
            "quarantine",
            source=(BatchStatus.AVAILABLE,),
            target=BatchStatus.QUARANTINED,
            label="lock the batch away",
            permission=MANAGE,
            reason_needed=True,
            icon="lock",
        ),
        Move(
            "release",
            source=(BatchStatus.QUARANTINED,),
            target=BatchStatus.AVAILABLE,
            label="release the batch",
            permission=MANAGE,
            reason_needed=True,
            icon="lock-open",
        ),
    ),
)
