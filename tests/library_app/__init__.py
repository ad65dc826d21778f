"""An app of a Django project: books, their authors and tags."""
