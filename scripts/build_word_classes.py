"""Builds tickets/lexicon/word_classes.tsv.gz, common words with their classes, from the dictionary of jieba (MIT).

Usage: build_word_classes.py OUT.tsv.gz

A line is a word, ten times the natural logarithm of its count, and its part of speech.
"""

import gzip
import math
import sys
from pathlib import Path

import jieba

LONGEST, FEWEST = 4, 20
CLASSES_OF_NOUNS = frozenset({"nr", "ns", "nt", "nz", "nrt", "vn"})


def main(out: str) -> None:
    """Write the words in the dictionary's order."""
    lines = []
    for line in Path(jieba.__file__).with_name("dict.txt").read_text(encoding="utf-8").splitlines():
        word, count, part = line.split(" ")[:3]
        if len(word) <= LONGEST and int(count) >= FEWEST and all("\u4e00" <= letter <= "\u9fff" for letter in word):
            lines.append(
                f"{word}\t{round(10 * math.log(int(count)))}\t{part if part in CLASSES_OF_NOUNS else part[0]}\n"
            )
    with gzip.GzipFile(out, "wb", mtime=0) as stream:
        stream.write("".join(lines).encode())


if __name__ == "__main__":
    main(sys.argv[1])
