"""An index over HTTP: a JSON API and a search page. Needs the extra: ``searchlib[serve]``.

    from searchlib.serve import run

    run("my-index", port=8000)  # then open http://127.0.0.1:8000/

or ``create_app`` for a server of one's own. docs/serve.md tells the rest.
"""

from importlib.util import find_spec

from searchlib.errors import MissingExtraError

_MISSING = [
    name for name in ("prometheus_client", "starlette", "uvicorn") if find_spec(name) is None
]
if _MISSING:
    raise MissingExtraError(
        f"the server takes {', '.join(_MISSING)}, which is not installed: "
        "pip install 'searchlib[serve]'",
        name=_MISSING[0],
    )

from searchlib.serve.app import create_app  # noqa: E402
from searchlib.serve.limits import ServerLimits  # noqa: E402
from searchlib.serve.server import run  # noqa: E402

__all__ = ["ServerLimits", "create_app", "run"]
