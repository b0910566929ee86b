"""Reads recordings with their text, in our own manifests and in the layouts of published corpora."""

from dialect_models.corpora.reading import read_corpora

__all__ = ["read_corpora"]
