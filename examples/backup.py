"""A copy while writing goes on, a check of every byte, and a copy put back."""

import os
from pathlib import Path
from tempfile import TemporaryDirectory

from searchlib import Index, IndexLockedError, Schema, Text, backup, restore, verify

with TemporaryDirectory() as name:
    folder = Path(name)
    index = Index(Schema({"title": Text()}, languages=["vi", "fr"]), folder / "index")
    index.add([{"id": "1", "title": "Quốc hội"}, {"id": "2", "title": "L’été"}])

    with index.writer() as writer:
        writer.add({"id": "3", "title": "Đường về quê"})
        copied = backup(folder / "index", folder / "copy")  # the last commit: without 3
        try:
            index.writer(wait=0.1)
        except IndexLockedError as error:
            whose = "this process" if error.pid == os.getpid() else f"process {error.pid}"
            print("another writer has to wait for", whose)
    print(f"{copied.documents} documents in the copy, {len(index)} in the index")

    # A bit flips on the disk.
    file = next((folder / "index" / "data-1").glob("*.store"))
    content = bytearray(file.read_bytes())
    content[3] ^= 1
    file.write_bytes(content)
    found = verify(folder / "index")
    print(f"whole: {found.is_whole}; {len(found.problems)} file damaged")

    restore(folder / "copy", folder / "index")
    print("after the copy was put back:", sorted(hit.id for hit in index.search("quoc hoi ete")))
