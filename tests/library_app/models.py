from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.db import models


class Author(models.Model):
    name = models.CharField(max_length=100)


class Tag(models.Model):
    name = models.CharField(max_length=100)
    books: Any  # what Book.tags makes of it


class Book(models.Model):
    title = models.CharField(max_length=200)
    year = models.IntegerField(null=True)
    is_draft = models.BooleanField(default=False)
    author = models.ForeignKey(Author, null=True, on_delete=models.CASCADE, related_name="books")
    tags = models.ManyToManyField(Tag, related_name="books")
    likes = models.ManyToManyField("self")


class Classic(Book):
    class Meta:
        proxy = True


class Atlas(Book):
    scale = models.IntegerField(default=1)


class Note(models.Model):
    key = models.UUIDField(primary_key=True, default=uuid4)
    text = models.TextField()


class Loan(models.Model):
    pk = models.CompositePrimaryKey("book", "day")
    book = models.IntegerField()
    day = models.DateField()
