"""The verbs of messaging: tell somebody, carry it out, change the wording."""

from kalon.messaging.actions.delivery import begin_attempt, mark_unknown_fate, purge_codes, record_outcome, send_again
from kalon.messaging.actions.sending import send
from kalon.messaging.actions.wording import change_wording, install_templates, use_built_in

__all__ = [
    "begin_attempt",
    "change_wording",
    "install_templates",
    "mark_unknown_fate",
    "purge_codes",
    "record_outcome",
    "send",
    "send_again",
    "use_built_in",
]
