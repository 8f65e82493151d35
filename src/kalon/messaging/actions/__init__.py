"""The verbs of messaging: tell somebody, carry it out, hear what comes back, change wordings and wishes."""

from kalon.messaging.actions.delivery import (
    begin_attempt,
    end_devices,
    give_up_looking,
    mark_unknown_fate,
    purge_codes,
    record_outcome,
    release_again,
    release_due,
    send_again,
)
from kalon.messaging.actions.inbound import receive, record_report
from kalon.messaging.actions.sending import send
from kalon.messaging.actions.wishes import (
    change_preference,
    change_quiet_hours,
    make_push_key,
    start_again,
    stop,
    subscribe,
    take_over_refusals,
    unsubscribe,
)
from kalon.messaging.actions.wording import change_wording, install_templates, use_built_in

__all__ = [
    "begin_attempt",
    "change_preference",
    "change_quiet_hours",
    "change_wording",
    "end_devices",
    "give_up_looking",
    "install_templates",
    "make_push_key",
    "mark_unknown_fate",
    "purge_codes",
    "receive",
    "record_outcome",
    "record_report",
    "release_again",
    "release_due",
    "send",
    "send_again",
    "start_again",
    "stop",
    "subscribe",
    "take_over_refusals",
    "unsubscribe",
    "use_built_in",
]
