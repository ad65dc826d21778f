"""Hindi. Words are cut by ICU, which keeps vowel signs and virama with their letter, and folding
never strips them: they are the vowels. The stemmer takes off the endings of Ramanathan and Rao, "A
Lightweight Stemmer for Hindi" (2003), and with -nī its plurals (कहानी, कहानियाँ)."""

from __future__ import annotations

import re
from typing import Final

from searchlib.analysis.fold import fold
from searchlib.analysis.language import Language, Weights

STOP_WORDS: Final = frozenset(
    """
    अगर अथवा अपना अपनी अपने अब आदि आप इस इसका इसकी इसके इसमें इसी इसे इन उन उनका उनकी उनके उस उसका
    उसकी उसके उसे एक एवं ऐसा ऐसे और कब कभी करके का कि किस किसी की कुछ के को कोई कौन क्या क्यों कहाँ
    कैसे जब जहाँ जिस जिसका जिसकी जिसके जिसे जैसे जो तक तब तथा तुम तो था थी थे द्वारा न नहीं ने पर
    परंतु बहुत भी मगर मुझे मेरा मेरी मेरे में मैं यदि यह यहाँ या ये वह वहाँ वाला वाली वाले वे सकता
    सकते से हम हमारा हमारी हमारे ही हुआ हुई हुए है हैं हो होता होती होते
    """.split()
)

_ENDINGS: Final = """
    ा ि ी ु ू े ो ां ीं ें ों
    ियां ियों ाइयां ाइयों ुआं ुएं ुओं ाएं ाओं ताएं ताओं नाएं नाओं नि नियां नियों
    ना नी ने ाना ाने ता ती ते तीं ाता ाती ाते ातीं कर ाकर ाई ाईं ाए ाया ाओ िए ाइए
    ूंगा ूंगी ाऊंगा ाऊंगी ेगा ेगी ोगे ोगी ाएगा ाएगी ाओगे ाओगी ेंगे ेंगी एंगे एंगी ाएंगे ाएंगी
""".split()
# The shortest stem, of two signs and more, is what the longest ending leaves.
_STEM: Final = re.compile(f"(..+?)(?:{'|'.join(_ENDINGS)})?")
# A nasal before a stop of its own class, which most writers of today write as anusvara.
_NASAL: Final = re.compile("ङ्(?=[क-घ])|ञ्(?=[च-झ])|ण्(?=[ट-ढ])|न्(?=[त-ध])|म्(?=[प-भ])")


def stem_input(word: str) -> str:
    """Fold, with one spelling of nasals.

    >>> [stem_input(word) for word in ("हिन्दी", "हिंदी", "लम्बा", "लंबा", "गङ्गा", "गंगा")]
    ['हिंदी', 'हिंदी', 'लंबा', 'लंबा', 'गंगा', 'गंगा']
    """
    return _NASAL.sub("ं", fold(word))


def stem(word: str) -> str:
    """Take off the longest ending, given a folded word.

    >>> [stem(word) for word in ("लडका", "लडके", "लडकों", "नदी", "नदियां", "भाषा", "भाषाओं")]
    ['लडक', 'लडक', 'लडक', 'नद', 'नद', 'भाष', 'भाष']
    >>> [stem(word) for word in ("पढना", "पढता", "पढेगी", "पढकर", "पढाया", "घर", "है")]
    ['पढ', 'पढ', 'पढ', 'पढ', 'पढ', 'घर', 'है']
    """
    match = _STEM.fullmatch(word)
    return match[1] if match else word


LANGUAGE = Language(
    code="hi",
    name="Hindi",
    script="DEVANAGARI",
    stemmer=stem,
    stem_input=stem_input,
    stop_words=STOP_WORDS,
    plain=Weights(folded=0.3, stem=1.0, pair=0.2),
    marked=Weights(written=0.1, folded=0.3, stem=1.0, pair=0.2),
)
