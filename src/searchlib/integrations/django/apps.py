"""The app, as Django starts it."""

from __future__ import annotations

from searchlib.extras import extra
from searchlib.integrations.django.conf import check
from searchlib.integrations.django.indexes import ModelIndex

with extra("django", "search for Django's models"):
    from django.apps import AppConfig
    from django.core.checks import register
    from django.utils.module_loading import autodiscover_modules

__all__ = ["SearchlibConfig"]


class SearchlibConfig(AppConfig):
    """Imports ``search_indexes.py`` of every app, and lets its indexes follow their models."""

    name = "searchlib.integrations.django"
    label = "searchlib"
    verbose_name = "searchlib"

    def ready(self) -> None:
        """Do so once all models are there."""
        register(check)
        autodiscover_modules("search_indexes")
        for one in ModelIndex.registered().values():
            one.follow()
