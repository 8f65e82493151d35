from django.apps import AppConfig


class ConsentsConfig(AppConfig):
    name = "kalon.consents"
    label = "consents"

    def ready(self) -> None:
        from kalon.catalog.queries import beside
        from kalon.consents import reactions
        from kalon.consents.lifecycles import MANAGE, READ
        from kalon.consents.pages import panels, planned, sessions
        from kalon.consents.queries import asked_in, guard_plans, guard_sessions
        from kalon.consultations.queries import completeness, dashboard
        from kalon.patients.queries import page as patient_page
        from kalon.patients.queries import timeline
        from kalon.plans.lifecycles import APPROVE
        from kalon.plans.queries import plan_page, session_page
        from kalon.web import navigation

        reactions.listen()
        beside.add(beside.Link("Consent forms", "consents:of_procedure", "file-check", MANAGE))
        guard_plans()
        guard_sessions()
        patient_page.add_tab(patient_page.Tab("consents", "Consents", render=panels.tab, permission=READ, order=42))
        plan_page.add_panel(planned.on_plan, column="side", order=15)
        session_page.add_panel(sessions.on_session, column="side", order=10)
        timeline.add(timeline.Source("consents", "Consents", panels.story, permission=READ, order=35))
        completeness.add(completeness.Check("consent", "Consent", asked_in, order=60))
        dashboard.add_pending(
            dashboard.Pending(
                "consents", "Consents to answer or sign", icon="pen-line", url_name="consents:waiting",
                count=panels.waiting_for, permission=APPROVE, order=24,
            )
        )  # fmt: skip
        navigation.add(
            navigation.Entry(
                label="Consents to sign",
                url_name="consents:waiting",
                icon="pen-line",
                permission=APPROVE,
                group="desk",
                order=28,
            )
        )
        navigation.add(
            navigation.Entry(
                label="Consent forms",
                url_name="consents:forms",
                icon="file-check",
                permission=MANAGE,
                group="settings",
                order=46,
            )
        )
