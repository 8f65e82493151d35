from django.urls import path

from kalon.papers import pages

app_name = "papers"
urlpatterns = [
    path("papers/<uuid:pk>.pdf", pages.file, name="paper"),
    path("my/papers/<uuid:pk>.pdf", pages.my_file, name="my-paper"),
    path("verify/<str:token>", pages.verify, name="verify"),
    path("settings/certificates", pages.certificates, name="certificates"),
    path("settings/certificates/clinic.pem", pages.issuer, name="issuer"),
    path("settings/certificates/bring", pages.bring, name="bring"),
    path("settings/certificates/<uuid:pk>/end", pages.end, name="end"),
]
