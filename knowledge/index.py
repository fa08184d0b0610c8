"""The one file that knows Chroma: clauses and vectors in, clauses and vectors out, with nothing downloaded.

`clauses` holds one record a clause, `vectors-LANGUAGE` the rows that stand for it (`rows.py`), `vectors-across` those
of the same clauses in a space that both languages share, `history` one record a customer. Every write passes
embeddings, because Chroma would otherwise fetch a model of its own; telemetry is off. Searching reads all of it into
memory once a generation (`search.py`): Chroma's own filtered queries are some thirty times slower.
"""

from __future__ import annotations

import json
import uuid
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from knowledge.background import background
from knowledge.documents import CUSTOMER, Clause, Passage
from knowledge.embed.choice import BY_WORDS, Embedder, Embedders
from knowledge.errors import IndexMissing
from knowledge.rows import rows

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    from chromadb.api import ClientAPI
    from chromadb.api.models.Collection import Collection

LAYOUT = "holdfast-index-2"
BATCH = 2_000
EMBED_BATCH = 256
ACROSS = "across"
MOST_KNOWN = 5_000
MOST_ENTRIES = 200
"""Of one customer's history the newest so many are kept."""
Progress = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class Changes:
    """What an ingestion did to the index, by clause id."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: int


@dataclass(frozen=True, slots=True)
class Vectors:
    """One space: row i of `matrix` stands for the clause `owners[i]`, by a question of its own where `asked[i]`."""

    embedder: str
    owners: tuple[str, ...]
    asked: tuple[bool, ...]
    matrix: npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Background:
    """Background questions as they were ingested; an older index has their vectors alone."""

    texts: tuple[str, ...]
    vectors: npt.NDArray[np.float32]


class PolicyIndex:
    def __init__(self, folder: Path, embedders: Embedders | None = None) -> None:
        self._folder = folder
        self._opened: ClientAPI | None = None
        self.embedders = embedders or Embedders()

    def require(self) -> None:
        """Raises IndexMissing when nothing was ever ingested here. Creates nothing."""
        if not self._database.is_file():
            raise IndexMissing(
                f"there is no index in {self._folder}", "check the path, or run: holdfast ingest FOLDER --index INDEX"
            )

    @property
    def _database(self) -> Path:
        return self._folder / "chroma.sqlite3"

    def _client(self) -> ClientAPI:
        if self._opened is None:
            import chromadb
            from chromadb.config import Settings

            self._folder.mkdir(parents=True, exist_ok=True)
            self._opened = chromadb.PersistentClient(str(self._folder), settings=Settings(anonymized_telemetry=False))
        return self._opened

    def _collection(self, name: str, **stamp: str) -> Collection:
        """Raises IndexMissing when an older version made it: what it holds cannot be read."""
        stamped: dict[str, Any] = {"layout": LAYOUT, **stamp}
        collection = self._client().get_or_create_collection(name, embedding_function=None, metadata=stamped)
        made_by = (collection.metadata or {}).get("layout")
        if made_by != LAYOUT:
            raise IndexMissing(
                f"the index in {self._folder} was made by an older version ({made_by or 'before 2'})",
                "delete the folder and ingest the policies again",
            )
        return collection

    # --- clauses ------------------------------------------------------------------------------------------------------

    def replace_clauses(self, clauses: Sequence[Clause], progress: Progress = lambda _step, _share: None) -> Changes:
        """Make the index hold exactly these clauses. Unchanged ones are neither embedded nor written again."""
        collection = self._collection("clauses")
        before = self._records(collection)
        records = {clause.id: _pack(clause) for clause in clauses}
        fresh = [clause for clause in clauses if before.get(clause.id) != records[clause.id]]
        gone = tuple(key for key in before if key not in records)
        changed = tuple(clause.id for clause in fresh if clause.id in before)
        for name, embedder, theirs in self._spaces(clauses):
            self._put_vectors(name, embedder, theirs, {*gone, *changed}, progress)
            if name != f"vectors-{ACROSS}" and theirs:
                self._put_background(theirs[0].language, embedder)
        for chunk in _chunks(fresh, BATCH):
            collection.upsert(
                ids=[clause.id for clause in chunk],
                embeddings=[_place(clause.id) for clause in chunk],
                documents=[clause.text for clause in chunk],
                metadatas=[{"record": records[clause.id], "language": clause.language} for clause in chunk],
            )
        for keys in _chunks(gone, BATCH):
            collection.delete(ids=list(keys))
        if fresh or gone or "generation" not in (collection.metadata or {}):
            collection.modify(metadata={"layout": LAYOUT, "generation": uuid.uuid4().hex})
        added = tuple(clause.id for clause in fresh if clause.id not in before)
        return Changes(added, changed, gone, len(clauses) - len(fresh))

    def _put_background(self, language: str, embedder: Embedder | None) -> None:
        """What customers ask that no policy need answer, in the space of this language: see `background.py`."""
        questions = background(language)
        if embedder is None or not questions:
            return
        stamp = f"{embedder.name} {zlib.crc32(''.join(questions).encode()):08x} with texts"
        name = f"background-{language}"
        if (self._collection(name, made=stamp).metadata or {}).get("made") != stamp:
            self._client().delete_collection(name)
        collection = self._collection(name, made=stamp)
        if collection.count() != len(questions):
            collection.upsert(
                ids=[str(at) for at in range(len(questions))],
                embeddings=[*_asked(embedder, questions)],
                documents=list(questions),
            )

    def background(self, language: str) -> Background | None:
        """Those questions; None where none were made."""
        import numpy as np

        name = f"background-{language}"
        if name not in [collection.name for collection in self._client().list_collections()]:
            return None
        found = self._collection(name).get(include=["embeddings", "documents"])
        if not len(found["ids"]):
            return None
        texts = tuple(text for text in found["documents"] or [] if text)
        vectors = np.asarray(found["embeddings"], dtype=np.float32)
        return Background(texts if len(texts) == len(vectors) else (), vectors)

    def _records(self, collection: Collection) -> dict[str, str]:
        known = collection.get(include=["metadatas"])
        return {key: str(meta["record"]) for key, meta in zip(known["ids"], known["metadatas"] or [], strict=True)}

    def _spaces(self, clauses: Sequence[Clause]) -> Iterable[tuple[str, Embedder | None, list[Clause]]]:
        """A space for each language; and where there is only one language, one in which the other can ask."""
        by_language: dict[str, list[Clause]] = {}
        for clause in clauses:
            by_language.setdefault(clause.language, []).append(clause)
        for language in sorted({*by_language, *self._languages()}):
            yield f"vectors-{language}", self.embedders.of(language), by_language.get(language, [])
        across = self.embedders.across()
        alone = list(clauses) if len(by_language) == 1 else []
        if across is not None and alone and self.embedders.of(alone[0].language) is not across:
            yield f"vectors-{ACROSS}", across, alone

    def _languages(self) -> set[str]:
        names = [collection.name for collection in self._client().list_collections()]
        return {name.removeprefix("vectors-") for name in names if name.startswith("vectors-")} - {ACROSS}

    def _put_vectors(
        self, name: str, embedder: Embedder | None, clauses: Sequence[Clause], stale: set[str], progress: Progress
    ) -> None:
        stamp = embedder.name if embedder else BY_WORDS
        collection = self._collection(name, embedder=stamp)
        if (collection.metadata or {}).get("embedder") != stamp:
            self._client().delete_collection(name)  # vectors of two makers in one space answer nonsense
            collection = self._collection(name, embedder=stamp)
        there = {str(meta["clause"]) for meta in collection.get(include=["metadatas"])["metadatas"] or []}
        wanted = {clause.id for clause in clauses}
        for keys in _chunks(sorted(there & stale | there - wanted), 500):
            collection.delete(where={"clause": {"$in": list(keys)}})
        if embedder is None:
            return
        missing = [clause for clause in clauses if clause.id not in there or clause.id in stale]
        texts = [(clause.id, at, *row) for clause in missing for at, row in enumerate(rows(clause))]
        for done, chunk in enumerate(_chunks(texts, EMBED_BATCH)):
            progress(f"embedding {min(done * EMBED_BATCH + EMBED_BATCH, len(texts)):,} of {len(texts):,}",
                     min(1.0, (done + 1) * EMBED_BATCH / len(texts)))  # fmt: skip
            collection.upsert(
                ids=[f"{key}\n{at}" for key, at, _, _ in chunk],
                embeddings=_embedded(embedder, [text for _, _, text, _ in chunk]),
                metadatas=[{"clause": key, "asked": asked} for key, _, _, asked in chunk],
            )

    def generation(self) -> str:
        """Changes whenever the clauses do."""
        return str((self._collection("clauses").metadata or {}).get("generation", ""))

    def touched(self) -> int:
        """Changes whenever anything is written, by any process; cheap, so it may be asked before each search."""
        try:
            return max(path.stat().st_mtime_ns for path in self._folder.glob("chroma.sqlite3*"))
        except (OSError, ValueError):
            return 0

    def all_clauses(self) -> list[Clause]:
        """Every clause that was ingested, in force or not, of every audience: for the search, and for people."""
        return [_unpack(record) for record in self._records(self._collection("clauses")).values()]

    def clauses(self, on: date, language: str | None = None, audience: str | None = CUSTOMER) -> list[Clause]:
        """Every clause in force on that day; for search there is `search.py`."""
        return [
            clause
            for clause in self.all_clauses()
            if clause.in_force(on) and language in (None, clause.language) and audience in (None, clause.audience)
        ]

    def vectors(self) -> dict[str, Vectors]:
        """The spaces by language (and `across`), as they were ingested; empty ones are left out."""
        import numpy as np

        spaces = {}
        for language in (*sorted(self._languages()), ACROSS):
            name = f"vectors-{language}"
            if language == ACROSS and name not in [each.name for each in self._client().list_collections()]:
                continue
            collection = self._collection(name)
            found = collection.get(include=["metadatas", "embeddings"])
            if len(found["ids"]):
                notes = found["metadatas"] or []
                spaces[language] = Vectors(
                    str((collection.metadata or {}).get("embedder")),
                    tuple(str(note["clause"]) for note in notes),
                    tuple(bool(note["asked"]) for note in notes),
                    np.asarray(found["embeddings"], dtype=np.float32),
                )
        return spaces

    def stamps(self) -> Mapping[str, str]:
        """Language → which embedder made its vectors."""
        return {
            language: str((self._collection(f"vectors-{language}").metadata or {}).get("embedder"))
            for language in sorted(self._languages())
        }

    def count(self) -> int:
        return int(self._collection("clauses").count())

    # --- one customer's history ---------------------------------------------------------------------------------------

    def put_history(self, passages: Iterable[Passage]) -> int:
        """Add or replace entries of customers' histories. Each must name its customer."""
        collection = self._collection("history")
        fresh: dict[str, dict[str, Passage]] = {}
        for passage in passages:
            fresh.setdefault(_owner(passage), {})[passage.source_id] = passage
        for owners in _chunks(list(fresh), BATCH):
            known = collection.get(ids=list(owners), include=["documents"])
            stored = dict(zip(known["ids"], known["documents"] or [], strict=True))
            collection.upsert(
                ids=list(owners),
                embeddings=[_place(owner) for owner in owners],
                documents=[_merged(stored.get(owner), fresh[owner]) for owner in owners],
            )
        return sum(len(entries) for entries in fresh.values())

    def history(self, customer_id: str) -> list[Passage]:
        """Every entry of this one customer. One record a customer, read by its key: no other's can come along."""
        found = self._collection("history").get(ids=[customer_id], include=["documents"])
        return [
            Passage("history", key, text, 0.0, language, customer_id=customer_id)
            for document in found["documents"] or []
            for key, text, language in json.loads(document)
        ]


def _embedded(embedder: Embedder, texts: Sequence[str]) -> list[npt.NDArray[np.float32]]:
    """Vectors of passages; what this process embedded before, for this index or another, is not embedded again."""
    fresh = [text for text in dict.fromkeys(texts) if (embedder.name, text) not in _known]
    if fresh:
        if len(_known) > MOST_KNOWN:
            _known.clear()
        _known.update(zip(((embedder.name, text) for text in fresh), embedder.passages(fresh), strict=True))
    return [_known[embedder.name, text] for text in texts]


_known: dict[tuple[str, str], npt.NDArray[np.float32]] = {}


@lru_cache(maxsize=4)
def _asked(embedder: Embedder, questions: tuple[str, ...]) -> tuple[npt.NDArray[np.float32], ...]:
    return tuple(embedder.query(question) for question in questions)


def _merged(stored: str | None, fresh: Mapping[str, Passage]) -> str:
    kept = [entry for entry in (json.loads(stored) if stored else []) if entry[0] not in fresh]
    entries = [*kept, *([key, passage.text, passage.language] for key, passage in fresh.items())]
    return json.dumps(entries[-MOST_ENTRIES:], ensure_ascii=False)


def _owner(passage: Passage) -> str:
    if not passage.customer_id:
        raise ValueError(f"history passage {passage.source_id} belongs to nobody")
    return passage.customer_id


def _place(key: str) -> list[float]:
    """A vector for what is only ever read by its key: Chroma wants one, and equal ones would make one crowded spot."""
    code = zlib.crc32(key.encode())
    return [(code >> shift & 0xFFF) / 0x1000 for shift in (0, 10, 20)]


def _chunks(items: Sequence[Any], size: int) -> Iterable[Sequence[Any]]:
    return (items[start : start + size] for start in range(0, len(items), size))


def _pack(clause: Clause) -> str:
    record = {name: getattr(clause, name) for name in Clause.__dataclass_fields__}
    return json.dumps(record, ensure_ascii=False, default=str)


def _unpack(record: str) -> Clause:
    data = json.loads(record)
    for bound in ("valid_from", "valid_to"):
        data[bound] = date.fromisoformat(data[bound]) if data[bound] else None
    for several in ("acts", "region", "tier", "questions", "section"):
        data[several] = tuple(data[several])
    return Clause(**data)
