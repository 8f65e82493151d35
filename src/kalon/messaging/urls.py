"""Where the pages of messages stand."""

from django.urls import path

from kalon.messaging import pages

app_name = "messaging"

urlpatterns = [
    path("inbox", pages.inbox, name="inbox"),
    path("messages", pages.log, name="log"),
    path("messages/wordings", pages.wordings, name="wordings"),
    path("messages/wordings/<slug:code>/<slug:channel>/<slug:language>", pages.wording, name="wording"),
    path("messages/<uuid:pk>", pages.message, name="message"),
]
