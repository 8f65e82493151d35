"""The states of somebody's request for leave and the moves between them."""

from django.db import models

from kalon.kernel.lifecycle import Lifecycle, Move, Row
from kalon.scheduling.lifecycles.appointments import MANAGE, VIEW


class LeaveStatus(models.TextChoices):
    REQUESTED = "REQUESTED", "Asked for"
    APPROVED = "APPROVED", "Approved"
    DECLINED = "DECLINED", "Declined"
    WITHDRAWN = "WITHDRAWN", "Withdrawn"


DECIDED = (LeaveStatus.APPROVED, LeaveStatus.DECLINED, LeaveStatus.WITHDRAWN)

LEAVE = Lifecycle(
    of="scheduling.LeaveRequest",
    noun="request",
    states=LeaveStatus,
    initial=(LeaveStatus.REQUESTED,),
    moves=(
        Move("approve", (LeaveStatus.REQUESTED,), LeaveStatus.APPROVED, "approve the leave", MANAGE,
             where=(Row.filled("time_off_id", otherwise="Block the time first."),), icon="check"),
        Move("decline", (LeaveStatus.REQUESTED,), LeaveStatus.DECLINED, "decline the leave", MANAGE,
             reason_needed=True, icon="x"),
        Move("withdraw", (LeaveStatus.REQUESTED,), LeaveStatus.WITHDRAWN, "withdraw the request", VIEW,
             icon="undo-2"),
    ),
    seals=DECIDED,
)  # fmt: skip
