"""Where the pages of messages stand."""

from django.urls import path

from kalon.messaging import pages

app_name = "messaging"

urlpatterns = [
    path("hooks/mail", pages.mail, name="hook_mail"),
    path("hooks/twilio/incoming", pages.twilio_incoming, name="hook_twilio_incoming"),
    path("hooks/twilio/status", pages.twilio_status, name="hook_twilio_status"),
    path("hooks/whatsapp", pages.whatsapp, name="hook_whatsapp"),
    path("inbox", pages.inbox, name="inbox"),
    path("messages", pages.log, name="log"),
    path("messages/wordings", pages.wordings, name="wordings"),
    path("messages/wordings/<slug:code>/<slug:channel>/<slug:language>", pages.wording, name="wording"),
    path("messages/<uuid:pk>", pages.message, name="message"),
]
