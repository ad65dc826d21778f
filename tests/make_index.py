"""Make the index of this release that every later one must open.

    python -m tests.make_index

Writes ``tests/data/index-VERSION.zip``, in place of the one of the same version. To be run where
a release changes the files of an index; those of earlier releases stay, and are tested too.
"""

from __future__ import annotations

import json
import tempfile
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from searchlib import (
    Boolean,
    Category,
    Date,
    DateTime,
    Float,
    Index,
    Integer,
    Keyword,
    Schema,
    Stored,
    Text,
    __version__,
    verify,
)
from tests.conftest import ROOT

FOLDER: Final = ROOT / "tests" / "data"
INDEX: Final = "index"
EXPECTED: Final = "documents.json"
SCHEMA: Final = Schema(
    {
        "title": Text(weight=2.0, collation="vi"),
        "body": Text(),
        "tag": Keyword(),
        "path": Category(),
        "number": Integer(),
        "price": Float(),
        "flag": Boolean(),
        "day": Date(),
        "moment": DateTime(),
        "extra": Stored(),
    },
    language="lang",
    languages=["vi", "fr", "en", "th"],
)
_TEXTS: Final = (
    ("vi", "Chủ tịch Quốc hội", "Đường về quê xa lắm, qua sông và đồng lúa."),
    ("fr", "L’été à Montréal", "Les coopérations d’aujourd’hui et de demain."),
    ("en", "Old maps of the world", "Running rivers and the cartographers who drew them."),
    ("th", "ประเทศไทย", "แม่น้ำเจ้าพระยาไหลผ่านกรุงเทพมหานคร"),
)


def documents() -> list[dict[str, Any]]:
    """What the index holds."""
    made = []
    for number in range(24):
        language, title, body = _TEXTS[number % len(_TEXTS)]
        made.append(
            {
                "id": f"d{number}",
                "lang": language,
                "title": f"{title} {number}",
                "body": [body, f"word{number}"],
                "tag": ["a", "b"][: number % 3],
                "path": f"News/{number % 5}",
                "number": number - 12,
                "price": number / 8,
                "flag": number % 2 == 0,
                "day": date(2020, 1, 1 + number),
                "moment": datetime(2020, 1, 1, number, tzinfo=UTC),
                "extra": {"deep": [number, None, "\ud800"]},
            }
        )
    return [{name: value for name, value in one.items() if value != []} for one in made]


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / INDEX
        index = Index(SCHEMA, folder)
        made = documents()
        index.add([*made[:8], {"id": "gone", "title": "deleted"}])
        index.add([{**made[9], "title": "replaced"}, *made[8:16]])
        index.add([*made[16:], made[9]])
        index.delete("gone")
        assert verify(folder).is_whole
        assert len(index) == len(made)
        target = FOLDER / f"index-{__version__}.zip"
        with ZipFile(target, "w", ZIP_DEFLATED) as archive:
            for path in sorted(folder.rglob("*")):
                if path.is_file():
                    _put(archive, f"{INDEX}/{path.relative_to(folder)}", path.read_bytes())
            plain = json.dumps(made, default=str, indent=1).encode()
            _put(archive, EXPECTED, plain)
        print(f"{target.relative_to(ROOT)}: {len(made)} documents, {target.stat().st_size:,} bytes")


def _put(archive: ZipFile, name: str, content: bytes) -> None:
    archive.writestr(
        ZipInfo(name), content, ZIP_DEFLATED
    )  # of no date, so that only content counts


if __name__ == "__main__":
    main()
