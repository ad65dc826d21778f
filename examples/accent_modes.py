"""What marks do: preferred, demanded or ignored, by the search or by the word."""

from searchlib import Accents, Fuzzy, Index, Match, Phrase, Query, Regex, Schema, Text

MODES: tuple[Accents, ...] = ("prefer", "strict", "ignore")

index = Index(Schema({"name": Text()}, languages=["vi", "fr"]))
vietnamese = ["hội nghị", "hồi ức", "hôi hám", "hoi hop", "Hòa Bình", "Hoà Lạc", "hoa hồng"]
index.add(({"id": name, "name": name} for name in vietnamese), language="vi")
french = ["un péché", "une pêche", "des pêches", "peche sans accent"]
index.add(({"id": name, "name": name} for name in french), language="fr")

print("By the search")
for text in ("hội", "hoi", "hoà", "pêche"):
    for mode in MODES:
        result = index.search(text, accents=mode)
        print(f"  {text:<6} {mode:<7} {', '.join(result.ids) or '—'}")

print("By the word")
for query in ("=pêche", "=~pêche", '="hoà bình"', "=hô*", "péché -=pêche"):
    print(f"  {query:<14} {', '.join(index.search(query).ids) or '—'}")

print("By the node")
nodes: list[Query] = [
    Match("hồi", accents="strict"),
    Phrase("hội nghị", accents="strict"),
    Fuzzy("pêchet", accents="strict"),
    Regex("h[oô].*"),  # a pattern with marks is matched with marks
    Regex("ho[aà].?"),
]
for node in nodes:
    print(f"  {node!s:<14} {', '.join(index.search(node).ids) or '—'}")

# In a query string a regular expression has to be asked for: people type 1/2 and /etc/hosts.
print("As typed")
for regex in (False, True):
    print(
        f"  /p[eé]ch.+/ {regex!s:<6} {', '.join(index.search('/p[eé]ch.+/', regex=regex).ids) or '—'}"
    )
