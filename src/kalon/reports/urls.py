"""Addresses of the reports."""

from django.urls import path, register_converter

from kalon.reports.pages import commission, desk, files, gst


class FileKind:
    """The kinds of file a table is saved as."""

    regex = "csv|xlsx"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(FileKind, "table")

app_name = "reports"

urlpatterns = [
    path("reports", desk.overview, name="overview"),
    path("reports/proof", desk.proof, name="proof"),
    path("reports/day-book", desk.day_book, name="day_book"),
    path("reports/day-book.<table:kind>", files.postings_file, name="day_book_file"),
    path("reports/commission", commission.commission, name="commission"),
    path("reports/commission.<table:kind>", files.commission_file, name="commission_file"),
    path("reports/commission/terms", commission.add_term, name="add_term"),
    path("reports/commission/terms/<uuid:pk>/end", commission.end_term, name="end_term"),
    path("reports/gstr1", gst.gst_return, name="gst_return"),
    path("reports/gstr1.json", gst.gst_json, name="gst_json"),
    path("reports/gstr1.<table:kind>", gst.gst_file, name="gst_file"),
    path("reports/<slug:slug>", desk.report, name="report"),
    path("reports/<slug:slug>.<table:kind>", files.report_file, name="report_file"),
    path("reports/<slug:slug>/postings", desk.postings, name="postings"),
    path("reports/<slug:slug>/postings.<table:kind>", files.postings_file, name="postings_file"),
]
