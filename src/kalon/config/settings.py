"""Settings: read from the environment and from the installation's own folder, never from the code.

`KALON_VAR` is the folder of this installation (data, secrets, keys); `DATABASE_URL` names another PostgreSQL.
The launcher sets the rest (`config/installation.py` says what).
"""

import os
from pathlib import Path

from kalon.config.installation import Installation
from kalon.web.templating import templates

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
    "django.contrib.postgres",
    "kalon.kernel",
    "kalon.api",
    "kalon.web",  # before allauth, so that its templates win
    "kalon.people",
    "kalon.patients",
    "kalon.catalog",
    "kalon.messaging",
    "kalon.scheduling",
    "kalon.consultations",
    "kalon.billing",
    "kalon.portal",
    "django.contrib.admin",
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
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "kalon.web.middleware.ContentSecurityPolicy",
    "kalon.config.middleware.UnitOfWork",
    "kalon.api.idempotency.Idempotency",
]

TEMPLATES = templates(debug=DEBUG)

# The web application and the worker connect as kalon_app; migrations and provisioning as the owner.
DATABASES = {"default": HERE.database("kalon_app"), "owner": HERE.database("kalon_owner")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "kernel_cache"}}

AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = Path(os.environ.get("KALON_STATIC", HERE.var / "static"))
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
