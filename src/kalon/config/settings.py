"""Settings: read from the environment and from the installation's own folder, never from the code.

`KALON_VAR` is the folder of this installation (data, secrets, keys); `DATABASE_URL` names another PostgreSQL.
The launcher sets the rest (`config/installation.py` says what).
"""

import os
from typing import Any

import django_stubs_ext

from kalon.config.installation import Installation
from kalon.web.templating import templates

django_stubs_ext.monkeypatch()  # ModelForm[Any] and its kin, also outside the type checker

HERE = Installation.from_environment()

DEBUG = os.environ.get("KALON_DEBUG") == "1"
KALON_DEMO = os.environ.get("KALON_DEMO") == "1"
KALON_CLINIC_NAME = os.environ.get("KALON_CLINIC_NAME", "Kalon")
KALON_VAR = HERE.var
KALON_KEYS_DIR = HERE.keys
KALON_TOMBSTONES = HERE.var / "tombstones.jsonl"
KALON_AUDIT_ROOTS = HERE.var / "audit" / "roots.jsonl"
KALON_CONTEXT_KEY = HERE.secret("context").encode()
SECRET_KEY = HERE.secret("django")

ROOT_URLCONF = "kalon.config.urls"
WSGI_APPLICATION = "kalon.config.wsgi.application"
ALLOWED_HOSTS = os.environ.get("KALON_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = [origin for origin in os.environ.get("KALON_ORIGINS", "").split(",") if origin]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",  # the pages of allauth
    "django.contrib.postgres",
    "kalon.kernel",
    "kalon.api",
    "kalon.web",  # before allauth, so that its templates win
    "kalon.people",
    "kalon.codes",
    "kalon.patients",
    "kalon.catalog",
    "kalon.documents",
    "kalon.papers",
    "kalon.messaging",
    "kalon.scheduling",
    "kalon.consultations",
    "kalon.orders",
    "kalon.plans",
    "kalon.consents",
    "kalon.inventory",
    "kalon.photos",
    "kalon.charts",
    "kalon.ledger",
    "kalon.pricing",
    "kalon.billing",
    "kalon.prescribing",
    "kalon.quotes",
    "kalon.entitlements",
    "kalon.installments",
    "kalon.theatre",
    "kalon.purchasing",
    "kalon.voice",
    "kalon.tills",
    "kalon.reports",
    "kalon.portal",
    "kalon.people.apps.ReferenceAdminConfig",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django_htmx",
    "django_cotton.apps.SimpleAppConfig",
    "template_partials.apps.SimpleAppConfig",
    "procrastinate.contrib.django",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "kalon.config.middleware.UploadLimit",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "kalon.web.handing.OnlyWhatIsSigned",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "kalon.web.middleware.ContentSecurityPolicy",
    "kalon.config.middleware.UnitOfWork",
    "kalon.config.middleware.Once",
]

TEMPLATES = templates(debug=DEBUG)
COTTON_ISOLATE_BY_DEFAULT = True

# The web application and the worker connect as kalon_app; migrations and provisioning as the owner.
DATABASES = {"default": HERE.database("kalon_app"), "owner": HERE.database("kalon_owner")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# The limits on signing in live in this table, so they are the same for every server process.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "people_counter"}}

AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("name", "email", "phone")},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "account_login"

ACCOUNT_ADAPTER = "kalon.people.pages.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email", "phone"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # registration confirms the address itself, before there is an account
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 3
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 300
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ALLAUTH_USER_CODE_FORMAT = {"numeric": True, "dashed": False, "length": 6}  # what the six boxes take
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = 600
ACCOUNT_PREVENT_ENUMERATION = "strict"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_SESSION_REMEMBER = None
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_RATE_LIMITS = {"login_failed": "30/m/ip,5/5m/key", "request_login_code": "20/m/ip,3/10m/key"}
MFA_ADAPTER = "kalon.people.pages.adapter.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEBUG or KALON_DEMO  # the demonstration runs on http://localhost
MFA_TOTP_ISSUER = "Kalon"
MFA_TOTP_TOLERANCE = 1
USERSESSIONS_TRACK_ACTIVITY = True

# How messages leave: each channel by a sender's name; "embedded" keeps them in the house (docs/messages.md).
KALON_SENDERS = {
    channel: os.environ.get(f"KALON_{channel}", "embedded") for channel in ("EMAIL", "SMS", "WHATSAPP", "PUSH")
}
KALON_URL = os.environ.get("KALON_URL", "")  # where patients and providers reach this clinic: https://clinic.example
# Paying online (docs/payments.md): each clinic chooses its gateway on its own page. The practice gateway moves no money
# and takes everybody's word, so it answers in a demonstration and in tests only.
KALON_PRACTICE_GATEWAY = DEBUG or KALON_DEMO
KALON_STRIPE_API = os.environ.get("KALON_STRIPE_API", "https://api.stripe.com")
KALON_RAZORPAY_API = os.environ.get("KALON_RAZORPAY_API", "https://api.razorpay.com")
# Hands-free documentation (docs/voice.md): an engine outside is asked only where a clinic has switched it on.
# Where the one process listens that hears spoken commands for every web process, and how long one waits for it.
KALON_LISTENER = os.environ.get("KALON_LISTENER") or str(HERE.socket_dir / "listener.sock")
KALON_LISTENER_SECONDS = float(os.environ.get("KALON_LISTENER_SECONDS", "20"))
KALON_DEEPGRAM_API = os.environ.get("KALON_DEEPGRAM_API", "")
KALON_DEEPGRAM_KEY = os.environ.get("DEEPGRAM_API_KEY", "")
KALON_CLAUDE = {  # the engine that drafts notes, where a clinic has switched it on
    "key": os.environ.get("KALON_CLAUDE_KEY", ""),
    "api": os.environ.get("KALON_CLAUDE_API", ""),  # empty: the service's own address
    "model": os.environ.get("KALON_CLAUDE_MODEL", "claude-sonnet-5-5"),
    "seconds": float(os.environ.get("KALON_CLAUDE_SECONDS", "60")),
    "retries": int(os.environ.get("KALON_CLAUDE_RETRIES", "2")),
}
KALON_GOOGLE_CREDENTIALS = os.environ.get("KALON_GOOGLE_CREDENTIALS", "")  # a service account's key, as a file
KALON_GOOGLE_API = os.environ.get("KALON_GOOGLE_API", "https://www.googleapis.com/calendar/v3")
KALON_TWILIO: dict[str, Any] = {
    **{key: os.environ.get(f"KALON_TWILIO_{key.upper()}", "") for key in ("account", "token", "from", "url")},
    "settled_seconds": int(os.environ.get("KALON_TWILIO_SETTLED_SECONDS", "300")),
}
KALON_WHATSAPP = {
    key: os.environ.get(f"KALON_WHATSAPP_{key.upper()}", "")
    for key in ("phone_id", "token", "app_secret", "verify_token", "url")
}
KALON_PUSH = {
    "contact": os.environ.get("KALON_PUSH_CONTACT", ""),  # mailto:… or https://…, told to the push services
    "services": [origin for origin in os.environ.get("KALON_PUSH_SERVICES", "").split(",") if origin],
}
KALON_MAIL_SERVICE = os.environ.get("KALON_MAIL_SERVICE", "")  # a name of django-anymail's: postmark, sendgrid, …
ANYMAIL = {
    "REQUESTS_TIMEOUT": 20,
    **{name.removeprefix("ANYMAIL_"): value for name, value in os.environ.items() if name.startswith("ANYMAIL_")},
}
EMAIL_HOST = os.environ.get("KALON_SMTP_HOST", "localhost")
EMAIL_PORT = int(os.environ.get("KALON_SMTP_PORT", "587"))
EMAIL_HOST_USER = os.environ.get("KALON_SMTP_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("KALON_SMTP_PASSWORD", "")
EMAIL_USE_TLS = os.environ.get("KALON_SMTP_TLS", "1") == "1"
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = os.environ.get("KALON_FROM", "clinic@localhost")

# Where open screens hear that something changed: behind a reverse proxy an address of its own (`/live`), else a port
# beside the web server's (the launcher sets it). Without either, pages ask again every 30 seconds.
KALON_LIVE_URL = os.environ.get("KALON_LIVE_URL", "")
KALON_LIVE_PORT = int(os.environ.get("KALON_LIVE_PORT") or 0)

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True

STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True

_https = os.environ.get("KALON_HTTPS") == "1"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _https
SECURE_SSL_REDIRECT = _https
SECURE_HSTS_SECONDS = 31_536_000 if _https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = _https
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _https else None
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 60 * 60 * 12
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 400
DATA_UPLOAD_MAX_NUMBER_FILES = 20
KALON_UPLOAD_BYTES = 25 * 1024 * 1024  # the largest file that is taken
FILE_UPLOAD_HANDLERS = ["kalon.web.uploads.Unnamed"]  # what is sent gets no name on the disk

# To the console: what went wrong, with the request's id; never a patient's name.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": ["console"], "level": "ERROR", "propagate": False},
        "django.request": {"handlers": ["console"], "level": "ERROR", "propagate": False},
        "procrastinate": {"handlers": ["console"], "level": "WARNING", "propagate": False},
    },
}
