from django.apps import AppConfig


class InventoryConfig(AppConfig):
    name = "kalon.inventory"
    label = "inventory"

    def ready(self) -> None:
        from kalon.catalog.queries import beside
        from kalon.inventory import reactions
        from kalon.inventory.lifecycles import IMPLANTS, MANAGE, VIEW
        from kalon.inventory.pages import recalls, registry, sessions, supplies
        from kalon.inventory.pages.finding import find_items
        from kalon.patients.queries import page as patient_page
        from kalon.plans.queries import plan_page, session_page
        from kalon.web import navigation, search

        reactions.listen()
        search.add(find_items)
        beside.add(beside.Link("Kit", "inventory:kit", "boxes", MANAGE))
        plan_page.add_panel(supplies.on_plan, column="side", order=19)
        session_page.add_panel(sessions.on_session, column="main", order=20)
        patient_page.add_panel(recalls.patient_alert, column="above", order=5)
        patient_page.add_tab(
            patient_page.Tab("implants", "Implants", render=registry.patient_tab, permission=IMPLANTS, order=45)
        )
        navigation.add(
            navigation.Entry(
                label="Inventory",
                url_name="inventory:list",
                icon="package",
                permission=VIEW,
                group="desk",
                order=70,
            )
        )
