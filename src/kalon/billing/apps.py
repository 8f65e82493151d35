from django.apps import AppConfig


class BillingConfig(AppConfig):
    name = "kalon.billing"
    label = "billing"

    def ready(self) -> None:
        from kalon.billing import reactions
        from kalon.billing.lifecycles import CHARGE, GIVE_UP, MANAGE, MANAGE_GATEWAYS, OWN_REVENUE, VIEW
        from kalon.billing.pages.finding import find_bills
        from kalon.billing.pages.panel import money_panel, money_tab
        from kalon.billing.pages.story import bills, payments
        from kalon.billing.pages.visit import visit_money
        from kalon.billing.queries.complete import PAYMENT
        from kalon.billing.queries.days import own_received_by_day, received_by_day
        from kalon.billing.queries.going_on import going_on
        from kalon.billing.queries.tax_preview import tax_preview
        from kalon.billing.queries.write_offs import write_offs_waiting
        from kalon.catalog import queries as catalog
        from kalon.consultations.queries import completeness, dashboard
        from kalon.patients.queries import joining, timeline
        from kalon.patients.queries import page as patient_page
        from kalon.scheduling.lifecycles import Status as Visit
        from kalon.scheduling.queries import rows, visit_page
        from kalon.web import navigation, search

        reactions.register()
        joining.add(going_on)
        rows.add(
            rows.Step(
                word="Take payment",
                icon="wallet",
                url_name="billing:visit",
                states=(Visit.PENDING_PAYMENT,),
                permission=CHARGE,
            )
        )
        timeline.add(timeline.Source("bills", "Bills", bills, permission=VIEW, order=50))
        timeline.add(timeline.Source("payments", "Payments", payments, permission=VIEW, order=51))
        visit_page.add_panel(visit_money, order=40)
        completeness.add(PAYMENT)
        catalog.add_tax_preview(tax_preview)
        patient_page.add_panel(money_panel, column="side", order=40)
        patient_page.add_tab(patient_page.Tab("billing", "Billing", render=money_tab, permission=VIEW, order=60))
        search.add(find_bills)
        dashboard.add_measure(
            dashboard.Measure("received", "Received here", received_by_day, permission=VIEW, is_money=True, order=30)
        )
        dashboard.add_measure(
            dashboard.Measure(
                "own", "Received for your patients", own_received_by_day, permission=OWN_REVENUE, is_money=True,
                order=25,
            )
        )  # fmt: skip
        navigation.add(
            navigation.Entry(
                label="Online payments",
                url_name="billing:online",
                icon="credit-card",
                permission=MANAGE_GATEWAYS,
                group="settings",
                order=46,
            )
        )
        navigation.add(
            navigation.Entry(
                label="Billing",
                url_name="billing:list",
                icon="receipt",
                permission="billing.view",
                group="desk",
                order=80,
            )
        )
        navigation.add(
            navigation.Entry(
                label="Write-offs asked for",
                url_name="billing:write_offs",
                icon="eraser",
                permission=GIVE_UP,
                group="desk",
                order=82,
                badge=write_offs_waiting,
            )
        )
        navigation.add(
            navigation.Entry(
                label="Bills", url_name="billing:policy", icon="receipt", permission=MANAGE, group="settings", order=45
            )
        )
