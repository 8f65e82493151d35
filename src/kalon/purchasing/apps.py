from django.apps import AppConfig


class PurchasingConfig(AppConfig):
    name = "kalon.purchasing"
    label = "purchasing"

    def ready(self) -> None:
        from kalon.purchasing.lifecycles import VIEW
        from kalon.web import navigation

        navigation.add(
            navigation.Entry(
                label="Purchasing", url_name="purchasing:orders", icon="truck", permission=VIEW, group="desk", order=72
            )
        )
