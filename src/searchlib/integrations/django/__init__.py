"""Search for the models of a Django project: ``pip install 'searchlib[django]'``.

``"searchlib.integrations.django"`` goes into ``INSTALLED_APPS``, a folder for the indexes into the
settings, as ``SEARCHLIB = {"PATH": BASE_DIR / "search"}``, and a ``ModelIndex`` for each model that
is searched into ``search_indexes.py`` of its app, which is imported at the start.
"""

from searchlib.integrations.django.indexes import ModelIndex

__all__ = ["ModelIndex"]
