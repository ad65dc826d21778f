"""A change of what the analysis does cannot be forgotten: it must raise the analysis version.

``analysis_fingerprint.json`` holds, for each text of the golden files, a hash of its terms at the
version of the analysis that it names. New texts may be added at any time; a known text whose terms
have changed needs a new version. After raising ``ANALYSIS_VERSION`` in
``src/searchlib/analysis/version.py``, or to take in new texts, run::

    python -m tests.test_version
"""

from __future__ import annotations

import json
import sys
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import pytest

from searchlib.analysis import ANALYSIS_VERSION, icu_version
from searchlib.languages import analyzer

HERE: Final = Path(__file__).parent
FILE: Final = HERE / "analysis_fingerprint.json"
GOLDEN: Final = sorted((HERE / "golden").glob("*.txt"))
# ICU cuts their words by dictionaries, which differ from one of its releases to the next.
BY_DICTIONARY: Final = {"ja", "km", "lo", "my", "th", "zh"}
REMEDY: Final = (
    "The analysis gives other terms than at version {version}: indexes made by that version would "
    "not meet queries. Raise ANALYSIS_VERSION in src/searchlib/analysis/version.py, then take the "
    "fingerprint again with `python -m tests.test_version`. Changed, by language: {changed}"
)

#: Language → text → hash of its terms.
Fingerprint = dict[str, dict[str, str]]


def texts(path: Path) -> list[str]:
    lines = path.read_text("utf-8").splitlines()
    return [line.removeprefix("text:").strip() for line in lines if line.startswith("text:")]


def terms_hash(text: str, code: str) -> str:
    views = analyzer(code).views(text)
    # Where no phrase is looked for, the order of terms is of no account.
    beside = [*views.pair.split(), *views.characters.split()]
    terms = [views.written, views.folded, sorted(views.stem.split()), sorted(beside)]
    return sha256(json.dumps(terms).encode()).hexdigest()[:16]


def taken() -> dict[str, Any]:
    plain: dict[str, Any] = json.loads(FILE.read_text("utf-8"))
    return plain


def changes(known: Fingerprint, *, same_icu: bool) -> dict[str, list[str]]:
    """The texts of a fingerprint whose terms are others now."""
    found = {
        code: [text for text, terms in hashes.items() if terms_hash(text, code) != terms]
        for code, hashes in known.items()
        if same_icu or code not in BY_DICTIONARY
    }
    return {code: changed for code, changed in found.items() if changed}


def test_changed_terms_have_a_new_version() -> None:
    plain = taken()
    changed = changes(plain["fingerprint"], same_icu=plain["icu"] == icu_version())
    assert not changed, REMEDY.format(version=plain["version"], changed=changed)


def test_the_fingerprint_is_of_this_version() -> None:
    assert taken()["version"] == ANALYSIS_VERSION, "run `python -m tests.test_version`"


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_the_fingerprint_knows_every_language_of_the_golden_files(path: Path) -> None:
    known = taken()["fingerprint"].get(path.stem, {})
    assert len(set(known) & set(texts(path))) > 0, "run `python -m tests.test_version`"


def test_a_change_would_be_seen() -> None:
    text = "L’été des coopérations"
    assert changes({"fr": {text: terms_hash(text, "fr")}}, same_icu=True) == {}
    assert changes({"fr": {text: terms_hash(text, "vi")}}, same_icu=True) == {"fr": [text]}
    assert changes({"th": {"ไทย": "0"}}, same_icu=False) == {}


def take() -> None:
    """Write the fingerprint of the analysis as it is now."""
    if FILE.exists():
        old = taken()
        changed = changes(old["fingerprint"], same_icu=old["icu"] == icu_version())
        if changed and old["version"] == ANALYSIS_VERSION:
            sys.exit(REMEDY.format(version=ANALYSIS_VERSION, changed=changed))
    fingerprint: Fingerprint = {
        path.stem: {text: terms_hash(text, path.stem) for text in texts(path)} for path in GOLDEN
    }
    plain = {"version": ANALYSIS_VERSION, "icu": icu_version(), "fingerprint": fingerprint}
    FILE.write_text(json.dumps(plain, ensure_ascii=False, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    take()
