"""``manage.py rebuild_search_index``: search indexes from the rows of the database."""

from __future__ import annotations

from time import perf_counter
from typing import Any

from searchlib.errors import SearchlibError
from searchlib.extras import extra
from searchlib.integrations.django.indexes import ModelIndex

with extra("django", "search for Django's models"):
    from django.core.management.base import BaseCommand, CommandError, CommandParser

__all__ = ["Command"]


class Command(BaseCommand):
    """Indexes all rows anew, and takes out what has no row; searches go on meanwhile."""

    help = (
        "Index all rows of the models named, or of all that have a search index, "
        "and take out what has no row. Searches go on meanwhile."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the names of models."""
        parser.add_argument("models", nargs="*", metavar="app.Model", help="default: all")
        parser.add_argument("--database", help="alias of the database that rows are read from")

    def handle(self, *args: Any, **options: Any) -> None:
        """Rebuild one index after the other; what does not fit is told at the end of each."""
        indexes = {label.lower(): one for label, one in ModelIndex.registered().items()}
        labels = [label.lower() for label in options["models"]] or list(indexes)
        for label in labels:
            if label not in indexes:
                known = ", ".join(ModelIndex.registered()) or "none"
                raise CommandError(f"no search index of {label!r}; there are: {known}")
        left_out = 0
        for label in labels:
            left_out += self._rebuild(indexes[label], options)
        if left_out:
            raise CommandError(f"{left_out} rows do not fit their schema and are not found")

    def _rebuild(self, one: ModelIndex[Any], options: dict[str, Any]) -> int:
        """Rebuild an index; return how many rows do not fit."""

        def progress(rows: int) -> None:
            if options["verbosity"] > 1:
                self.stdout.write(f"{one.label}: {rows} rows")

        started = perf_counter()
        try:
            result = one.rebuild(using=options["database"], progress=progress)
        except SearchlibError as error:
            raise CommandError(f"{one.label}: {error}") from error
        for refusal in result.rejected:
            self.stderr.write(f"{one.label}: {refusal.error}")
        if options["verbosity"] > 0:
            seconds = perf_counter() - started
            self.stdout.write(f"{one.label}: {result.added} documents in {seconds:.1f} s")
            for path in one.outdated:
                self.stdout.write(
                    f"{one.label}: {path} has another schema; delete it once nothing runs the code "
                    "that has it, too"
                )
        return len(result.rejected)
