"""What a search box offers while somebody types: words with their marks, the next word, titles."""

from searchlib import Index, Schema, Text

index = Index(Schema({"title": Text(weight=2.0), "body": Text()}, languages=["vi", "fr", "en"]))
index.add(
    [
        {"id": "1", "title": "Chủ tịch Quốc hội thăm Lào", "body": "Quốc hội hai nước hợp tác"},
        {"id": "2", "title": "Quốc hội và hoà bình", "body": "Đường đến hoà bình còn dài"},
        {"id": "3", "title": "L’été à Montréal", "body": "Un été chaud, des étés plus longs"},
        {"id": "4", "title": "The United States", "body": "of America, united in cooperation"},
    ]
)

TYPED = (
    "quoc h",  # words that stand beside the word before come first
    "du",
    "đư",  # marks that were typed are kept
    "l’et",
    "the united ",  # the next word
    'body:"hoa b',
)
for typed in TYPED:
    found = index.suggest(typed, limit=3)
    offers = ", ".join(f"{one.query} ({one.documents})" for one in found)
    print(f"{typed:<14}{offers or '—'}")

print("\nTitles:")
for typed in ("quoc h", "ete"):
    titles = ", ".join(one.text for one in index.suggest_titles(typed, "title"))
    print(f"{typed:<14}{titles}")
