"""How far something long has come."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Progress"]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a load has come.

    Attributes:
        added: documents added.
        rejected: rows that were not.
        seconds: since it began.
        share: how much of the source has been read, from 0 to 1; None where nobody knows.

    >>> from searchlib.io import Progress
    >>> now = Progress(added=900, rejected=100, seconds=5.0, share=0.25)
    >>> now.rate, now.left
    (200.0, 15.0)
    """

    added: int
    rejected: int
    seconds: float
    share: float | None

    @property
    def rate(self) -> float:
        """Rows a second."""
        return (self.added + self.rejected) / self.seconds if self.seconds else 0.0

    @property
    def left(self) -> float | None:
        """The seconds that the rest will take; None where nobody knows."""
        return self.seconds / self.share - self.seconds if self.share else None
