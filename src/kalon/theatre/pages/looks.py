"""How the state of a case looks, and what a line of it is called."""

from typing import Any

from kalon.theatre.lifecycles import CaseStatus
from kalon.theatre.models import Case

LOOKS: dict[str, tuple[str, str, str]] = {
    CaseStatus.SCHEDULED: ("info", "calendar-check", ""),
    CaseStatus.IN_PROGRESS: ("brand", "activity", "solid"),
    CaseStatus.COMPLETED: ("ok", "check-check", ""),
    CaseStatus.POSTPONED: ("gold", "calendar-clock", ""),
    CaseStatus.CANCELLED: ("mute", "x", ""),
    CaseStatus.ABORTED: ("rose", "octagon-x", ""),
}


def case_look(found: Case) -> dict[str, Any]:
    tone, icon, style = LOOKS[found.status]
    return {"tone": tone, "icon": icon, "style": style, "word": found.get_status_display()}
