"""Rows of a Django model, found as soon as they are committed: pip install 'searchlib[django]'.

A project in one file. In one of several, settings, models and indexes stand in files of their own:
see docs/integrations/django.md.
"""

from tempfile import TemporaryDirectory

import django
from django.conf import settings
from django.db import connection, models, transaction

from searchlib import Integer, Keyword, Schema, Text
from searchlib.integrations.django import ModelIndex

folder = TemporaryDirectory()
settings.configure(
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    INSTALLED_APPS=["searchlib.integrations.django"],
    SEARCHLIB={"PATH": folder.name},
)
django.setup()


class Book(models.Model):
    """A table of books."""

    title = models.CharField(max_length=200)
    author = models.CharField(max_length=100)
    year = models.IntegerField()

    class Meta:
        app_label = "library"


with connection.schema_editor() as editor:
    editor.create_model(Book)

# The fields of the schema are attributes of the rows.
books = ModelIndex(
    Book,
    Schema({"title": Text(), "author": Keyword(), "year": Integer()}, languages=["vi", "fr", "en"]),
)

with transaction.atomic():
    Book.objects.create(title="Chủ tịch Quốc hội", author="Quang", year=2022)
    Book.objects.create(title="Hợp tác giữa Quốc hội hai nước", author="Quang", year=2020)
    Book.objects.create(title="L’été à Montréal", author="Salim", year=2021)

result = books.index.search("quoc hoi", facets=["author"], highlight=True)
for hit, book in zip(result, books.objects(result), strict=True):
    print(f"{hit.score:.2f}  {book.year}  {hit.highlights['title'][0]}")
print(result.facets["author"].as_dict())

try:
    with transaction.atomic():
        Book.objects.all().delete()
        raise RuntimeError("something went wrong")
except RuntimeError:
    print(f"rolled back: {len(books.index)} books are found")

Book.objects.filter(year__lt=2022).update(author="Khairat")  # sends no signals
books.update(Book.objects.filter(year__lt=2022))
print(books.index.search(facets=["author"]).facets["author"].as_dict())

folder.cleanup()
