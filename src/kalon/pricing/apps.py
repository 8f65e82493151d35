from django.apps import AppConfig


class PricingConfig(AppConfig):
    name = "kalon.pricing"
    label = "pricing"
