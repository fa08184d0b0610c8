"""The one file that knows Chroma: clauses in, clauses out, with our own vectors and nothing downloaded.

Two collections: `clauses` for policies, `history` for what one customer did and said. Every write passes embeddings,
because Chroma would otherwise fetch a model of its own; telemetry is off. A generation stamp says which embedder made
the vectors, so that an index of another version is refused instead of answering nonsense.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from knowledge import embed
from knowledge.documents import Clause, Passage
from knowledge.errors import IndexMissing

if TYPE_CHECKING:
    from chromadb.api import ClientAPI
    from chromadb.api.models.Collection import Collection

BATCH = 2_000
NO_BOUND_FROM, NO_BOUND_TO = 0, 99_991_231


@dataclass(frozen=True, slots=True)
class Changes:
    """What an ingestion did to the index."""

    added: int
    changed: int
    removed: int
    unchanged: int


class PolicyIndex:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._opened: ClientAPI | None = None

    def require(self) -> None:
        """Raises IndexMissing when nothing was ever ingested here. Creates nothing."""
        if not (self._folder / "chroma.sqlite3").is_file():
            raise IndexMissing(
                f"there is no index in {self._folder}", "check the path, or run: holdfast ingest FOLDER --index INDEX"
            )

    def _client(self) -> ClientAPI:
        if self._opened is None:
            import chromadb
            from chromadb.config import Settings

            self._folder.mkdir(parents=True, exist_ok=True)
            self._opened = chromadb.PersistentClient(str(self._folder), settings=Settings(anonymized_telemetry=False))
        return self._opened

    def _collection(self, name: str) -> Collection:
        collection = self._client().get_or_create_collection(
            name, embedding_function=None, metadata={"embedder": embed.NAME}
        )
        made_by = (collection.metadata or {}).get("embedder")
        if made_by != embed.NAME:
            raise IndexMissing(
                f"the index in {self._folder} was made by {made_by}, this version reads {embed.NAME}",
                "delete the folder and ingest the policies again",
            )
        return collection

    # --- clauses ------------------------------------------------------------------------------------------------------

    def replace_clauses(self, clauses: Sequence[Clause]) -> Changes:
        """Make the index hold exactly these clauses. Unchanged ones are not written again."""
        collection = self._collection("clauses")
        known = collection.get(include=["metadatas"])
        before = {key: str(meta["record"]) for key, meta in zip(known["ids"], known["metadatas"] or [], strict=True)}
        records = {clause.id: _pack(clause) for clause in clauses}
        fresh = [clause for clause in clauses if before.get(clause.id) != records[clause.id]]
        gone = [key for key in before if key not in records]
        for start in range(0, len(fresh), BATCH):
            chunk = fresh[start : start + BATCH]
            collection.upsert(
                ids=[clause.id for clause in chunk],
                embeddings=[embed.vector(searchable(clause)) for clause in chunk],
                documents=[clause.text for clause in chunk],
                metadatas=[
                    {
                        "record": records[clause.id],
                        "language": clause.language,
                        "audience": clause.audience,
                        "valid_from": _number(clause.valid_from, NO_BOUND_FROM),
                        "valid_to": _number(clause.valid_to, NO_BOUND_TO),
                    }
                    for clause in chunk
                ],
            )
        if gone:
            collection.delete(ids=gone)
        changed = sum(clause.id in before for clause in fresh)
        return Changes(len(fresh) - changed, changed, len(gone), len(clauses) - len(fresh))

    def clauses(self, on: date, language: str | None = None, audience: str | None = "customer") -> list[Clause]:
        """Every clause in force on that day. An expired clause never comes back."""
        day = _number(on, 0)
        where: list[dict[str, Any]] = [{"valid_from": {"$lte": day}}, {"valid_to": {"$gte": day}}]
        if language is not None:
            where.append({"language": language})
        if audience is not None:
            where.append({"audience": audience})
        found = self._collection("clauses").get(where={"$and": where}, include=["metadatas"])
        return [_unpack(str(meta["record"])) for meta in found["metadatas"] or []]

    def nearest(self, query: str, on: date, language: str, limit: int) -> dict[str, float]:
        """Clause ids with their cosine similarity, for clauses in force on that day and meant for customers."""
        collection = self._collection("clauses")
        if not collection.count() or not any(vector := embed.vector(query)):
            return {}
        day = _number(on, 0)
        where = {
            "$and": [
                {"valid_from": {"$lte": day}},
                {"valid_to": {"$gte": day}},
                {"language": language},
                {"audience": "customer"},
            ]
        }
        found = collection.query(
            query_embeddings=[vector], n_results=min(limit, collection.count()), where=where, include=["distances"]
        )
        distances = (found["distances"] or [[]])[0]
        # Vectors have length one, so the squared distance is 2 - 2 * cosine.
        return {key: 1 - distance / 2 for key, distance in zip(found["ids"][0], distances, strict=True)}

    def count(self) -> int:
        return int(self._collection("clauses").count())

    # --- one customer's history ---------------------------------------------------------------------------------------

    def put_history(self, passages: Iterable[Passage]) -> int:
        """Add or replace entries of customers' histories. Each must name its customer."""
        collection = self._collection("history")
        items = list({passage.source_id: passage for passage in passages}.values())
        for start in range(0, len(items), BATCH):
            chunk = items[start : start + BATCH]
            collection.upsert(
                ids=[passage.source_id for passage in chunk],
                embeddings=[embed.vector(passage.text) for passage in chunk],
                documents=[passage.text for passage in chunk],
                metadatas=[{"customer_id": _owner(passage), "language": passage.language} for passage in chunk],
            )
        return len(items)

    def history(self, customer_id: str) -> list[Passage]:
        """Every entry of this one customer, unordered. `get` with a filter: a filtered vector query is far slower."""
        found = self._collection("history").get(where={"customer_id": customer_id}, include=["documents", "metadatas"])
        rows = zip(found["ids"], found["documents"] or [], found["metadatas"] or [], strict=True)
        return [
            Passage("history", key, text, 0.0, str(meta["language"]), customer_id=customer_id)
            for key, text, meta in rows
            if meta["customer_id"] == customer_id
        ]


def searchable(clause: Clause) -> str:
    """What of a clause is searched. The heading counts twice: it says in two words what the clause is about."""
    return f"{clause.clause}\n{clause.clause}\n{clause.text}\n{clause.customer_text or ''}"


def _owner(passage: Passage) -> str:
    if not passage.customer_id:
        raise ValueError(f"history passage {passage.source_id} belongs to nobody")
    return passage.customer_id


def _number(day: date | None, default: int) -> int:
    return day.year * 10_000 + day.month * 100 + day.day if day else default


def _pack(clause: Clause) -> str:
    record = {name: getattr(clause, name) for name in Clause.__dataclass_fields__}
    return json.dumps(record, ensure_ascii=False, default=str)


def _unpack(record: str) -> Clause:
    data = json.loads(record)
    for bound in ("valid_from", "valid_to"):
        data[bound] = date.fromisoformat(data[bound]) if data[bound] else None
    return Clause(**{**data, "acts": tuple(data["acts"])})
