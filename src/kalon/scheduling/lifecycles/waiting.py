"""The states of a place on the waiting list, and of a time that was offered."""

from django.db import models

from kalon.kernel.lifecycle import Lifecycle, Move, Row
from kalon.scheduling.lifecycles.appointments import BOOK


class EntryStatus(models.TextChoices):
    WAITING = "WAITING", "Waiting"
    OFFERED = "OFFERED", "A time is offered"
    BOOKED = "BOOKED", "Booked"
    WITHDRAWN = "WITHDRAWN", "Taken off the list"
    EXPIRED = "EXPIRED", "No time was found"


class OfferStatus(models.TextChoices):
    OPEN = "OPEN", "Open"
    ACCEPTED = "ACCEPTED", "Accepted"
    DECLINED = "DECLINED", "Declined"
    EXPIRED = "EXPIRED", "Not answered in time"
    LOST = "LOST", "Somebody was quicker"


ON_LIST = (EntryStatus.WAITING, EntryStatus.OFFERED)

WAITING = Lifecycle(
    of="scheduling.WaitingEntry",
    noun="place on the waiting list",
    states=EntryStatus,
    initial=(EntryStatus.WAITING,),
    moves=(
        Move("offer", (EntryStatus.WAITING,), EntryStatus.OFFERED, "offer a time", BOOK, automatic=True),
        Move("wait_on", (EntryStatus.OFFERED,), EntryStatus.WAITING, "keep waiting", BOOK, automatic=True),
        Move("book", ON_LIST, EntryStatus.BOOKED, "book the offered time", BOOK,
             where=(Row.filled("appointment_id", otherwise="Book the visit first."),), automatic=True),
        Move("withdraw", ON_LIST, EntryStatus.WITHDRAWN, "take the patient off the waiting list", BOOK,
             reason_needed=True, icon="x"),
        Move("expire", ON_LIST, EntryStatus.EXPIRED, "end a wait that found no time", BOOK, automatic=True),
    ),
    seals=(EntryStatus.BOOKED, EntryStatus.WITHDRAWN, EntryStatus.EXPIRED),
)  # fmt: skip

OFFER = Lifecycle(
    of="scheduling.WaitingOffer",
    noun="offer",
    states=OfferStatus,
    initial=(OfferStatus.OPEN,),
    moves=(
        Move("accept", (OfferStatus.OPEN,), OfferStatus.ACCEPTED, "accept the time", BOOK,
             where=(Row.filled("appointment_id", otherwise="Book the visit first."),), automatic=True),
        Move("decline", (OfferStatus.OPEN,), OfferStatus.DECLINED, "decline the time", BOOK, automatic=True),
        Move("expire", (OfferStatus.OPEN,), OfferStatus.EXPIRED, "close an unanswered offer", BOOK, automatic=True),
        Move("lose", (OfferStatus.OPEN,), OfferStatus.LOST, "close an offer that somebody else took", BOOK,
             automatic=True),
    ),
    seals=(OfferStatus.ACCEPTED, OfferStatus.DECLINED, OfferStatus.EXPIRED, OfferStatus.LOST),
)  # fmt: skip
