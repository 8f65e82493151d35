"""The verbs of this context: the only writers of its tables."""

from kalon.voice.actions.agreeing import ask_to_record
from kalon.voice.actions.chunks import Sent, take_in
from kalon.voice.actions.commands import Heard, heard_command
from kalon.voice.actions.drafting import can_be_asked, draft_first, draft_note, request_draft, try_outside
from kalon.voice.actions.hearing import Stretch, conclude, give_up, hear, write
from kalon.voice.actions.keeping import end_hold, forget_due, hold, set_policy
from kalon.voice.actions.listening import CannotListen
from kalon.voice.actions.listening.model import install as install_model
from kalon.voice.actions.listening.model import trouble as model_trouble
from kalon.voice.actions.outbound import (
    Answer,
    Engine,
    EngineFailed,
    OutboundRefused,
    anonymise,
    ask,
    forget_expired,
    register_people,
    restore,
    settle_forgotten,
)
from kalon.voice.actions.patterns import add_pattern, reword_pattern, switch_pattern, tried
from kalon.voice.actions.playing import Played, glance, look, look_at_sent, play, play_bytes
from kalon.voice.actions.sessions import WITH_US, begin, discard, finish, pause, start, stop_all, try_again
from kalon.voice.actions.usage import Terms, Used, decide_engine, leaves, reserve, settle
from kalon.voice.actions.verifying import may_verify, must_verify, verify, why_not_now

__all__ = [
    "WITH_US",
    "Answer",
    "CannotListen",
    "Engine",
    "EngineFailed",
    "Heard",
    "OutboundRefused",
    "Played",
    "Sent",
    "Stretch",
    "Terms",
    "Used",
    "add_pattern",
    "anonymise",
    "ask",
    "ask_to_record",
    "begin",
    "can_be_asked",
    "conclude",
    "decide_engine",
    "discard",
    "draft_first",
    "draft_note",
    "end_hold",
    "finish",
    "forget_due",
    "forget_expired",
    "give_up",
    "glance",
    "hear",
    "heard_command",
    "hold",
    "install_model",
    "leaves",
    "look",
    "look_at_sent",
    "may_verify",
    "model_trouble",
    "must_verify",
    "pause",
    "play",
    "play_bytes",
    "register_people",
    "request_draft",
    "reserve",
    "restore",
    "reword_pattern",
    "set_policy",
    "settle",
    "settle_forgotten",
    "start",
    "stop_all",
    "switch_pattern",
    "take_in",
    "tried",
    "try_again",
    "try_outside",
    "verify",
    "why_not_now",
    "write",
]
