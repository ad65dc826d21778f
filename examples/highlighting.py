"""Fragments with the matches marked: original text, whole words, safe in HTML unless you say."""

from searchlib import Highlight, Index, Schema, Text

index = Index(Schema({"title": Text(), "body": Text()}, languages=["vi", "fr", "en"]))
index.add(
    [
        {
            "id": "fr",
            "title": "L’été à Huế",
            "body": "Un <b>été</b> sec. "
            + "La mer monte. " * 20
            + "À la fin de l’été, les pluies. "
            + "Le vent tombe. " * 20
            + "Un autre été commence.",
        },
        {"id": "vi", "title": "Mùa hè ở Huế", "body": "Quốc hội họp mùa hè; hội nghị quốc tế."},
    ]
)


def show(what: str, query: str, highlight: bool | list[str] | Highlight) -> None:
    print(f"{what}: {query}")
    for hit in index.search(query, highlight=highlight):
        for field, fragments in hit.highlights.items():
            for fragment in fragments:
                print(f"  {hit.id} {field}: {fragment}")


show("All text fields", "ete", True)
show("Only the title", "huế", ["title"])
show("Three short fragments", "été", Highlight(fields=["body"], size=40, fragments=3))
show("For a terminal", "quoc hoi", Highlight(before="*", after="*", style="text"))
show("A phrase marks only itself", '"quốc hội"', Highlight(before="*", after="*", style="text"))
