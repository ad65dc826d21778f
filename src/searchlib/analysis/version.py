"""The version of the analysis: indexes of another version hold terms that queries may not meet.

Raise it with every change that gives any word other terms. A test compares what the analysis does
with a fingerprint taken at this version, so that the change cannot be forgotten.
"""

from typing import Final

__all__ = ["ANALYSIS_VERSION"]

ANALYSIS_VERSION: Final = "6"
