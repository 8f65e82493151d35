from django.apps import AppConfig


class BillingConfig(AppConfig):
    name = "kalon.billing"
    label = "billing"

    def ready(self) -> None:
        from kalon.billing import reactions
        from kalon.billing.pages.finding import find_bills
        from kalon.billing.pages.panel import money_panel
        from kalon.patients.queries import page as patient_page
        from kalon.web import navigation, search

        reactions.register()
        patient_page.add_panel(money_panel, column="side", order=40)
        search.add(find_bills)
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
