"""Pages of plans: one plan, writing it, what is due, and the cards on the pages of lower contexts."""

from kalon.consultations.queries import add_summary_part, consult_page, dashboard
from kalon.patients.queries import joining, timeline
from kalon.patients.queries import page as patient_page
from kalon.plans import queries
from kalon.plans.lifecycles import ARRANGE, MANAGE, READ, TREAT
from kalon.plans.pages import cards, history, lists, preferences, satisfaction, today
from kalon.plans.queries import plan_page
from kalon.plans.queries.going_on import going_on
from kalon.scheduling.queries import desk_panels, visit_page
from kalon.web import navigation


def plug_in() -> None:
    """Called once, when the application starts."""
    joining.add(going_on)
    add_summary_part("What is planned", queries.summary_lines, order=30)
    consult_page.add_panel(preferences.on_consultation, column="side", order=38)
    consult_page.add_panel(cards.on_consultation, column="side", order=40)
    patient_page.add_panel(cards.on_patient, column="side", order=30)
    patient_page.add_tab(patient_page.Tab("procedures", "Procedures", render=history.tab, permission=READ, order=35))
    patient_page.add_next_action(cards.next_step, order=30)
    timeline.add(timeline.Source("plans", "Plans", cards.story, permission=READ, order=30))
    visit_page.add_panel(cards.on_visit, order=15)
    desk_panels.add_panel(cards.on_day, order=40)
    desk_panels.add_panel(satisfaction.on_day, order=45)
    plan_page.add_panel(lists.on_plan, column="side", order=16)
    plan_page.add_panel(satisfaction.on_plan, column="side", order=60)
    dashboard.add_pending(
        dashboard.Pending(
            "unsatisfied", "Patients not satisfied", icon="frown", url_name="plans:satisfactions",
            count=satisfaction.waiting_for, permission=ARRANGE, order=55,
        )
    )  # fmt: skip
    dashboard.add_pending(
        dashboard.Pending(
            "follow-ups", "Follow-ups to arrange", icon="calendar-clock", url_name="plans:due",
            count=cards.due_for, permission=ARRANGE, order=50,
        )
    )  # fmt: skip
    dashboard.add_pending(
        dashboard.Pending(
            "sessions", "Sessions today", icon="list-checks", url_name="plans:sessions",
            count=today.open_for, permission=TREAT, order=45,
        )
    )  # fmt: skip
    navigation.add(
        navigation.Entry(label="Sessions", url_name="plans:sessions", icon="list-checks", permission=TREAT, order=45)
    )
    navigation.add(
        navigation.Entry(
            label="Plans",
            url_name="plans:due",
            icon="clipboard-list",
            permission=ARRANGE,
            order=50,
            badge=lambda actor: queries.count_due(seen_by=actor) or None,  # type: ignore[arg-type]
        )
    )
    navigation.add(
        navigation.Entry(
            label="Overdue follow-ups",
            url_name="plans:chasing",
            icon="bell-ring",
            permission=MANAGE,
            group=navigation.SETTINGS,
            order=60,
        )
    )
