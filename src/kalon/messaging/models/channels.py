"""The ways in which a person is reached."""

from django.db import models


class Channel(models.TextChoices):
    EMAIL = "EMAIL", "E-mail"
    SMS = "SMS", "SMS"
    WHATSAPP = "WHATSAPP", "WhatsApp"
    PUSH = "PUSH", "Notification"


# An address of these is a telephone number.
BY_PHONE = (Channel.SMS, Channel.WHATSAPP)
