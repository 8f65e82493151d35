"""The verbs of this context: the only writers of its tables."""

from kalon.voice.actions.agreeing import ask_to_record
from kalon.voice.actions.chunks import Sent, take_in
from kalon.voice.actions.hearing import Stretch, conclude, give_up, hear, write
from kalon.voice.actions.keeping import end_hold, forget_due, hold, set_policy
from kalon.voice.actions.listening import CannotListen
from kalon.voice.actions.listening.model import install as install_model
from kalon.voice.actions.listening.model import trouble as model_trouble
from kalon.voice.actions.outbound import (
    Engine,
    OutboundRefused,
    anonymise,
    ask,
    forget_expired,
    register_people,
    restore,
)
from kalon.voice.actions.patterns import add_pattern, switch_pattern, tried
from kalon.voice.actions.playing import Played, glance, look, look_at_sent, play, play_bytes
from kalon.voice.actions.sessions import WITH_US, begin, discard, finish, pause, start, stop_all, try_again

__all__ = [
    "WITH_US",
    "CannotListen",
    "Engine",
    "OutboundRefused",
    "Played",
    "Sent",
    "Stretch",
    "add_pattern",
    "anonymise",
    "ask",
    "ask_to_record",
    "begin",
    "conclude",
    "discard",
    "end_hold",
    "finish",
    "forget_due",
    "forget_expired",
    "give_up",
    "glance",
    "hear",
    "hold",
    "install_model",
    "look",
    "look_at_sent",
    "model_trouble",
    "pause",
    "play",
    "play_bytes",
    "register_people",
    "restore",
    "set_policy",
    "start",
    "stop_all",
    "switch_pattern",
    "take_in",
    "tried",
    "try_again",
    "write",
]
