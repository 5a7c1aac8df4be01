"""MongoDB as the archive needs it: the only module that knows the driver, imported when it is used.

Every operation ends by a deadline, and whatever goes wrong becomes one `ArchiveError`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from pydantic import SecretStr

from services.errors import ServiceError

if TYPE_CHECKING:
    from pymongo.database import Database

T = TypeVar("T")
Document = Mapping[str, Any]
Cause = Literal["late", "unavailable", "unauthorized", "full", "read_only", "superseded"]
# So long a thread of ours waits for the server, and a page for that thread.
WRITE_SECONDS, READ_SECONDS = 15.0, 2.0
DAYS, ALERTS, AUDIT = "days", "alerts", "audit"
# Error codes of the server, and of Atlas, whose own one needs its words.
FULL_CODES, DUPLICATE, ATLAS = {14031, 12501, 39}, 11000, 8000
REFUSED_CODES = {13, 10107, 13435, 11602, 189, 20, 166}
AUTHENTICATION_CODES = {18, 8000, 11, 334}
TEXTS: Mapping[Cause, str] = {
    "late": "no answer within the deadline",
    "unavailable": "no server answers at MONGO_URI",
    "unauthorized": "the server refuses the user or the password of MONGO_URI",
    "full": "the server has no room left",
    "read_only": "the user of MONGO_URI may not write there, or the server takes no writes",
    "superseded": "a later writer has written",
}


class ArchiveError(ServiceError):
    def __init__(self, cause: Cause) -> None:
        super().__init__(f"archive: {TEXTS[cause]}")
        self.cause = cause


class Mongo:
    """Nothing is asked before the first call. Every method raises ArchiveError."""

    def __init__(self, uri: SecretStr, database: str, seconds: float) -> None:
        self._uri = uri.get_secret_value()
        self._name = database
        self._seconds = seconds

    def ping(self) -> None:
        self._run(lambda: self._database.command("ping"))

    def find(
        self, collection: str, first: str, last: str, stages: Sequence[Document] = ()
    ) -> list[dict[str, Any]]:
        """Documents whose ids lie between these two, both included, in order, through `stages`."""
        ids = {"$match": {"_id": {"$gte": first, "$lte": last}}}
        stages = [ids, {"$sort": {"_id": 1}}, *stages]
        return self._run(lambda: list(self._database[collection].aggregate(stages)))

    def replace(
        self, collection: str, documents: Iterable[Document], epoch: int | None = None
    ) -> None:
        """Put each in the place of the one with its id; with `epoch` never over a later one's."""
        from pymongo import ReplaceOne

        fence = {} if epoch is None else {"epoch": {"$lte": epoch}}
        orders = [
            ReplaceOne({"_id": document["_id"], **fence}, dict(document), upsert=True)
            for document in documents
        ]
        if not orders:
            return
        try:
            self._run(lambda: self._database[collection].bulk_write(orders, ordered=False))
        except ArchiveError as error:
            if error.cause != "superseded":
                raise
            # Two that put in the same new document at once get this too: it lies there by now.
            self._run(lambda: self._database[collection].bulk_write(orders, ordered=False))

    def close(self) -> None:
        """Whoever asks again opens it again."""
        database = vars(self).pop("_database", None)
        if database is not None:
            database.client.close()

    @cached_property
    def _database(self) -> "Database[dict[str, Any]]":
        from pymongo import MongoClient

        milliseconds = round(self._seconds * 1000)
        client: MongoClient[dict[str, Any]] = MongoClient(
            self._uri,
            connect=False,
            appname="vigia",
            serverSelectionTimeoutMS=milliseconds,
            connectTimeoutMS=milliseconds,
            maxPoolSize=2,
            # Whoever asks comes again, and is to hear the first cause.
            retryWrites=False,
            retryReads=False,
            tz_aware=True,
        )
        return client[self._name]

    def _run(self, work: Callable[[], T]) -> T:
        import pymongo
        from pymongo.errors import PyMongoError

        try:
            with pymongo.timeout(self._seconds):
                return work()
        except PyMongoError as error:
            # What the driver believes of the server does not outlive its failure.
            self.close()
            # Its text may quote the address with its password, or a document.
            raise ArchiveError(_find_cause(error)) from None


def _find_cause(error: Exception) -> Cause:
    from pymongo import errors

    words, found = str(error), getattr(error, "details", None) or {}
    parts = (found, *found.get("writeErrors", ()), *found.get("writeConcernErrors", ()))
    codes = {part.get("code") for part in parts}
    if codes & FULL_CODES or (ATLAS in codes and "quota" in words):
        return "full"
    if codes & REFUSED_CODES or (ATLAS in codes and "not allowed" in words):
        return "read_only"
    if codes & AUTHENTICATION_CODES:
        return "unauthorized"
    if DUPLICATE in codes:
        return "superseded"
    if isinstance(error, errors.ServerSelectionTimeoutError) or not getattr(error, "timeout", 0):
        return "unavailable"
    return "late"
