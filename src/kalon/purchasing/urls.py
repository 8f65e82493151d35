"""Where the pages of purchasing stand."""

from django.urls import path

from kalon.purchasing.pages import invoices, orders, suppliers

app_name = "purchasing"

urlpatterns = [
    path("purchasing", orders.orders, name="orders"),
    path("purchasing/orders/new", orders.new, name="new_order"),
    path("purchasing/orders/<uuid:pk>", orders.order, name="order"),
    path("purchasing/orders/<uuid:pk>/change", orders.change, name="change_order"),
    path("purchasing/orders/<uuid:pk>/move", orders.move, name="move_order"),
    path("purchasing/orders/<uuid:pk>/receive", orders.receive, name="receive"),
    path("purchasing/orders/<uuid:pk>.pdf", orders.paper, name="order_paper"),
    path("purchasing/orders/<uuid:pk>/invoice", invoices.new_of_order, name="invoice_order"),
    path("purchasing/invoices", invoices.invoices, name="invoices"),
    path("purchasing/invoices/new", invoices.new, name="new_invoice"),
    path("purchasing/invoices/<uuid:pk>", invoices.invoice, name="invoice"),
    path("purchasing/invoices/<uuid:pk>/move", invoices.move, name="move_invoice"),
    path("purchasing/invoices/<uuid:pk>/pay", invoices.pay, name="pay"),
    path("purchasing/payments/<uuid:pk>/back", invoices.take_back, name="take_back"),
    path("purchasing/suppliers", suppliers.suppliers, name="suppliers"),
    path("purchasing/suppliers/new", suppliers.new, name="new_supplier"),
    path("purchasing/suppliers/<uuid:pk>", suppliers.supplier, name="supplier"),
]
