from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "kalon.api"
    label = "api"
