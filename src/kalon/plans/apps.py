from django.apps import AppConfig


class PlansConfig(AppConfig):
    name = "kalon.plans"
    label = "plans"
