"""Marks typed and not typed: left out they match everything, typed they come first."""

from searchlib import Index, Schema, Text

index = Index(Schema({"name": Text()}, languages=["vi", "fr"]))
names = ["ma", "má", "mà", "mả", "mã", "mạ", "đá banh", "dạ tiệc", "Hòa Bình", "Thuỷ Tiên"]
index.add(({"id": name, "name": name} for name in names), language="vi")
french = ["une pêche", "un péché", "un pêcheur", "l’œuvre"]
index.add(({"id": name, "name": name} for name in french), language="fr")


def show(query: str, what: str) -> None:
    result = index.search(query, limit=6)
    print(f"{query:<10} {', '.join(result.ids) or '—':<32} {what}")


show("ma", "no mark typed: every tone")
show("mã", "a mark typed: that syllable first")
show("da banh", "đ is typed as d")
show("đá", "đ typed: đá before dạ")
show("hoà bình", "the other style of placing the tone")
show("thủy tiên", "… and the other way round")
show("thuy tien", "… or no marks at all")
show("peche", "every pêche and péché")
show("péché", "the sin first")
show("oeuvre", "ligatures too")
