"""Doors for what providers say: each proves itself by a signature, and opens its own units of work."""

from kalon.messaging.pages.hooks.mail import mail
from kalon.messaging.pages.hooks.twilio import twilio_incoming, twilio_status
from kalon.messaging.pages.hooks.whatsapp import whatsapp

__all__ = ["mail", "twilio_incoming", "twilio_status", "whatsapp"]
