"""Builds the recogniser's lexicon: jieba's words (MIT) that the general language model knows, with their syllables.

Usage: build_lexicon.py LANGUAGE_MODEL OUT.tsv.gz
"""

import gzip
import sys
from pathlib import Path

import jieba
import kenlm
from pypinyin import Style, lazy_pinyin, pinyin

LONGEST = 5
READINGS = 3


def main(model_path: str, out: str) -> None:
    """Write words, then characters with their commonest readings, commonest first."""
    model = kenlm.Model(model_path)
    start, after = kenlm.State(), kenlm.State()
    model.NullContextWrite(start)

    def likelihood(word: str) -> float:
        return float(model.BaseScore(start, word, after))

    def chinese(word: str) -> bool:
        return all("\u4e00" <= character <= "\u9fff" for character in word)

    listed = (line.split(" ")[0] for line in Path(jieba.__file__).with_name("dict.txt").open(encoding="utf-8"))
    words = sorted((w for w in listed if 2 <= len(w) <= LONGEST and chinese(w) and w in model), key=likelihood)
    characters = sorted((c for c in map(chr, range(0x4E00, 0xA000)) if c in model), key=likelihood)
    with gzip.GzipFile(out, "wb", mtime=0) as stream:
        for word in reversed(words):
            stream.write(f"{word}\t{' '.join(lazy_pinyin(word))}\n".encode())
        for character in reversed(characters):
            readings = dict.fromkeys(pinyin(character, style=Style.NORMAL, heteronym=True)[0][:READINGS])
            for reading in readings:
                stream.write(f"{character}\t{reading}\n".encode())


if __name__ == "__main__":
    main(*sys.argv[1:3])
