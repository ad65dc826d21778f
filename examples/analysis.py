"""What becomes of a text: its words, and each word as written, folded (no marks) and stemmed.

The same analysis serves documents, queries and highlights: when a search surprises, look here.
"""

from searchlib import analyze

TEXTS = {
    "vi": "Đường đến Hoà Bình, đường về Hòa Bình",  # two places for one tone mark
    "fr": "Aujourd’hui, l’électricité des étudiant·e·s",  # articles and endings cut off
    "en": "The children's co-operation",
    "th": "ภาษาไทยไม่มีช่องว่าง",  # a script without spaces: words come from a dictionary
}

for language, text in TEXTS.items():
    print(f"{language}: {text}")
    print(analyze(text, language))
    print()

# Offsets count the code points of the text as given, so they mark it exactly.
text = "L’été 🌞 à Đà Lạt"
for token in analyze(text, "fr").tokens:
    assert text[token.start : token.end] == token.text
    print(f"{token.start:>2}-{token.end:<2} {token.text} → {token.folded}")
