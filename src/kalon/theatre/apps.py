from django.apps import AppConfig


class TheatreConfig(AppConfig):
    name = "kalon.theatre"
    label = "theatre"

    def ready(self) -> None:
        from kalon.billing.queries import charges
        from kalon.consultations.queries import dashboard
        from kalon.inventory.queries import supplies
        from kalon.plans.lifecycles import APPROVE, PLAN, READ
        from kalon.plans.queries import plan_page
        from kalon.theatre import reactions, tasks  # noqa: F401
        from kalon.theatre.lifecycles import MANAGE, VIEW
        from kalon.theatre.pages import clearance, pathway
        from kalon.theatre.queries import days_of, nobody_in_theatre, operated
        from kalon.web import navigation

        charges.add(operated)
        supplies.add_days(days_of)
        PLAN.also_requires("hold", nobody_in_theatre)
        PLAN.also_requires("cancel", nobody_in_theatre)
        reactions.listen()
        plan_page.add_panel(clearance.panel, column="side", order=18)
        dashboard.add_pending(
            dashboard.Pending(
                "plans", "Plans to approve", icon="clipboard-list", url_name="theatre:pathway",
                count=pathway.to_approve, permission=APPROVE, order=22,
            )
        )  # fmt: skip
        navigation.add(
            navigation.Entry(
                label="Theatre",
                url_name="theatre:board",
                icon="scissors",
                permission=VIEW,
                order=55,
                also=("/theatre",),
            )
        )
        navigation.add(
            navigation.Entry(label="Pathway", url_name="theatre:pathway", icon="route", permission=READ, order=56)
        )
        navigation.add(
            navigation.Entry(
                label="Before an operation", url_name="theatre:policy", icon="clipboard-list", permission=MANAGE,
                group="settings", order=51,
            )
        )  # fmt: skip
