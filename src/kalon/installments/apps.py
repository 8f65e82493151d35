from django.apps import AppConfig


class InstallmentsConfig(AppConfig):
    name = "kalon.installments"
    label = "installments"

    def ready(self) -> None:
        from kalon.installments import reactions
        from kalon.installments.lifecycles import MANAGE, VIEW
        from kalon.installments.pages import cards
        from kalon.patients.queries import page as patient_page
        from kalon.patients.queries import timeline
        from kalon.plans.queries import plan_page
        from kalon.quotes.queries import quote_page
        from kalon.web import navigation

        reactions.register()
        quote_page.add_panel(cards.on_own_quote, where="patient", order=20)
        quote_page.add_panel(cards.on_quote, where="desk", order=20)
        plan_page.add_panel(cards.on_treatment, column="side", order=25)
        patient_page.add_panel(cards.on_patient, column="side", order=42)
        timeline.add(timeline.Source("payment_plans", "Payment plans", cards.story, permission=VIEW, order=52))
        navigation.add(
            navigation.Entry(
                label="Payment plans",
                url_name="installments:list",
                icon="calendar-clock",
                permission=VIEW,
                order=82,
                badge=cards.overdue_now,
            )
        )
        navigation.add(
            navigation.Entry(
                label="Paying in parts",
                url_name="installments:terms",
                icon="calendar-clock",
                permission=MANAGE,
                group=navigation.SETTINGS,
                order=72,
            )
        )
