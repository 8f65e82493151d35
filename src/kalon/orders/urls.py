from django.urls import path

from kalon.orders import pages

app_name = "orders"

urlpatterns = [
    path("orders/", pages.listing, name="list"),
    path("consultations/<uuid:consultation_id>/orders/new", pages.new, name="new"),
    path("orders/<uuid:pk>", pages.order, name="order"),
    path("orders/<uuid:pk>/collect", pages.collect, name="collect"),
    path("orders/<uuid:pk>/results", pages.results, name="results"),
    path("orders/<uuid:pk>/results/<uuid:result_id>/correct", pages.correct, name="correct"),
    path("orders/<uuid:pk>/review", pages.review, name="review"),
    path("orders/<uuid:pk>/cancel", pages.cancel, name="cancel"),
]
