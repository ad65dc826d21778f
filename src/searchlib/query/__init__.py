"""What to look for: nodes, facets to count, and the parser from string to nodes."""
