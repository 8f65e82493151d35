from django.urls import path

from kalon.consultations import pages

app_name = "consultations"

urlpatterns = [
    path("consultations", pages.today, name="today"),
    path("consultations/<uuid:pk>", pages.consultation, name="consultation"),
    path("consultations/<uuid:pk>/triage", pages.triage, name="triage"),
    path("consultations/<uuid:pk>/begin", pages.begin, name="begin"),
    path("consultations/<uuid:pk>/note", pages.save_note, name="note"),
    path("consultations/<uuid:pk>/outcome", pages.record_outcome, name="outcome"),
    path("consultations/<uuid:pk>/reopen", pages.reopen, name="reopen"),
    path("consultations/<uuid:pk>/close", pages.close, name="close"),
]
