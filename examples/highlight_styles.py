"""Highlights for a page, a terminal, plain text, or as offsets; fragments or whole texts."""

from searchlib import Highlight, Index, Schema, Text

index = Index(Schema({"title": Text(), "names": Text()}, languages=["vi", "fr", "en"]))
index.add(
    [
        {
            "id": "huế",
            "title": "L’été <b>à Huế</b> & l’été à Đà Nẵng",
            "names": ["Huế", "Hội An", "Đà Nẵng & Huế"],
        }
    ]
)


def show(what: str, query: str, highlight: Highlight) -> None:
    print(f"{what}: {query}")
    for hit in index.search(query, highlight=highlight):
        for field, fragments in hit.highlights.items():
            for fragment in fragments:
                print(f"  {field}, value {fragment.value}: {fragment!r}")


show("For a page, what the text holds is escaped", "ete", Highlight())
show("With a tag of one's own", "ete", Highlight(before='<em class="hit">', after="</em>"))
show("For a terminal", "ete", Highlight(style="ansi"))
show("As plain text", "ete", Highlight(style="text", before="**", after="**"))
show("The whole field, every value", "hue", Highlight(["names"], size=None, style="text"))

print("Where the matches are, for an editor or a PDF: đà nẵng")
(hit,) = index.search("đà nẵng", highlight=Highlight(style="ranges", fragments=5))
for field, fragments in hit.highlights.items():
    for fragment in fragments:
        value = hit[field] if isinstance(hit[field], str) else hit[field][fragment.value]
        for start, end in fragment.matches:
            print(f"  {field}, value {fragment.value}, {start}-{end}: {value[start:end]}")
