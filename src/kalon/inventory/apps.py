from django.apps import AppConfig


class InventoryConfig(AppConfig):
    name = "kalon.inventory"
    label = "inventory"
