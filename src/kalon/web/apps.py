from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "kalon.web"
    label = "web"
    verbose_name = "Shell"
