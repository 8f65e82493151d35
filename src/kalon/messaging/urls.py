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
    path("messages/answers", pages.answers, name="answers"),
    path("messages/channels", pages.channels, name="channels"),
    path("messages/channels/quiet/<uuid:branch_id>", pages.quiet_hours, name="quiet_hours"),
    path("messages/to/<uuid:patient_id>", pages.wishes, name="wishes"),
    path("my/messages", pages.my_wishes, name="my_wishes"),
    path("my/messages/devices", pages.devices, name="devices"),
    path("messages/wordings", pages.wordings, name="wordings"),
    path("messages/wordings/<slug:code>/<slug:channel>/<slug:language>", pages.wording, name="wording"),
    path("messages/<uuid:pk>", pages.message, name="message"),
]
