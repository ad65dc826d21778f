"""A Django project of one app, on SQLite and on PostgreSQL."""

from __future__ import annotations

import os

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": os.environ.get("LIBRARY_SQLITE", ""),
    },
    "postgres": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "postgres",
        "USER": "postgres",
        "HOST": os.environ.get("LIBRARY_POSTGRES", ""),
    },
}
INSTALLED_APPS = ["searchlib.integrations.django", "tests.library_app"]
SEARCHLIB = {"PATH": os.environ.get("LIBRARY_SEARCH", ""), "WAIT": 20}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
