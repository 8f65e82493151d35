from django.apps import AppConfig


class VoiceConfig(AppConfig):
    name = "kalon.voice"
    label = "voice"
