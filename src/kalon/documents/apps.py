from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "kalon.documents"
    label = "documents"
