"""The verbs of charts: the only writer of their tables."""

from kalon.charts.actions.drawing import (
    DeviceSetting,
    Mark,
    add_point,
    add_setting,
    change_point,
    copy_forward,
    remove_point,
    remove_setting,
)
from kalon.charts.actions.sealing import correct, discard, finish, read, start

__all__ = [
    "DeviceSetting",
    "Mark",
    "add_point",
    "add_setting",
    "change_point",
    "copy_forward",
    "correct",
    "discard",
    "finish",
    "read",
    "remove_point",
    "remove_setting",
    "start",
]
