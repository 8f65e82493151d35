from django.apps import AppConfig


class PhotosConfig(AppConfig):
    name = "kalon.photos"
    label = "photos"
