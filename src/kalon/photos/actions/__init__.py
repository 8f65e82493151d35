"""The verbs of this context: the only writers of its tables."""

from kalon.photos.actions.annotating import annotate, hide_annotation, show_annotation
from kalon.photos.actions.comparing import compare, line_up, line_up_by_hand, look_at_pair, share, unshare
from kalon.photos.actions.correcting import correct
from kalon.photos.actions.leaving import (
    consent_over,
    export_pair,
    export_photo,
    fetch_export,
    fetch_own,
    own_copy,
    withdraw_export,
)
from kalon.photos.actions.taking import download, glance, look, remove, take
from kalon.photos.rules import Correction, ExportWish, PhotoDetails

__all__ = [
    "Correction", "ExportWish", "PhotoDetails", "annotate", "compare", "consent_over", "correct", "download",
    "export_pair", "export_photo", "fetch_export", "fetch_own", "glance", "hide_annotation", "line_up",
    "line_up_by_hand", "look", "look_at_pair", "own_copy", "remove", "share", "show_annotation", "take", "unshare",
    "withdraw_export",
]  # fmt: skip
