"""What a server counts about itself, as Prometheus reads it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

__all__ = ["MEDIA_TYPE", "Metrics"]

#: The form in which ``Metrics.text`` is.
MEDIA_TYPE: Final = CONTENT_TYPE_PLAIN_0_0_4

_BUCKETS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class Metrics:
    """Counts of one server, apart from those of others in the process.

    Args:
        documents: how many documents the index holds.
        running: how many searches run.
        waiting: how many wait for a thread.
    """

    def __init__(
        self,
        documents: Callable[[], float],
        running: Callable[[], float],
        waiting: Callable[[], float],
    ) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "searchlib_requests",
            "Requests answered.",
            ["operation", "status"],
            registry=self._registry,
        )
        self._seconds = Histogram(
            "searchlib_request_seconds",
            "Seconds from request to answer, waiting included.",
            ["operation"],
            buckets=_BUCKETS,
            registry=self._registry,
        )
        for name, about, read in (
            ("searchlib_documents", "Documents in the index.", documents),
            ("searchlib_searches_running", "Searches that run now.", running),
            ("searchlib_searches_waiting", "Searches that wait for a thread.", waiting),
        ):
            Gauge(name, about, registry=self._registry).set_function(read)

    def count(self, operation: str, status: int, seconds: float) -> None:
        """Count one request."""
        self._requests.labels(operation, str(status)).inc()
        self._seconds.labels(operation).observe(seconds)

    def text(self) -> bytes:
        """Return all counts."""
        return generate_latest(self._registry)
