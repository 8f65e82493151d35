"""Every address of the house: pages of each context, the API under /api/, sign-in under /accounts/."""

from django.contrib import admin
from django.urls import include, path

from kalon.api.shell import build
from kalon.billing.api import of_patients as accounts_of_patients
from kalon.billing.api import payments
from kalon.billing.api import router as bills
from kalon.catalog.api import router as catalog
from kalon.charts.api import router as charts
from kalon.codes.api import router as codes
from kalon.config.faults import bad_request, not_found
from kalon.config.health import healthz
from kalon.config.home import home
from kalon.consents.api import forms as consent_forms
from kalon.consents.api import mine as my_consents
from kalon.consents.api import router as consents
from kalon.consultations.api import note_templates
from kalon.consultations.api import router as consultations
from kalon.documents.api import router as documents
from kalon.entitlements.api import memberships as memberships_held
from kalon.entitlements.api import router as packages_held
from kalon.entitlements.api import vouchers as gift_vouchers
from kalon.installments.api import financing, of_quotes, payment_plans
from kalon.inventory.api import of_sessions as supplies_of_sessions
from kalon.inventory.api import router as inventory
from kalon.messaging.api import mine as my_messages
from kalon.messaging.api import router as messages
from kalon.orders.api import router as orders
from kalon.papers.api import public as public_papers
from kalon.papers.api import router as papers
from kalon.patients.api import public as public_patients
from kalon.patients.api import router as patients
from kalon.people.api import router as people
from kalon.photos.api import annotations as photo_annotations
from kalon.photos.api import copies as photo_copies
from kalon.photos.api import of_patients as photos_of_patients
from kalon.photos.api import pairs as photo_pairs
from kalon.photos.api import router as photos
from kalon.plans.api import (
    follow_ups,
    lists_of_plans,
    of_consultations,
    preferences_of_patients,
    procedure_plans,
    procedure_sessions,
    satisfaction_of_plans,
    satisfactions,
)
from kalon.plans.api import of_patients as plans_of_patients
from kalon.plans.api import of_plans as sessions_of_plans
from kalon.portal.api import photos as own_photos
from kalon.portal.api import results as own_results
from kalon.portal.api import router as portal
from kalon.portal.api import summaries as own_summaries
from kalon.prescribing.api import router as prescriptions
from kalon.pricing.api import router as pricing
from kalon.purchasing.api import router as purchasing
from kalon.quotes.api import bundles
from kalon.quotes.api import of_plans as quotes_of_plans
from kalon.quotes.api import router as quotes
from kalon.reports.api import router as reports
from kalon.scheduling.api import (
    absences,
    appointments,
    doctor_schedules,
    outside_calendars,
    proposals,
    resources,
    waiting_list,
)
from kalon.theatre.api import cases as surgical_cases
from kalon.theatre.api import clearances, theatre
from kalon.theatre.api.around import cards as preference_cards
from kalon.theatre.api.around import homegoing
from kalon.theatre.api.around import preparing as before_operations
from kalon.theatre.api.blocks import blocks as theatre_blocks
from kalon.theatre.api.operating import operating as theatre_tablet
from kalon.theatre.api.policy import policy as theatre_policy
from kalon.theatre.api.returns import returns as theatre_returns
from kalon.theatre.api.using import using as used_in_theatre
from kalon.tills.api import checkouts, drawers, same_days, till_days
from kalon.voice.api import kept as recordings_kept
from kalon.voice.api import of_engines as voice_engines
from kalon.voice.api import router as voice_sessions
from kalon.voice.api import sent as sent_outside
from kalon.web.pages import forbidden, server_error

api = build()
api.add_router("/appointments/web", resources)
api.add_router("/appointments/waiting-list", waiting_list)
api.add_router("/appointments", proposals)  # before the visits, whose paths begin with an id
api.add_router("/appointments", appointments)
api.add_router("/bills", bills)
api.add_router("/charts", charts)
api.add_router("/codes", codes)
api.add_router("/consent-forms", consent_forms)
api.add_router("/consents", consents)
api.add_router("/consultations", consultations)
api.add_router("/consultations", of_consultations)
api.add_router("/note-templates", note_templates)
api.add_router("/doctor-schedules/outside-calendars", outside_calendars)
api.add_router("/doctor-schedules", doctor_schedules)
api.add_router("/doctor-schedules", absences)
api.add_router("/financing", financing)
api.add_router("/inventory", inventory)
api.add_router("/purchasing", purchasing)
api.add_router("/documents", documents)
api.add_router("/follow-ups", follow_ups)
api.add_router("/messages", messages)
api.add_router("/orders", orders)
api.add_router("/papers", papers)
api.add_router("/memberships", memberships_held)
api.add_router("/gift-vouchers", gift_vouchers)
api.add_router("/packages-held", packages_held)
api.add_router("/patient/message-preferences", my_messages)
api.add_router("/patient/consents", my_consents)
api.add_router("/patient/consultations", own_summaries)
api.add_router("/patient/results", own_results)
api.add_router("/patient/photos", own_photos)
api.add_router("/patient", portal)
api.add_router("/patients", accounts_of_patients)
api.add_router("/patients", plans_of_patients)
api.add_router("/patients", preferences_of_patients)
api.add_router("/patients", patients)
api.add_router("/patients", photos_of_patients)
api.add_router("/photos", photos)
api.add_router("/photo-pairs", photo_pairs)
api.add_router("/photo-copies", photo_copies)
api.add_router("/photo-annotations", photo_annotations)
api.add_router("/payment-plans", payment_plans)
api.add_router("/payments", payments)
api.add_router("/checkouts", checkouts)
api.add_router("/clearances", clearances)
api.add_router("/surgical-cases", surgical_cases)
api.add_router("/theatre-reservations", theatre)
api.add_router("/drawers", drawers)
api.add_router("/day-closes", till_days)
api.add_router("/same-day", same_days)
api.add_router("/voice-sessions", voice_sessions)
api.add_router("/voice-sessions", voice_engines)
api.add_router("/voice-sessions", recordings_kept)
api.add_router("/voice-sessions", sent_outside)
api.add_router("/public/papers", public_papers)
api.add_router("/prescriptions", prescriptions)
api.add_router("/procedure-plans", procedure_plans)
api.add_router("/procedure-plans", quotes_of_plans)
api.add_router("/procedure-plans", sessions_of_plans)
api.add_router("/procedure-plans", satisfaction_of_plans)
api.add_router("/procedure-plans", lists_of_plans)
api.add_router("/procedure-plans", before_operations)
api.add_router("/surgical-cases", homegoing)
api.add_router("/surgical-cases", theatre_tablet)
api.add_router("/surgical-cases", theatre_returns)
api.add_router("/surgical-cases", used_in_theatre)
api.add_router("/theatre-blocks", theatre_blocks)
api.add_router("/theatre-policy", theatre_policy)
api.add_router("/preference-cards", preference_cards)
api.add_router("/satisfaction", satisfactions)
api.add_router("/procedure-sessions", procedure_sessions)
api.add_router("/procedure-sessions", supplies_of_sessions)
api.add_router("/quotes", quotes)
api.add_router("/bundles", bundles)
api.add_router("/public/patients", public_patients)
api.add_router("/reports", reports)
api.add_router("/pricing", pricing)
api.add_router("/quotes", of_quotes)
api.add_router("", catalog)
api.add_router("", people)

handler400, handler403, handler404, handler500 = bad_request, forbidden, not_found, server_error

urlpatterns = [
    path("", home, name="home"),
    path("", include("kalon.web.urls")),
    path("", include("kalon.people.urls")),
    path("", include("kalon.photos.urls")),  # as those below
    path("", include("kalon.documents.urls")),  # before the patients, whose tabs are named by any word
    path("", include("kalon.patients.urls")),
    path("", include("kalon.catalog.urls")),
    path("", include("kalon.papers.urls")),
    path("", include("kalon.messaging.urls")),
    path("", include("kalon.scheduling.urls")),
    path("", include("kalon.consultations.urls")),
    path("", include("kalon.consents.urls")),
    path("", include("kalon.inventory.urls")),
    path("", include("kalon.purchasing.urls")),
    path("", include("kalon.plans.urls")),
    path("", include("kalon.charts.urls")),
    path("", include("kalon.orders.urls")),
    path("", include("kalon.billing.urls")),
    path("", include("kalon.pricing.urls")),
    path("", include("kalon.entitlements.urls")),
    path("", include("kalon.prescribing.urls")),
    path("", include("kalon.reports.urls")),
    path("", include("kalon.tills.urls")),
    path("", include("kalon.voice.urls")),
    path("", include("kalon.quotes.urls")),
    path("", include("kalon.theatre.urls")),
    path("", include("kalon.installments.urls")),  # before the portal, whose /my it shares
    path("my/", include("kalon.portal.urls")),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("api/", api.urls),
    path("healthz", healthz),
]
