"""The verbs of this context: the only writers of its tables."""

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
from kalon.voice.actions.playing import glance, look, play
from kalon.voice.actions.sessions import WITH_US, begin, discard, finish, pause, start, stop_all, try_again

__all__ = [
    "WITH_US",
    "CannotListen",
    "Engine",
    "OutboundRefused",
    "Sent",
    "Stretch",
    "anonymise",
    "ask",
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
    "model_trouble",
    "pause",
    "play",
    "register_people",
    "restore",
    "set_policy",
    "start",
    "stop_all",
    "take_in",
    "try_again",
    "write",
]
