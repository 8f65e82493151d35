"""The order as data: asked for, collected, answered, looked at; and the rights this context asks for."""

from django.db.models import TextChoices

from kalon.kernel.lifecycle import Lifecycle, Move, Row

VIEW, ORDER, COLLECT, RESULT, REVIEW = "orders.view", "orders.order", "orders.collect", "orders.result", "orders.review"


class Status(TextChoices):
    ORDERED = "ORDERED", "Ordered"
    COLLECTED = "COLLECTED", "Collected"
    RESULTED = "RESULTED", "Results are here"
    REVIEWED = "REVIEWED", "Reviewed"
    CANCELLED = "CANCELLED", "Cancelled"


LIFE = Lifecycle(
    of="orders.Order",
    noun="order",
    states=Status,
    initial=(Status.ORDERED,),
    moves=(
        Move("collect", (Status.ORDERED,), Status.COLLECTED, "write down that it was collected", COLLECT,
             where=(Row.filled("collected_by", otherwise="Say who collected it."),), icon="test-tube"),
        Move("result", (Status.COLLECTED,), Status.RESULTED, "write the results down", RESULT,
             where=(Row.filled("answered_at", otherwise="Write a result down first."),), icon="flask-conical"),
        Move("review", (Status.RESULTED,), Status.REVIEWED, "review the results", REVIEW,
             where=(Row.filled("reviewed_by", otherwise="Say who reviews."),), icon="clipboard-check"),
        Move("cancel", (Status.ORDERED, Status.COLLECTED), Status.CANCELLED, "cancel the order", ORDER,
             reason_needed=True, icon="ban"),
    ),
    seals=(Status.REVIEWED, Status.CANCELLED),
    open_columns=("answered_at", "reviewed_at", "reviewed_by"),  # a corrected result is looked at again
)  # fmt: skip
