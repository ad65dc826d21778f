"""Starts the Django project of the tests; to be imported before any of its models."""

from __future__ import annotations

import os
from typing import Final

import django

SETTINGS: Final = "tests.django_settings"

os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
django.setup()
