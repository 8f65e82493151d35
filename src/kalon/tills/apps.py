from django.apps import AppConfig


class TillsConfig(AppConfig):
    name = "kalon.tills"
    label = "tills"
