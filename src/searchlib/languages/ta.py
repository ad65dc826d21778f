"""Tamil: a word carries its case, number and particles, and the stemmer takes them off. Folding
keeps vowel signs and virama."""

from __future__ import annotations

from typing import Final

from searchlib.analysis.language import Language, Weights

STOP_WORDS: Final = frozenset(
    """
    அது அதன் அதில் அதற்கு அந்த அப்படி அல்ல அல்லது அவர் அவர்கள் அவள் அவன் அவை ஆக ஆகிய ஆகும் ஆனால் இது
    இதன் இதில் இந்த இருந்த இருந்தது இருந்து இல்லை இவர் இவை உள்ள உள்ளது எந்த எப்படி எப்போது எல்லா என
    என்பது என்ற என்று என்ன எனவே ஏன் ஒரு ஒரே கொண்ட சில தான் நாம் நான் நீ நீங்கள் பல பற்றி பிறகு
    மட்டும் மற்றும் மிக மிகவும் மேலும் யார் வரை வேண்டும்
    """.split()
)

LANGUAGE = Language(
    code="ta",
    name="Tamil",
    script="TAMIL",
    stemmer="tamil",
    stop_words=STOP_WORDS,
    pairs_of_stems=True,
    plain=Weights(folded=0.3, stem=1.0, pair=0.2),
    marked=Weights(written=0.1, folded=0.3, stem=1.0, pair=0.2),
)
