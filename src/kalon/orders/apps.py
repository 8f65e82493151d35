from django.apps import AppConfig


class OrdersConfig(AppConfig):
    name = "kalon.orders"
    label = "orders"
