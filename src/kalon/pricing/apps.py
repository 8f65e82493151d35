from django.apps import AppConfig


class PricingConfig(AppConfig):
    name = "kalon.pricing"
    label = "pricing"
    verbose_name = "Prices"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from kalon.catalog.queries import beside
        from kalon.patients.queries import page as patient_page
        from kalon.pricing import reactions, tasks  # noqa: F401  (registers the nightly job)
        from kalon.pricing.lifecycles import APPROVE, MANAGE
        from kalon.pricing.pages.panel import points_panel
        from kalon.pricing.queries import waiting
        from kalon.web import navigation

        reactions.register()
        beside.add(beside.Link("Prices", "pricing:procedure", "badge-percent", MANAGE))
        patient_page.add_panel(points_panel, column="side", order=45)
        navigation.add(
            navigation.Entry(
                label="Prices and discounts", url_name="pricing:schedules", icon="badge-percent", permission=MANAGE,
                group=navigation.SETTINGS, order=31,
            )
        )  # fmt: skip
        navigation.add(
            navigation.Entry(
                label="Discounts asked for", url_name="pricing:approvals", icon="badge-percent", permission=APPROVE,
                group="desk", order=81, badge=waiting,
            )
        )  # fmt: skip
