"""How a result looks: in a notebook, on a terminal."""
