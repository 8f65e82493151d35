from django.apps import AppConfig


class BillingConfig(AppConfig):
    name = "kalon.billing"
    label = "billing"

    def ready(self) -> None:
        from kalon.billing import reactions, tasks  # noqa: F401  (jobs register themselves by being imported)
        from kalon.web import navigation

        reactions.register()
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
