from django.urls import path

from kalon.voice import pages

app_name = "voice"

urlpatterns = [
    path("consultations/<uuid:consultation_id>/record", pages.begin, name="begin"),
    path("recordings/<uuid:pk>", pages.console, name="console"),
    path("recordings/<uuid:pk>/again", pages.again, name="again"),
]
