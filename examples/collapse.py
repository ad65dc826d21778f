"""Collapsing: the best page of each site, and one of all copies of a text."""

from searchlib import Collapse, Date, Index, Keyword, NearDuplicates, Schema, SearchResult, Text

RELEASE = (
    "The river authority opened the new lock at Saint Martin on Monday. Barges of up to 1,500 "
    "tonnes can now pass between the two basins in forty minutes, half of the time that the old "
    "locks took. The works cost 62 million and lasted four years, one year longer than planned."
)
OPINION = (
    "Nobody asked the people who live beside the old locks. The gardens along the canal are gone, "
    "the cafés wait for boats that no longer stop, and what the barges save in time the village "
    "pays in silence. A lock is more than a door for freight."
)
MENU = "We use cookies. Rate this page. Read more about water, weather and the harbour. "

FIELDS = {"title": Text(), "text": Text(), "site": Keyword(), "on": Date()}
index = Index(Schema(FIELDS, languages=["en"]))
rows = [
    ("New lock opens", RELEASE, "agency", "2024-05-06"),
    ("Correction: the new lock", RELEASE.replace("62", "64"), "agency", "2024-05-07"),
    ("Lock opened on Monday", MENU + RELEASE, "post", "2024-05-07"),
    ("What the lock took away", MENU + OPINION, "post", "2024-05-11"),
    (
        "Lock diary",
        "My week beside the lock: rain, then more rain, then barges.",
        None,
        "2024-05-12",
    ),
]
index.add({"id": str(n), **dict(zip(FIELDS, row, strict=True))} for n, row in enumerate(rows))


def show(title: str, result: SearchResult) -> None:
    print(f"{title}: {result.total} documents in {result.groups} groups")
    for hit in result:
        assert hit.group is not None
        name = "" if hit.group.value is None else f"{hit.group.value}: "
        more = f" (+{hit.group.count - 1})" if hit.group.count > 1 else ""
        print(f"  {name}{hit['title']}{more}")
        for other in hit.group.hits:
            print(f"      {other['title']}")


# The latest of each site, and the next two. What is of no site stands for itself.
show("by site", index.search("lock", collapse=Collapse("site", hits=2), sort="-on"))

# Pages count groups.
show("second page", index.search("lock", collapse="site", sort="-on", limit=2, offset=2))

# The release, its correction and the copy under a newspaper's menu are one text; the opinion under
# the same menu is another.
show("by text", index.search("lock", collapse=NearDuplicates(hits=5), sort="on"))
