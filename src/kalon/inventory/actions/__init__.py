"""The verbs of the store: the only writer of its tables."""

from kalon.inventory.actions.card import implant_card
from kalon.inventory.actions.for_sessions import put_back_from_session, use_as_last_time, use_in_session
from kalon.inventory.actions.giving import give_back, issue, issue_batch
from kalon.inventory.actions.keeping import add_item, add_location, change_item, change_location
from kalon.inventory.actions.labels import print_labels
from kalon.inventory.actions.recalling import (
    NoticeDetails,
    call_again,
    close_recall,
    open_recall,
    reach,
    settle,
    tell_patients,
)
from kalon.inventory.actions.reserving import (
    KitPart,
    Reserved,
    release,
    reserve_item,
    reserve_kit,
    reserve_scanned,
    reserve_unit,
    set_kit,
)
from kalon.inventory.actions.shelving import (
    Delivery,
    adjust,
    move,
    quarantine,
    receive,
    release_batch,
    send_back,
    waste,
    write_off_expired,
)
from kalon.inventory.actions.taking import (
    cancel_stock_take,
    confirm_stock_take,
    count_again,
    count_batch,
    finish_count,
    scan_piece,
    start_stock_take,
)
from kalon.inventory.actions.units import (
    Pack,
    expire_unit,
    move_unit,
    quarantine_unit,
    receive_units,
    release_unit,
    return_unit,
    waste_unit,
)
from kalon.inventory.actions.using import consume, explant, implant
from kalon.inventory.events import Issued, Returned, Source
from kalon.inventory.models.guards import SESSION_TAKES
from kalon.inventory.rules.recall_files import NoticeFile, read_notice
from kalon.inventory.rules.recalls import Scope

__all__ = [
    "SESSION_TAKES",
    "Delivery",
    "Issued",
    "KitPart",
    "NoticeDetails",
    "NoticeFile",
    "Pack",
    "Reserved",
    "Returned",
    "Scope",
    "Source",
    "add_item",
    "add_location",
    "adjust",
    "call_again",
    "cancel_stock_take",
    "change_item",
    "change_location",
    "close_recall",
    "confirm_stock_take",
    "consume",
    "count_again",
    "count_batch",
    "expire_unit",
    "explant",
    "finish_count",
    "give_back",
    "implant",
    "implant_card",
    "issue",
    "issue_batch",
    "move",
    "move_unit",
    "open_recall",
    "print_labels",
    "put_back_from_session",
    "quarantine",
    "quarantine_unit",
    "reach",
    "read_notice",
    "receive",
    "receive_units",
    "release",
    "release_batch",
    "release_unit",
    "reserve_item",
    "reserve_kit",
    "reserve_scanned",
    "reserve_unit",
    "return_unit",
    "scan_piece",
    "send_back",
    "set_kit",
    "settle",
    "start_stock_take",
    "tell_patients",
    "use_as_last_time",
    "use_in_session",
    "waste",
    "waste_unit",
    "write_off_expired",
]
