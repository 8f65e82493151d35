"""The verbs of this context: the only writers of its tables."""

from kalon.photos.actions.comparing import compare, line_up, line_up_by_hand, look_at_pair, share, unshare
from kalon.photos.actions.taking import download, glance, look, remove, take
from kalon.photos.rules import PhotoDetails

__all__ = [
    "PhotoDetails", "compare", "download", "glance", "line_up", "line_up_by_hand", "look", "look_at_pair", "remove",
    "share", "take", "unshare",
]  # fmt: skip
