from django.apps import AppConfig


class EntitlementsConfig(AppConfig):
    name = "kalon.entitlements"
    label = "entitlements"
