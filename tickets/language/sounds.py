"""How characters sound: pinyin without tones, with the pairs merged that recognisers and accents mix up."""

from functools import cache

from pypinyin.pinyin_dict import pinyin_dict

_TONES = str.maketrans("āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜüńňǹḿêế", "aaaaeeeeiiiioooouuuuvvvvvnnnmee")
# Accents of the south and the recogniser's own slips: flat and curled tongue, front and back nasal, n and l, f and h
_MERGED = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ing", "in"), ("eng", "en"), ("ang", "an"), ("hu", "f"))


@cache
def syllable(character: str) -> str:
    """The toneless syllable of a character's first reading (中 is ``zhong``); the character itself if it has none."""
    readings = pinyin_dict.get(ord(character)) if len(character) == 1 else None
    return str(readings).split(",", 1)[0].translate(_TONES) if readings else character


@cache
def merged_syllable(character: str) -> str:
    """The syllable with easily confused sounds merged: 城 and 陈 are the same, 临 and 宁 too."""
    said = syllable(character)
    if said == character:
        return character
    for sound, merged in _MERGED:
        said = said.replace(sound, merged)
    return "l" + said[1:] if said.startswith("n") else said


@cache
def sound_mark(character: str) -> str:
    """One character that stands for the merged syllable, so that sounds can be searched as text."""
    said = merged_syllable(character)
    if said == character:
        return character
    number = 0
    for letter in said[:6]:
        number = number * 27 + (ord(letter) - 96 if "a" <= letter <= "z" else 0)
    return chr(0xF0000 + number % 0xFFFD)


def sounds(text: str) -> str:
    """The text as sound marks, one a character."""
    return "".join(map(sound_mark, text))


def sounds_alike(first: str, second: str) -> bool:
    """Whether two characters have a reading in common, tones aside."""
    return bool(_readings(first) & _readings(second))


@cache
def _readings(character: str) -> frozenset[str]:
    readings = pinyin_dict.get(ord(character)) if len(character) == 1 else None
    if not readings:
        return frozenset((character,))
    return frozenset(reading.translate(_TONES) for reading in str(readings).split(","))
