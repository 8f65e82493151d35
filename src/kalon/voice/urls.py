from django.urls import path

from kalon.voice import pages

app_name = "voice"

urlpatterns = [
    path("consultations/<uuid:consultation_id>/record", pages.begin, name="begin"),
    path("consultations/<uuid:consultation_id>/ask-to-record", pages.ask, name="ask"),
    path("recordings/keeping", pages.keeping, name="keeping"),
    path("recordings/patterns", pages.patterns, name="patterns"),
    path("recordings/patterns/try", pages.try_patterns, name="try_patterns"),
    path("recordings/patterns/<uuid:pk>/switch", pages.switch_pattern, name="switch_pattern"),
    path("recordings/patterns/<uuid:pk>/reword", pages.reword_pattern, name="reword_pattern"),
    path("recordings/usage", pages.usage, name="usage"),
    path("recordings/sent", pages.sent_list, name="sent_list"),
    path("recordings/sent/<uuid:pk>", pages.sent, name="sent"),
    path("recordings/to-verify", pages.drafts, name="drafts"),
    path("recordings/<uuid:pk>", pages.console, name="console"),
    path("recordings/<uuid:pk>/again", pages.again, name="again"),
    path("recordings/<uuid:pk>/read", pages.recording, name="recording"),
    path("recordings/<uuid:pk>/sound.wav", pages.sound, name="sound"),
    path("recordings/<uuid:pk>/verify", pages.verify, name="verify"),
    path("recordings/<uuid:pk>/ask-outside", pages.ask_outside, name="ask_outside"),
    path("recordings/<uuid:pk>/outside", pages.outside, name="outside"),
    path("recordings/<uuid:pk>/command", pages.command, name="command"),
    path("recordings/<uuid:pk>/hold", pages.hold, name="hold"),
    path("recordings/<uuid:pk>/end-hold", pages.end_hold, name="end_hold"),
    path("recordings/<uuid:pk>/discard", pages.discard, name="discard"),
]
