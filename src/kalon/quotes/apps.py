from django.apps import AppConfig


class QuotesConfig(AppConfig):
    name = "kalon.quotes"
    label = "quotes"
