"""设置：read from the environment; nothing secret stands here.

TUOYU_CITY (packs/<name>), TUOYU_DATA (files, keys, embedded database), DATABASE_URL (empty: the
embedded server), TUOYU_DEMO=1 (demo mode), TUOYU_CLOCK (injected clock, see core.clock),
TUOYU_HOSTS, TUOYU_OIDC_* (统一身份认证), TUOYU_LIVE_URL (event stream), TUOYU_PUSH_*, TUOYU_SMS_*,
TUOYU_WECHAT_*, TUOYU_SMTP_*, TUOYU_SITE (message channels).
"""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from tuoyu.core.clock import ZONE

ROOT = Path(__file__).resolve().parents[2]
PACKS_DIR = Path(os.environ.get("TUOYU_PACKS", ROOT / "packs"))
CITY = os.environ.get("TUOYU_CITY", "quanzhou-2024")
DATA_DIR = Path(os.environ.get("TUOYU_DATA", ROOT / ".data" / CITY))
FILES_DIR = DATA_DIR / "files"
KEY_FILE = os.environ.get("TUOYU_KEY_FILE", str(DATA_DIR / "keys" / "fields.key"))
# Messages: without its settings a channel sends nothing and says so (未配置，未送达).
PUSH_KEY_FILE = os.environ.get("TUOYU_PUSH_KEY_FILE", str(DATA_DIR / "keys" / "push.pem"))
PUSH_SUBJECT = os.environ.get("TUOYU_PUSH_SUBJECT", "")  # mailto: or https:, for the push services
PUSH_HOSTS = os.environ.get(
    "TUOYU_PUSH_HOSTS",
    "fcm.googleapis.com,push.services.mozilla.com,push.apple.com,notify.windows.com",
).split(",")
CHANNELS = {
    "sms": {
        "url": os.environ.get("TUOYU_SMS_URL", ""),
        "key": os.environ.get("TUOYU_SMS_KEY", ""),
        "sign": os.environ.get("TUOYU_SMS_SIGN", ""),
    },
    "wechat": {
        "url": os.environ.get("TUOYU_WECHAT_URL", "https://api.weixin.qq.com"),
        "app": os.environ.get("TUOYU_WECHAT_APP", ""),
        "secret": os.environ.get("TUOYU_WECHAT_SECRET", ""),
        "template": os.environ.get("TUOYU_WECHAT_TEMPLATE", ""),
        "fields": os.environ.get("TUOYU_WECHAT_FIELDS", "thing1,time2,thing3"),
        "site": os.environ.get("TUOYU_SITE", ""),
    },
    "email": {
        "url": os.environ.get("TUOYU_SMTP_URL", ""),
        "sender": os.environ.get("TUOYU_SMTP_FROM", ""),
    },
}
DEMO = os.environ.get("TUOYU_DEMO") == "1"
LIVE_URL = os.environ.get("TUOYU_LIVE_URL", "")


def _secret() -> str:
    """The signing secret: a file beside the data, made by ``tuoyu`` on first use."""
    path = DATA_DIR / "keys" / "signing.key"
    if not path.exists():
        from tuoyu.config.secrets import make_secret_file

        make_secret_file(path)
    return path.read_text()


def _database(url: str) -> dict[str, object]:
    parts = urlsplit(url)
    query = {k: v[0] for k, v in parse_qs(parts.query).items()}
    return {
        "ENGINE": "tuoyu.core.database",
        "NAME": parts.path.lstrip("/") or "postgres",
        "USER": unquote(parts.username or "postgres"),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", None) or parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "ATOMIC_REQUESTS": False,  # @page opens the transaction, after it knows the scope
        "DISABLE_SERVER_SIDE_CURSORS": False,
    }


SECRET_KEY = _secret()
DEBUG = False
ALLOWED_HOSTS = os.environ.get("TUOYU_HOSTS", "127.0.0.1,localhost,testserver").split(",")
DATABASES = {"default": _database(os.environ.get("DATABASE_URL", "postgresql:///tuoyu"))}

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django_htmx",
    "tuoyu.ends.account",  # before allauth: its templates are ours
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "procrastinate.contrib.django",
    "template_partials.apps.SimpleAppConfig",
    "tuoyu.ui",
    "tuoyu.core.audit",
    "tuoyu.core.cases",
    "tuoyu.core.files",
    "tuoyu.core.excel",
    "tuoyu.domains.regions",
    "tuoyu.domains.identity",
    "tuoyu.domains.policies",
    "tuoyu.domains.institutions",
    "tuoyu.domains.workforce",
    "tuoyu.domains.children",
    "tuoyu.domains.enrolment",
    "tuoyu.domains.devices",
    "tuoyu.domains.attendance",
    "tuoyu.domains.messages",
    "tuoyu.domains.care",
    "tuoyu.domains.kitchen",
    "tuoyu.domains.safety",
    "tuoyu.domains.billing",
    "tuoyu.domains.admissions",
    "tuoyu.domains.medicine",
    "tuoyu.domains.moments",
    "tuoyu.domains.incidents",
    "tuoyu.domains.bookings",
    "tuoyu.domains.reports",
    "tuoyu.domains.complaints",
    "tuoyu.domains.groups",
    "tuoyu.domains.publicity",
    "tuoyu.domains.quality",
    "tuoyu.domains.funds",
    "tuoyu.domains.subsidies",
    "tuoyu.domains.grants",
    "tuoyu.domains.vouchers",
    "tuoyu.domains.reforms",
    "tuoyu.domains.insurance",
    "tuoyu.domains.checks",
    "tuoyu.domains.indicators",
    "tuoyu.ends.public",
    "tuoyu.ends.government",
    "tuoyu.ends.institution",
    "tuoyu.ends.family",
    "tuoyu.ends.clinic",
    "tuoyu.ends.academy",
    "tuoyu.ends.cockpit",
    "tuoyu.ends.kiosk",
    "tuoyu.ends.openapi",
    "tuoyu.config",
]

MIDDLEWARE = [
    "tuoyu.config.middleware.DoorFastPath",  # device traffic needs no session, form token or page
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.gzip.GZipMiddleware",  # lengths are blurred against guessing (BREACH)
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "tuoyu.config.middleware.ActorMiddleware",
]

ROOT_URLCONF = "tuoyu.config.urls"
WSGI_APPLICATION = "tuoyu.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "tuoyu.config.context.shell",
                "tuoyu.config.context.sign_in",
            ],
            "builtins": ["tuoyu.ui.templatetags.ty", "template_partials.templatetags.partials"],
            "loaders": [
                (
                    "template_partials.loader.Loader",
                    [
                        (
                            "django.template.loaders.cached.Loader",
                            ["django.template.loaders.app_directories.Loader"],
                        )
                    ],
                )
            ],
        },
    }
]

AUTH_USER_MODEL = "identity.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "/account/login/"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_ADAPTER = "tuoyu.ends.account.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "change_password": "tuoyu.ends.account.forms.ChangePassword",
    "set_password": "tuoyu.ends.account.forms.SetPassword",
    "reauthenticate": "tuoyu.ends.account.forms.Reauthenticate",
}
MFA_ADAPTER = "tuoyu.ends.account.adapter.TwoStepAdapter"
MFA_FORMS = {
    "authenticate": "tuoyu.ends.account.forms.Authenticate",
    "reauthenticate": "tuoyu.ends.account.forms.ReauthenticateCode",
    "activate_totp": "tuoyu.ends.account.forms.ActivateTotp",
}
SOCIALACCOUNT_ADAPTER = "tuoyu.ends.account.adapter.SocialAdapter"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "托育云"
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": "city",
                "name": os.environ.get("TUOYU_OIDC_NAME", "统一身份认证"),
                "client_id": os.environ["TUOYU_OIDC_CLIENT"],
                "secret": os.environ.get("TUOYU_OIDC_SECRET", ""),
                "settings": {"server_url": os.environ["TUOYU_OIDC_SERVER"]},
            }
        ]
        if os.environ.get("TUOYU_OIDC_CLIENT")
        else [],
    }
}

SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = os.environ.get("TUOYU_HTTPS") == "1"
SECURE_SSL_REDIRECT = os.environ.get("TUOYU_HTTPS") == "1"
SECURE_HSTS_SECONDS = 31_536_000 if SECURE_SSL_REDIRECT else 0
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 6 * 1024 * 1024
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:", "blob:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'", *([LIVE_URL.rsplit("/", 1)[0]] if LIVE_URL else [])],
        "media-src": ["'self'", "blob:"],
        "worker-src": ["'self'"],
        "manifest-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
    }
}

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = str(ZONE)
USE_I18N = True
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "tuoyu.ui.finders.NodeModulesFinder",
]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"
PROCRASTINATE_ON_APP_READY = "tuoyu.config.jobs.ready"
SILENCED_SYSTEM_CHECKS = [
    "models.W042",
    "fields.W342",
    "auth.W004",
    # Managers that fail closed cannot be used by the default checks.
]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "django.request": {"level": "ERROR"},
        "procrastinate.blueprints": {"level": "ERROR"},  # warns that its app is made in __main__
    },
}
