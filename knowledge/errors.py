"""What can be wrong with a document or an index. `remedy` says what to do about it."""

from __future__ import annotations


class KnowledgeError(Exception):
    """A policy or an index cannot be used."""

    code = "knowledge"

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy


class DocumentUnreadable(KnowledgeError):
    """One file could not be turned into clauses. The others go on."""

    code = "document_unreadable"


class IndexMissing(KnowledgeError):
    """Nothing was ingested yet, or the index was made by another version."""

    code = "index_missing"


class EmbedderMissing(KnowledgeError):
    """An embedding model is not there, or is not the one that it should be."""

    code = "embedder_missing"
