from django.apps import AppConfig


class ConsentsConfig(AppConfig):
    name = "kalon.consents"
    label = "consents"
