"""Pages of photographs: the gallery, taking and comparing, drawing on them, putting them right, giving them out."""

from kalon.photos.pages.gallery import (
    capture,
    compare,
    original,
    pair,
    photo,
    picture,
    plan_panel,
    points,
    remove,
    session_panel,
    share,
    small,
    tab,
    unshare,
)
from kalon.photos.pages.leaving import copies, export_file, export_pair, export_photo, withdraw_export
from kalon.photos.pages.mending import correct, draw, hide, show

__all__ = [
    "capture", "compare", "copies", "correct", "draw", "export_file", "export_pair", "export_photo", "hide", "original",
    "pair", "photo", "picture", "plan_panel", "points", "remove", "session_panel", "share", "show", "small", "tab",
    "unshare", "withdraw_export",
]  # fmt: skip
