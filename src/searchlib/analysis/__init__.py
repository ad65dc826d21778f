"""Text to tokens: normalize → segment → cut → fold, lower, stem → the terms of each view."""

from searchlib.analysis.analyzer import (
    FORM_JOINT,
    PAIR_JOINT,
    Analysis,
    Analyzer,
    Spot,
    Term,
    Token,
    Views,
    WordTerms,
    unspaced_runs,
)
from searchlib.analysis.fold import fold, has_marks, unmarked
from searchlib.analysis.language import Language, View, Weights, WordRule
from searchlib.analysis.segment import collation_key, icu_version, unicode_version
from searchlib.analysis.version import ANALYSIS_VERSION

__all__ = [
    "ANALYSIS_VERSION",
    "FORM_JOINT",
    "PAIR_JOINT",
    "Analysis",
    "Analyzer",
    "Language",
    "Spot",
    "Term",
    "Token",
    "View",
    "Views",
    "Weights",
    "WordRule",
    "WordTerms",
    "collation_key",
    "fold",
    "has_marks",
    "icu_version",
    "unicode_version",
    "unmarked",
    "unspaced_runs",
]
