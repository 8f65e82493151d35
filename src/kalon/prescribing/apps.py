from django.apps import AppConfig


class PrescribingConfig(AppConfig):
    name = "kalon.prescribing"
    label = "prescribing"
