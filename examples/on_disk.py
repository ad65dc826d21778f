"""An index in a folder: reopened as it was, guarded against another schema and a second writer."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory

from searchlib import (
    Date,
    Index,
    IndexLockedError,
    IndexNotFoundError,
    Schema,
    SchemaMismatchError,
    Text,
    reindex,
)

schema = Schema({"title": Text(), "day": Date()}, languages=["vi", "en"])

with TemporaryDirectory() as temporary:
    folder = Path(temporary) / "my-index"
    try:
        Index.open(folder)
    except IndexNotFoundError:
        print("no index there yet")

    index = Index(schema, folder)
    index.add([{"id": "1", "title": "Quốc hội", "day": "2022-09-15"}])
    print("in the folder:", *sorted(path.name for path in folder.iterdir()))
    manifest = json.loads((folder / "searchlib.json").read_text("utf-8"))
    print("the manifest says:", ", ".join(manifest))

    again = Index.open(folder)  # in another process, on another day
    print("reopened:", again.search("quoc hoi").hits[0].document)

    try:
        Index(Schema({"title": Text(), "year": Text()}), folder)
    except SchemaMismatchError:
        print("another schema: refused, nothing was touched")

    with again.writer() as writer:
        writer.add({"id": "2", "title": "Parliament"})
        try:
            index.writer()
        except IndexLockedError as error:
            print("a second writer:", str(error).split(":")[0].replace(str(folder), "my-index"))
        print("before the commit:", len(index), "document")
    print("after it:", len(index), "documents")

    del index, again
    print("rebuilt from what it stores:", reindex(folder), "documents")
