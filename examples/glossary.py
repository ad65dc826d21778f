"""A glossary: a term typed in one language finds the texts that have it in another."""

from pathlib import Path

from seed_texts import read_folder

from searchlib import Glossary, Highlight, Index, Schema, Text

HERE = Path(__file__).resolve().parent
MARKS = Highlight(fields=["body"], size=64, before="[", after="]", style="text")

index = Index(Schema({"title": Text(weight=2.0), "body": Text()}, languages=["vi", "fr", "en"]))
pages = read_folder(HERE.parent / "seeds")
index.add({"id": page.name, "title": page.title, "body": page.body} for page in pages)

# A row for each concept, a column for each language. It can change at any time: no text is indexed
# anew, the next search is given the new one.
glossary = Glossary.from_csv(HERE / "glossary.csv")
print(f"{glossary}\n")


def show(query: str) -> None:
    before = set(index.search(query).ids)
    result = index.search(query, glossary=glossary, highlight=MARKS)
    print(f"❯ {query}")
    for notice in result.notices:
        if notice.code == "glossary":
            print(f"    {notice}")
    for hit in result:
        new = " " if hit.id in before else "+"
        (fragment,) = hit.highlights.get("body", ("",))
        print(f"  {new} {hit.language}  {hit.id[:3]}  {fragment}")
    print()


show("quốc hội")  # finds the English text on parliaments
show("partenariat femmes")
show('"memorandum of understanding"')  # a phrase, its translations as phrases
show("đại sứ hòa bình")
print(index.explain("quốc hội", index.search("quốc hội", glossary=glossary).hits[-1],
                    glossary=glossary))  # fmt: skip
