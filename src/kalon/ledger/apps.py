from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "kalon.ledger"
    label = "ledger"
