"""Documents read from files: whole, in order, and what cannot be read named."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from searchlib import ReadError
from searchlib.io import BadRow, read


def write(path: Path, text: str | bytes) -> Path:
    data = text.encode() if isinstance(text, str) else text
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return path


ROWS = [{"id": str(n), "title": f"Đường {n}\n“số”", "year": n} for n in range(50)]


@pytest.mark.parametrize("name", ["a.jsonl", "a.ndjson", "a.jsonl.gz", "A.JSONL"])
def test_json_lines_come_back_as_they_are(tmp_path: Path, name: str) -> None:
    text = "\r\n".join(json.dumps(row) for row in ROWS)
    records = read(write(tmp_path / name, text))
    assert list(records) == ROWS
    assert records.share == 1.0
    assert records.notices == ()


def test_lines_that_are_no_json_are_told_by_their_place(tmp_path: Path) -> None:
    lines = ['{"id": "1"}', "", "{oops}", '{"id": NaN}', '{"id": "2"}', "[1]", "[" * 100_000]
    path = write(tmp_path / "a.jsonl", "\n".join(lines))
    bad: list[BadRow] = []
    assert list(read(path, on_bad=bad.append)) == [{"id": "1"}, {"id": "2"}]
    assert [row.position for row in bad] == [1, 2, 4, 5]
    assert [row.reason.split(":")[0] for row in bad] == ["line 3", "line 4", "line 6", "line 7"]
    assert [row.raw for row in bad] == ["{oops}", '{"id": NaN}', [1], "[" * 100_000]
    with pytest.raises(ReadError, match=r"line 3: no JSON: .* on_bad= collects"):
        list(read(path))
