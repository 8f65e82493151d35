from django.apps import AppConfig


class ChartsConfig(AppConfig):
    name = "kalon.charts"
    label = "charts"
