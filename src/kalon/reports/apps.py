from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "kalon.reports"
    label = "reports"
