from django.apps import AppConfig


class InventoryConfig(AppConfig):
    name = "kalon.inventory"
    label = "inventory"

    def ready(self) -> None:
        from kalon.inventory.lifecycles import VIEW
        from kalon.inventory.pages.finding import find_items
        from kalon.web import navigation, search

        search.add(find_items)
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
