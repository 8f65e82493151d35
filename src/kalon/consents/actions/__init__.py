"""The verbs of consents."""

from kalon.consents.actions.asking import ask, to_ask
from kalon.consents.actions.coding import send_code
from kalon.consents.actions.ending import expire_due, note_end, revoke, tell_ended, void
from kalon.consents.actions.of_session import give_up_of_session, session_follows
from kalon.consents.actions.paper import keep_paper
from kalon.consents.actions.planned import give_up_of_plan, keep_in_step
from kalon.consents.actions.presenting import (
    Wish,
    ask_of_plan,
    ask_of_session,
    change_language,
    open_to_sign,
    prepare,
    present,
    read,
)
from kalon.consents.actions.reading import answer, ask_about, read_part, show_part
from kalon.consents.actions.saying import Said, hear_said, may_be_said, say, sentence_of
from kalon.consents.actions.signing import sign
from kalon.consents.actions.wording import (
    Terms,
    add_template,
    begin_version,
    bring_built_in,
    built_in_texts,
    publish,
    remove_text,
    set_procedures,
    set_terms,
    withdraw,
    write_text,
)
from kalon.consents.rules import Role, Signing, TextDetails

__all__ = [
    "Role",
    "Said",
    "Signing",
    "Terms",
    "TextDetails",
    "Wish",
    "add_template",
    "answer",
    "ask",
    "ask_about",
    "ask_of_plan",
    "ask_of_session",
    "begin_version",
    "bring_built_in",
    "built_in_texts",
    "change_language",
    "expire_due",
    "give_up_of_plan",
    "give_up_of_session",
    "hear_said",
    "keep_in_step",
    "keep_paper",
    "may_be_said",
    "note_end",
    "open_to_sign",
    "prepare",
    "present",
    "publish",
    "read",
    "read_part",
    "remove_text",
    "revoke",
    "say",
    "send_code",
    "sentence_of",
    "session_follows",
    "set_procedures",
    "set_terms",
    "show_part",
    "sign",
    "tell_ended",
    "to_ask",
    "void",
    "withdraw",
    "write_text",
]
