"""What Django is told. Everything that differs between nodes comes from `elchi.config`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import dj_database_url
from csp.constants import NONCE, NONE, SELF

from elchi.config import read_config

ELCHI = read_config()
_HERE = Path(__file__).parent

SECRET_KEY = ELCHI.secret
DEBUG = False
ALLOWED_HOSTS = list(ELCHI.hosts)
ROOT_URLCONF = "elchi.urls"
WSGI_APPLICATION = "elchi.wsgi.application"

INSTALLED_APPS = [
    "elchi.node.audit",
    "elchi.node.directory",
    "elchi.node.officers",
    "elchi.node.federation",
    "elchi.node.watchlists",
    "elchi.node.cases",
    "elchi.node.liaison",
    "elchi.node.checks",
    "elchi.node.officelog",
    "elchi.modules.interpol",
    "elchi.modules.operations",
    "elchi.modules.private_match",
    "elchi.modules.regional",
    "elchi.console",
    "elchi.api",
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_htmx",
    "csp",
]
MIDDLEWARE = [
    "elchi.console.access.access_log",
    "django.middleware.security.SecurityMiddleware",
    "elchi.api.door.api_door",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "elchi.console.middleware.OfficerAtTheDoor",
]
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [_HERE / "console" / "templates"],  # before those of the apps: allauth's pages are ours
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "elchi.console.frame.frame",
            ],
            "builtins": ["elchi.console.templatetags.elchi"],
        },
    }
]

DATABASES: dict[str, Any] = {"default": {**dj_database_url.parse(ELCHI.database, conn_health_checks=True)}}
DATABASES["default"]["CONN_MAX_AGE"] = None
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["ENGINE"] = "elchi.node.sqlite3"
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",  # writers queue at the start of a transaction, where waiting is safe
        "timeout": 30,
        # Transactions are on the disk when they end: `elchi.node.sqlite3` sees to it, for several at once.
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA temp_store=MEMORY;",
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "officers.Officer"
AUTHENTICATION_BACKENDS = ["elchi.console.sign_in.Backend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
     "OPTIONS": {"user_attributes": ("sign_in_name", "name", "email")}},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]  # fmt: skip
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "elchi.console.sign_in.Door"
ACCOUNT_USER_MODEL_USERNAME_FIELD = "sign_in_name"
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_PRESERVE_USERNAME_CASING = False
ACCOUNT_RATE_LIMITS = False  # ours hold for all processes and are in the database: officers.services.sign_ins
ACCOUNT_FORMS = {
    "login": "elchi.console.sign_in_forms.SignInForm",
    "reauthenticate": "elchi.console.sign_in_forms.UnlockForm",
    "change_password": "elchi.console.sign_in_forms.PasswordForm",
}
MFA_ADAPTER = "elchi.console.sign_in.Factors"
MFA_ALLOW_UNVERIFIED_EMAIL = True  # there is no mail
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not ELCHI.is_secure
MFA_FORMS = {
    "authenticate": "elchi.console.sign_in_forms.CodeForm",
    "authenticate_webauthn": "elchi.console.sign_in_forms.KeyForm",
    "reauthenticate_webauthn": "elchi.console.sign_in_forms.UnlockKeyForm",
    "activate_totp": "elchi.console.sign_in_forms.AddAppForm",
    "deactivate_totp": "elchi.console.sign_in_forms.RemoveAppForm",
    "add_webauthn": "elchi.console.sign_in_forms.AddKeyForm",
    "edit_webauthn": "elchi.console.sign_in_forms.NameKeyForm",
    "generate_recovery_codes": "elchi.console.sign_in_forms.CodesForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_ISSUER = f"Elchi {ELCHI.here.code}"

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = ELCHI.is_secure
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_NAME = "elchi_session"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_AGE = ELCHI.session_hours * 3600
CSRF_COOKIE_NAME = "elchi_csrf"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "elchi.console.refusals.csrf_failed"
SECURE_HSTS_SECONDS = 31_536_000 if ELCHI.is_secure else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = ELCHI.is_secure
SECURE_SSL_REDIRECT = ELCHI.is_secure
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ELCHI.behind_proxy else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

LANGUAGE_CODE = ELCHI.here.languages[0]
LANGUAGES = [
    ("en", "English"), ("ru", "Русский"), ("kk", "Қазақша"), ("ky", "Кыргызча"),
    ("tg", "Тоҷикӣ"), ("uz", "O‘zbekcha"), ("tk", "Türkmençe"),
]  # fmt: skip
USE_TZ = True
TIME_ZONE = ELCHI.here.time_zone

STATIC_URL = "/static/"
STATIC_ROOT = ELCHI.here.home / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_HANDLERS = [
    "elchi.console.uploads.Guard",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
FILE_UPLOAD_TEMP_DIR = str(ELCHI.here.files) if ELCHI.here.files.is_dir() else None
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
SILENCED_SYSTEM_CHECKS: list[str] = []
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "elchi.console.access.Formatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "elchi": {"level": ELCHI.log_level},
        # Django's own handlers write to a console and to e-mail: all goes one way here.
        "django": {"handlers": [], "level": "WARNING", "propagate": True},
        "django.server": {"handlers": [], "propagate": True},
        # What was refused (4xx) stands in the line of the request.
        "django.request": {"level": "ERROR"},
        "_granian": {"propagate": True},
    },
}
