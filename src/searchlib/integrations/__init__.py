"""What fits searchlib into other libraries: one module for each, and an extra of its name."""
