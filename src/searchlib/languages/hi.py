"""Hindi: no stemmer. Words are cut by ICU, which keeps vowel signs and virama with their letter,
and folding never strips them: they are the vowels."""

from __future__ import annotations

from typing import Final

from searchlib.analysis.language import Language

STOP_WORDS: Final = frozenset(
    """
    अगर अथवा अपना अपनी अपने अब आदि आप इस इसका इसकी इसके इसमें इसी इसे इन उन उनका उनकी उनके उस उसका
    उसकी उसके उसे एक एवं ऐसा ऐसे और कब कभी करके का कि किस किसी की कुछ के को कोई कौन क्या क्यों कहाँ
    कैसे जब जहाँ जिस जिसका जिसकी जिसके जिसे जैसे जो तक तब तथा तुम तो था थी थे द्वारा न नहीं ने पर
    परंतु बहुत भी मगर मुझे मेरा मेरी मेरे में मैं यदि यह यहाँ या ये वह वहाँ वाला वाली वाले वे सकता
    सकते से हम हमारा हमारी हमारे ही हुआ हुई हुए है हैं हो होता होती होते
    """.split()
)

LANGUAGE = Language(
    code="hi",
    name="Hindi",
    stop_words=STOP_WORDS,
)
