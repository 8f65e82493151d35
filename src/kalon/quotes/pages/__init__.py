"""Pages of quotes: the desk's, the patient's, the card on a plan's page, the settings."""

from typing import Any

from kalon.consultations.queries import consult_page
from kalon.plans.queries import plan_page
from kalon.quotes import queries
from kalon.quotes.lifecycles import MANAGE, VIEW
from kalon.quotes.pages import bundles, plan
from kalon.web import navigation


def plug_in() -> None:
    """Called once, when the application starts."""
    consult_page.add_panel(bundles.on_consultation, column="side", order=42)
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
    navigation.add(
        navigation.Entry(
            label="Bundles",
            url_name="quotes:bundles",
            icon="boxes",
            permission=MANAGE,
            group=navigation.SETTINGS,
            order=63,
        )
    )


def _asked(by: Any) -> int | None:
    """How many patients asked something and wait."""
    return queries.count_questions(seen_by=by) or None
