"""The only part that turns schema, documents, queries and facets into tantivy's."""
