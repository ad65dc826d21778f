"""``python -m searchlib`` is the command line."""

from searchlib.cli import main

if __name__ == "__main__":
    main()
