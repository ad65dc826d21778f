"""What marks do: preferred, demanded or ignored, by the search or by the word."""

from searchlib import Fuzzy, Index, Match, Phrase, Query, Regex, Schema, SearchResult, Text

index = Index(Schema({"name": Text()}, languages=["vi", "fr"]))
vietnamese = ["hội nghị", "hồi ức", "hôi hám", "hoi hop", "Hòa Bình", "Hoà Lạc", "hoa hồng"]
index.add(({"id": name, "name": name} for name in vietnamese), language="vi")
french = ["un péché", "une pêche", "des pêches", "peche sans accent"]
index.add(({"id": name, "name": name} for name in french), language="fr")


def show(what: str, result: SearchResult) -> None:
    print(f"  {what:<18} {', '.join(result.ids) or '—'}")


print("By the search")
for text in ("hội", "hoi", "hoà", "pêche"):
    show(text, index.search(text))
    show(f"{text} strict", index.search(text, accents="strict"))
    show(f"{text} ignore", index.search(text, accents="ignore"))

print("By the word")
for query in ("=pêche", "=~pêche", '="hoà bình"', "=hô*", "péché -=pêche"):
    show(query, index.search(query))

print("By the node")
nodes: list[Query] = [
    Match("hồi", accents="strict"),
    Phrase("hội nghị", accents="strict"),
    Fuzzy("pêchet", accents="strict"),
    Regex("h[oô].*"),  # a pattern with marks is matched with marks
    Regex("ho[aà].?"),
]
for node in nodes:
    show(str(node), index.search(node))

# In a query string a regular expression has to be asked for: people type 1/2 and /etc/hosts.
print("As typed")
show("/h.a/", index.search("/h.a/"))
show("/h.a/ regex", index.search("/h.a/", regex=True))
