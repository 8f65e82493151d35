from django.apps import AppConfig


class InstallmentsConfig(AppConfig):
    name = "kalon.installments"
    label = "installments"
