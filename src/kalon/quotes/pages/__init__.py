"""Pages of quotes: the desk's, the patient's, the card on a plan's page, the settings."""

from typing import Any

from kalon.plans.queries import plan_page
from kalon.quotes import queries
from kalon.quotes.lifecycles import MANAGE, VIEW
from kalon.quotes.pages import plan
from kalon.web import navigation


def plug_in() -> None:
    """Called once, when the application starts."""
    plan_page.add_panel(plan.card, column="main", order=20)
    plan_page.add_missing(plan.missing, order=20)
    navigation.add(
        navigation.Entry(
            label="Quotes", url_name="quotes:list", icon="file-text", permission=VIEW, order=55, badge=_asked
        )
    )
    navigation.add(
        navigation.Entry(
            label="Quotes and deposits",
            url_name="quotes:policy",
            icon="file-check-2",
            permission=MANAGE,
            group=navigation.SETTINGS,
            order=62,
        )
    )


def _asked(by: Any) -> int | None:
    """How many patients asked something and wait."""
    return queries.count_questions(seen_by=by) or None
