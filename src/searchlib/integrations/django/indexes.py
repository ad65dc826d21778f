"""The index of a model: it follows the rows of a table, one committed transaction after another."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import islice
from pathlib import Path
from threading import Lock
from typing import Any, Final, Generic, TypeVar
from weakref import WeakKeyDictionary

from searchlib.engine.store import LEAST_MEMORY
from searchlib.errors import (
    AnalysisMismatchError,
    IndexDamagedError,
    IndexLockedError,
    SchemaError,
    SchemaMismatchError,
)
from searchlib.extras import extra
from searchlib.index import Index
from searchlib.integrations.django import conf
from searchlib.rebuild import reindex
from searchlib.results import AddResult, Hit, Rejected
from searchlib.schema import Schema

with extra("django", "search for Django's models"):
    from django.apps import apps
    from django.db import transaction
    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.db.models import (
        Case,
        IntegerField,
        ManyToManyField,
        Model,
        QuerySet,
        Value,
        When,
    )
    from django.db.models.signals import m2m_changed, post_delete, post_save

__all__ = ["ModelIndex"]

_BATCH: Final = 1000  # rows that are read, and written, at once
_Row = TypeVar("_Row", bound=Model)
_Item = TypeVar("_Item")
_INDEXES: Final[dict[str, ModelIndex[Any]]] = {}


class ModelIndex(Generic[_Row]):
    """The index of the rows of a model, in a folder of its own under ``SEARCHLIB["PATH"]``.

    Rows that are saved or deleted, or whose many-to-many fields change, are indexed anew when their
    transaction has been committed: what is rolled back is never found. For what sends no signals
    (``QuerySet.update``, ``bulk_create``, SQL, rows of other models that a document takes in) there
    is ``update``. What is written is always read from the database while the index is locked, so
    that of several processes that change one row the last commit is what is found.

    Args:
        model: the model; it has one index.
        schema: the fields of its documents. Their ids are the primary keys, as str.
        document: what makes a dict of the schema's fields, without the id, of a row, or None where
            the row is not to be found. None takes the row's attributes of these names.
        queryset: what gives the rows that can be found, with ``select_related`` and the like; None
            takes the model's default manager.

    Raises:
        SchemaError: the model has an index already, or a composite primary key.
    """

    def __init__(
        self,
        model: type[_Row],
        schema: Schema,
        document: Callable[[_Row], Mapping[str, Any] | None] | None = None,
        *,
        queryset: Callable[[], QuerySet[_Row]] | None = None,
    ) -> None:
        self.model = model
        self.schema = schema
        self.label = model._meta.label
        self._document = document or self._attributes
        self._queryset = queryset or model._default_manager.all
        self._opened: Index | None = None
        self._lock = Lock()
        # What changed in the transaction that each connection is in, by primary key.
        self._changed: WeakKeyDictionary[BaseDatabaseWrapper, dict[Any, None]] = WeakKeyDictionary()
        if len(model._meta.pk_fields) > 1:
            raise SchemaError(f"{self.label} has a composite primary key: no id for its documents")
        if self.label in _INDEXES:
            raise SchemaError(f"{self.label} has an index already: a model has one")
        _INDEXES[self.label] = self
        if apps.ready:  # else the app does, when all models are there
            self.follow()

    @staticmethod
    def registered() -> Mapping[str, ModelIndex[Any]]:
        """Return the indexes of all models: ``"app.Model"`` → index."""
        return dict(_INDEXES)

    def __repr__(self) -> str:
        return f"<ModelIndex of {self.label}>"

    @property
    def path(self) -> Path:
        """The folder of the index: one for each schema, so that another version of the project,
        with another schema, goes on with its own.
        """
        plain = json.dumps(self.schema.to_dict(), sort_keys=True)
        digest = hashlib.sha256(plain.encode()).hexdigest()
        return conf.folder() / self.label.lower() / digest[:12]

    @property
    def outdated(self) -> list[Path]:
        """Folders of indexes of the model with other schemas."""
        path = self.path
        return [one for one in sorted(path.parent.glob("?" * len(path.name))) if one != path]

    @property
    def index(self) -> Index:
        """The index, to search in.

        Raises:
            SchemaMismatchError: there is only one with another schema; the message says what to
                run.
            AnalysisMismatchError: it was made by other rules of analysis; likewise.
        """
        path = self.path
        with self._lock:
            if self._opened is None or self._opened.path != path:
                self._opened = self._open(path)
            return self._opened

    def _open(self, path: Path) -> Index:
        command = f"manage.py rebuild_search_index {self.label}"
        if not path.exists() and self.outdated:
            raise SchemaMismatchError(
                f"the schema of {self.label} has changed, and there is no index with this one yet\n"
                f"  from the database: {command}"
            )
        try:
            return Index(self.schema, path)
        except AnalysisMismatchError as error:
            raise AnalysisMismatchError(f"{error}\n  from the database: {command}") from error

    def objects(self, hits: Iterable[Hit]) -> QuerySet[_Row]:
        """Return the rows of hits as a query set in the order of the hits.

        Rows that were deleted since are not in it.

        Args:
            hits: a result of ``index.search``, or some of its hits.
        """
        key_of = self.model._meta.pk.to_python
        keys = [key_of(hit.id) for hit in hits]
        if not keys:
            return self._queryset().none()
        places = [When(pk=key, then=Value(place)) for place, key in enumerate(keys)]
        rank = Case(*places, output_field=IntegerField())
        return self._queryset().filter(pk__in=keys).order_by(rank)

    def update(self, rows: QuerySet[Any] | Iterable[Any], *, using: str | None = None) -> None:
        """Index rows anew, or take them out where they are gone: at the end of the transaction, or
        at once where there is none.

        Args:
            rows: a query set of the model, or some rows or primary keys.
            using: the alias of their database; None takes that of the query set, or the default.

        Raises:
            IndexLockedError: another writer is open, and still was after the wait.
            DocumentError: what was made of a row does not fit the schema; the others are indexed.
        """
        if isinstance(rows, QuerySet):
            using = using or rows.db
            keys: Iterable[Any] = rows.values_list("pk", flat=True)
        else:
            keys = (row.pk if isinstance(row, Model) else row for row in rows)
        self._later(keys, using)

    def rebuild(
        self, *, using: str | None = None, progress: Callable[[int], None] | None = None
    ) -> AddResult:
        """Index all rows anew, and take out what has no row.

        A thousand rows are one commit: searches go on, and so do other writers in between. Where
        there is no index with this schema yet, or it is damaged, it is made whole before it is put
        in its place.

        Args:
            using: the alias of the database; None takes the one that the rows are read from.
            progress: takes the number of rows done so far.

        Returns:
            How many rows are indexed, and the documents that did not fit.

        Raises:
            IndexLockedError: another writer is open, and still was after the wait.
        """
        try:
            index = self.index
        except AnalysisMismatchError:
            reindex(self.path)
            index = self.index
        except (SchemaMismatchError, IndexDamagedError):
            return self._replace(using, progress)
        result = self._fill(index, using, progress)
        ids = (document[self.schema.id] for document in index.searcher().documents())
        key_of = self.model._meta.pk.to_python
        for some in _batches(map(key_of, ids)):
            there = self._rows(using).filter(pk__in=some).order_by().values_list("pk", flat=True)
            if gone := set(some).difference(there):
                self._write(index, list(gone), using)
        return result

    def follow(self) -> None:
        """Index what happens to the model's rows from now on. To follow twice is to follow once."""
        parent = self.model._meta.concrete_model or self.model
        heirs = [model for model in apps.get_models() if issubclass(model, parent)]
        models: set[type[Model]] = {parent, self.model, *heirs}
        for model in models:
            for signal in (post_save, post_delete):
                signal.connect(self._row_changed, sender=model, weak=False, dispatch_uid=self.label)
        for field in self.model._meta.many_to_many:
            m2m_changed.connect(
                partial(self._relation_changed, field),
                sender=field.remote_field.through,
                weak=False,
                dispatch_uid=(self.label, field.name),
            )

    def _row_changed(self, *, instance: Model, using: str, **_: Any) -> None:
        self._later([instance.pk], using)

    def _relation_changed(
        self,
        field: ManyToManyField[Any, Any],
        *,
        instance: Model,
        action: str,
        reverse: bool,
        pk_set: set[Any] | None,
        using: str,
        **_: Any,
    ) -> None:
        """A many-to-many field changed, from this model's side or, in reverse, from the other."""
        if not reverse:
            self._later([instance.pk], using)
        if reverse or field.related_model is field.model:
            if pk_set is not None:
                self._later(pk_set, using)
            elif action == "pre_clear":  # afterwards nobody knows which rows it were
                rows = self.model._base_manager.using(using).filter(**{field.name: instance})
                self._later(rows.values_list("pk", flat=True), using)

    def _later(self, keys: Iterable[Any], using: str | None) -> None:
        """Index these rows when the transaction is committed; at once where there is none."""
        connection = transaction.get_connection(using)
        plain = map(self.model._meta.pk.to_python, keys)  # a row made by hand may hold "7" for 7
        self._changed.setdefault(connection, {}).update(dict.fromkeys(plain))
        # Of all that a transaction leaves to its end, the first does the work of the others. Each
        # asks for it, because a savepoint that is rolled back takes what it asked for with it.
        transaction.on_commit(partial(self._index_changed, using), using=using)

    def _index_changed(self, using: str | None) -> None:
        changed = self._changed[transaction.get_connection(using)]
        if not changed:
            return
        keys = list(changed)
        try:
            result = self._write(self.index, keys, using)
        except IndexLockedError as error:
            raise IndexLockedError(
                f"{error}\n  {len(keys)} rows of {self.label} are saved and not yet found: they "
                "will be with the next change of this process, or by update(keys)",
                pid=error.pid,
            ) from error
        for key in keys:
            changed.pop(key, None)
        result.raise_for_rejected()

    def _replace(self, using: str | None, progress: Callable[[int], None] | None) -> AddResult:
        """Make the index beside the place where it is to be, and put it there."""
        path = self.path
        fresh, damaged = (path.with_name(path.name + end) for end in (".new", ".damaged"))
        for left in (fresh, damaged):
            shutil.rmtree(left, ignore_errors=True)
        result = self._fill(Index(self.schema, fresh), using, progress)
        if path.exists():
            path.rename(damaged)
        fresh.rename(path)
        shutil.rmtree(damaged, ignore_errors=True)
        return result

    def _fill(
        self, index: Index, using: str | None, progress: Callable[[int], None] | None
    ) -> AddResult:
        """Index all rows, in the order of their keys."""
        rows = self._rows(using).order_by("pk").values_list("pk", flat=True)
        done = added = 0
        rejected: list[Rejected] = []
        keys = list(rows[:_BATCH])
        while keys:
            result = self._write(index, keys, using)
            added += result.added
            rejected += result.rejected
            done += len(keys)
            if progress is not None:
                progress(done)
            keys = list(rows.filter(pk__gt=keys[-1])[:_BATCH])
        return AddResult(added, tuple(rejected))

    def _write(self, index: Index, keys: Sequence[Any], using: str | None) -> AddResult:
        """Make the index say of these rows what the database says, in one commit."""
        added = 0
        rejected: list[Rejected] = []
        with index.writer(memory=LEAST_MEMORY, wait=conf.wait()) as writer:
            # Read under the lock: whoever writes later has read later, too.
            for some in _batches(keys):
                found: dict[str, Mapping[str, Any]] = {}
                for row in self._rows(using).filter(pk__in=some):
                    document = self._document(row)
                    if document is not None:
                        found[str(row.pk)] = {**document, self.schema.id: str(row.pk)}
                result = writer.add_many(found.values())
                added += result.added
                rejected += result.rejected
                writer.delete(*(str(key) for key in some if str(key) not in found))
        return AddResult(added, tuple(rejected))

    def _rows(self, using: str | None) -> QuerySet[_Row]:
        rows = self._queryset()
        return rows if using is None else rows.using(using)

    def _attributes(self, row: _Row) -> dict[str, Any]:
        names = [*self.schema.fields, *filter(None, [self.schema.language])]
        return {name: getattr(row, name) for name in names}


def _batches(items: Iterable[_Item]) -> Iterator[list[_Item]]:
    iterator = iter(items)
    while some := list(islice(iterator, _BATCH)):
        yield some
