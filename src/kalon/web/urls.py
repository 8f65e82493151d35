from django.urls import path

from kalon.web import handing, live, pages

app_name = "web"
urlpatterns = [
    path("live/ticket", live.ticket, name="live_ticket"),
    path("search", pages.search, name="search"),
    path("theme", pages.theme, name="theme"),
    path("take-back", handing.take_back, name="take_back"),
    path("take-back/sign-out", handing.sign_out, name="take_back_sign_out"),
    path("_components", pages.components, name="components"),
    path("manifest.webmanifest", pages.manifest, name="manifest"),
    path("sw.js", pages.service_worker, name="service_worker"),
    path("robots.txt", pages.robots, name="robots"),
    path("favicon.ico", pages.favicon, name="favicon"),
]
