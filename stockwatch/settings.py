"""Django's settings. What a user may set comes from the environment or `.env`; see README.md."""

from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from stockwatch import environment, mail_server

BASE_DIR = Path(__file__).resolve().parent.parent
environment.env.read_env(str(BASE_DIR / ".env"), recurse=False)

# -- Where things are ---------------------------------------------------------------------------
STOCKWATCH_DATA = environment.data_folder("STOCKWATCH_DATA", BASE_DIR / "var")
HOST = environment.text("HOST", "127.0.0.1")
PORT = environment.whole("PORT", 8000, 1, 65535)
REDIS_ADDRESS_FILE = STOCKWATCH_DATA / "redis-url"
REDIS_EMBEDDED = not environment.text("REDIS_URL")
REDIS_URL = environment.redis_address("REDIS_URL", REDIS_ADDRESS_FILE)
DATABASES = {"default": environment.database("DATABASE_URL", STOCKWATCH_DATA / "stockwatch.db")}

# -- Security -----------------------------------------------------------------------------------
SECRET_KEY = environment.kept("SECRET_KEY", STOCKWATCH_DATA / "secret-key", environment.new_secret)
DEBUG = environment.flag("DEBUG", False)
ALLOWED_HOSTS = environment.names("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]", HOST])
CSRF_TRUSTED_ORIGINS = environment.origins("CSRF_TRUSTED_ORIGINS")
# Behind https (a trusted https origin says so) cookies travel over https only.
BEHIND_HTTPS = any(urlsplit(origin).scheme == "https" for origin in CSRF_TRUSTED_ORIGINS)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = BEHIND_HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_HTTPS else None
SECURE_HSTS_SECONDS = 3600 * 24 * 30 if BEHIND_HTTPS else 0
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# Nothing from elsewhere, nothing written into a page: what gets into one stays text.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],  # Pico's and the API pages' small pictures
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}
SILENCED_SYSTEM_CHECKS = (
    # A self-hosted server is plain http on its own machine until its owner puts a proxy before it;
    # the owner says so by CSRF_TRUSTED_ORIGINS, which turns all of these on.
    ["security.W005", "security.W008", "security.W021"]
    if BEHIND_HTTPS
    else ["security.W004", "security.W008", "security.W012", "security.W016"]
)
DEFAULT_EXCEPTION_REPORTER_FILTER = "stockwatch.reports.Discreet"
MAX_BODY_BYTES = 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = MAX_BODY_BYTES

# -- The market ---------------------------------------------------------------------------------
QUOTE_SOURCES = environment.names("QUOTE_SOURCES", ["demo"])
# For one market its own order, in place of the common one.
QUOTE_SOURCES_CN = environment.names("QUOTE_SOURCES_CN")
QUOTE_SOURCES_HK = environment.names("QUOTE_SOURCES_HK")
QUOTE_SOURCES_US = environment.names("QUOTE_SOURCES_US")
TENCENT_URL = environment.base_url("TENCENT_URL", "https://qt.gtimg.cn")
TENCENT_SEARCH_URL = environment.base_url("TENCENT_SEARCH_URL", "https://smartbox.gtimg.cn")
SINA_URL = environment.base_url("SINA_URL", "https://hq.sinajs.cn")
EASTMONEY_URL = environment.base_url("EASTMONEY_URL", "https://push2.eastmoney.com")
EASTMONEY_HISTORY_URL = environment.base_url(
    "EASTMONEY_HISTORY_URL", "https://push2his.eastmoney.com"
)
YAHOO_URL = environment.base_url("YAHOO_URL", "https://query1.finance.yahoo.com")
ALPACA_URL = environment.base_url("ALPACA_URL", "https://data.alpaca.markets")
ALPACA_KEY = environment.text("ALPACA_KEY")
ALPACA_SECRET = environment.text("ALPACA_SECRET")
ALPACA_FEED = environment.one_of("ALPACA_FEED", "iex", ("iex", "sip", "delayed_sip"))
HTTP_JSON_FILE = environment.text("HTTP_JSON_FILE")
REPLAY_FILES = environment.names("REPLAY_FILES")
REPLAY_SPEED = environment.number("REPLAY_SPEED", 1, 0.1, 1000)
# Requests a minute that a source may get, where that is not what the source itself declares.
SOURCE_BUDGETS = environment.numbers("SOURCE_BUDGETS")
POLL_SECONDS = environment.number("POLL_SECONDS", 3, 0.1, 3600)
QUOTE_MAX_AGE = environment.whole("QUOTE_MAX_AGE", 120, 0, 86_400)
# Seconds of trading after which a stock that does not move while others do counts as frozen.
QUOTE_FROZEN_AFTER = environment.whole("QUOTE_FROZEN_AFTER", 300, 0, 86_400)
BAR_RETENTION_DAYS = environment.whole("BAR_RETENTION_DAYS", 30, 1, 3650)
NOTIFICATION_RETENTION_DAYS = environment.whole("NOTIFICATION_RETENTION_DAYS", 365, 1, 36_500)
AUDIT_RETENTION_DAYS = environment.whole("AUDIT_RETENTION_DAYS", 365, 1, 36_500)

# -- Delivery: mail and chat -------------------------------------------------------------------
# Networks that destinations may be in, beside the public internet.
DELIVERY_ALLOWED_NETWORKS = environment.networks("DELIVERY_ALLOWED_NETWORKS")
# The address by which users reach this server: links in messages lead there. Empty: no links.
SITE_URL = environment.base_url("SITE_URL", "")
BARK_URL = environment.base_url("BARK_URL", "https://api.day.app")
DINGTALK_URL = environment.base_url("DINGTALK_URL", "https://oapi.dingtalk.com")
FEISHU_URL = environment.base_url("FEISHU_URL", "https://open.feishu.cn")
LARK_URL = environment.base_url("LARK_URL", "https://open.larksuite.com")
PUSHPLUS_URL = environment.base_url("PUSHPLUS_URL", "https://www.pushplus.plus")
SERVERCHAN_URL = environment.base_url("SERVERCHAN_URL", "https://sctapi.ftqq.com")
# {number} is the one that a SendKey of ServerChan³ holds.
SERVERCHAN3_URL = environment.base_url("SERVERCHAN3_URL", "https://{number}.push.ft07.com")
TELEGRAM_URL = environment.base_url("TELEGRAM_URL", "https://api.telegram.org")
WECOM_URL = environment.base_url("WECOM_URL", "https://qyapi.weixin.qq.com")
DISCORD_URL = environment.base_url("DISCORD_URL", "https://discord.com")
EMAIL_SERVER = mail_server.server("EMAIL_URL")
EMAIL_FROM = mail_server.sender("EMAIL_FROM", EMAIL_SERVER)
NTFY_URL = environment.base_url("NTFY_URL", "https://ntfy.sh")
SLACK_URL = environment.base_url("SLACK_URL", "https://hooks.slack.com")
# By which push services know us: subscriptions are bound to it.
VAPID_KEY = environment.signing_key("VAPID_KEY", STOCKWATCH_DATA / "vapid-key")

# -- Sockets ------------------------------------------------------------------------------------
WS_CONNECTIONS_PER_USER = environment.whole("WS_CONNECTIONS_PER_USER", 2000, 1, 1_000_000)
# Not counted for this machine's own addresses: a proxy on it stands for everybody.
WS_CONNECTIONS_PER_ADDRESS = environment.whole("WS_CONNECTIONS_PER_ADDRESS", 1000, 1, 1_000_000)
WS_AUTH_SECONDS = 10.0  # until a socket must have said who it is
WS_PING_SECONDS = 25.0
WS_PONG_SECONDS = 10.0  # until a ping must have been answered

# -- Django -------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "stockwatch.console.apps.ConsoleConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "stockwatch.assets.Assets",
    "channels",
    "csp",
    "rest_framework",
    "knox",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_htmx",
    "stockwatch",
    "stockwatch.account",
    "monitors",
    "notifications",
]
MIDDLEWARE = [
    "stockwatch.middleware.BodyLimit",
    "stockwatch.middleware.CleanText",
    "stockwatch.middleware.OptionalApiSlash",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "servestatic.middleware.ServeStaticMiddleware",
    "stockwatch.middleware.KeptByNobody",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "stockwatch.middleware.LoginBesideHtmx",
    "stockwatch.middleware.Preferred",
    "stockwatch.account.presence.Presence",
    "stockwatch.audit.acting.Acting",
    "stockwatch.middleware.NonsenseIsNo500",
]
ROOT_URLCONF = "stockwatch.urls"
ASGI_APPLICATION = "stockwatch.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.debug",
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "stockwatch.context.market",
            ],
        },
    }
]
FORM_RENDERER = "stockwatch.form_renderer.Renderer"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
AUTH_PASSWORD_VALIDATORS.append({"NAME": "stockwatch.passwords.TokensEndWithPassword"})
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "monitor-list"
LOGOUT_REDIRECT_URL = "login"

# -- Language, time, files ----------------------------------------------------------------------
LANGUAGES = [("en", "English"), ("zh-hans", "简体中文")]
LANGUAGE_CODE = environment.one_of("LANGUAGE_CODE", "en", [code for code, _ in LANGUAGES])
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = environment.timezone("TIME_ZONE", "Asia/Shanghai")
USE_I18N = USE_TZ = True
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "build" / "static"
STATICFILES_DIRS = [
    BASE_DIR / "static",
    ("vendor/pico", BASE_DIR / "node_modules" / "@picocss" / "pico" / "css"),
    ("vendor/lightweight-charts", BASE_DIR / "node_modules" / "lightweight-charts" / "dist"),
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "stockwatch.storage.HashedModules"},
}

# -- Redis: broker, channel layer, cache --------------------------------------------------------
CHANNEL_LAYERS = {
    "default": {
        # The pub/sub layer, not channels_redis.core: that one drops messages in silence when a
        # server process has 100 of them unread.
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": [REDIS_URL], "prefix": "stockwatch"},
    }
}
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "stockwatch",
    }
}

# -- REST ---------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "knox.auth.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_PARSER_CLASSES": [
        "stockwatch.rest.StrictJSONParser",
        "rest_framework.parsers.FormParser",
        "rest_framework.parsers.MultiPartParser",
    ],
    "DEFAULT_RENDERER_CLASSES": [
        "stockwatch.rest.FastJSONRenderer",
        "stockwatch.rest.PagesRenderer",
    ],
    "DEFAULT_PAGINATION_CLASS": "stockwatch.rest.Pages",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "stockwatch.rest.explain",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
KNOX_TOKEN_MODEL = "knox.AuthToken"  # noqa: S105 -- our migrations refer to it
REST_KNOX = {
    "AUTH_HEADER_PREFIX": "Bearer",
    "TOKEN_TTL": timedelta(days=30),
    "SECURE_HASH_ALGORITHM": "hashlib.sha512",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Stockwatch",
    "DESCRIPTION": "Watches stock prices and tells people the moment something happens.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "DeliveryState": "notifications.models.DeliveryState",
        "DestinationState": "notifications.models.DestinationState",
        "RuleState": "monitors.life.RuleState",
    },
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
}

# -- Celery -------------------------------------------------------------------------------------
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
# A message is taken once: whatever is lost with a worker, the next sweep does anew. What came a
# second time would only be done twice, and what a worker holds without acknowledgement when the
# broker goes ends it (kombu restores it by a connection that is closed).
CELERY_TASK_ACKS_LATE = False
# What sends has workers of its own: a service that does not answer may keep those waiting, but
# never a quote.
CELERY_TASK_ROUTES = {
    "notifications.tasks.hand_out": {"queue": "delivery"},
    "notifications.tasks.deliver": {"queue": "delivery"},
}
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 300, "global_keyprefix": "stockwatch."}
# What runs while the broker is away may as well end.
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False
CELERY_TASK_SERIALIZER = "json"
CELERY_ENABLE_UTC = True
CELERY_TIMEZONE = "UTC"
# In memory: every entry is an interval or may run again, so there is no file to corrupt in a crash.
CELERY_BEAT_SCHEDULER = "celery.beat:Scheduler"

# -- Log ----------------------------------------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        # It would tell where to: the addresses are users' secrets.
        "apprise": {"level": "CRITICAL"},
        "daphne": {"level": "WARNING"},
    },
}
