"""Keep what people decided of files and known footage."""

import sqlite3
from datetime import UTC, datetime

import msgspec

from forensics.model.errors import ArchiveError
from forensics.model.match import Decision
from forensics.reuse.archive_checks import SHA256_DIGITS, checked_hex, checked_text
from forensics.reuse.archive_rows import damaged

_COLUMNS = "entry_id, query_sha256, decision, who, decided_at, why"


def checked_decision(decision: Decision) -> Decision:
    """Check a person's decision and put its time into UTC.

    Parameters
    ----------
    decision : Decision
        The decision.

    Returns
    -------
    Decision
        With the time in the one form by which decisions are put in order.

    Raises
    ------
    ArchiveError
        When nobody is named, there is no reason, the time has no offset, or the file and the known
        footage are the same bytes, of which there is nothing to decide.
    """
    query = checked_hex(decision.query_sha256, digits=SHA256_DIGITS, what="SHA-256")
    if query == decision.entry_id:
        raise ArchiveError(
            "the file and the known footage are the same bytes",
            advice="That is no matter of decision; `archive remove` forgets known footage.",
        )
    who, why = checked_text(decision.who), checked_text(decision.why)
    if who is None or why is None:
        raise ArchiveError("a decision without a name or a reason", advice="Say who, and why.")
    return msgspec.structs.replace(
        decision, query_sha256=query, who=who, why=why, when=_instant(decision.when)
    )


def read_decisions(
    connection: sqlite3.Connection, *, entry_id: str | None = None
) -> tuple[Decision, ...]:
    """Read decisions, the history included.

    Parameters
    ----------
    connection : sqlite3.Connection
        Open on the archive.
    entry_id : str, optional
        Only on this entry.

    Returns
    -------
    tuple of Decision
        In order of entry, file and time.

    Raises
    ------
    ArchiveError
        When a row holds what this program does not write.
    """
    where, values = ("", ()) if entry_id is None else (" WHERE entry_id = ?", (entry_id,))
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM decisions{where} "  # noqa: S608  (names of this module)
        "ORDER BY entry_id, query_sha256, decided_at, decision, who, why",
        values,
    ).fetchall()
    names = ("entry_id", "query_sha256", "decision", "who", "when", "why")
    try:
        return tuple(msgspec.convert(dict(zip(names, row, strict=True)), Decision) for row in rows)
    except msgspec.ValidationError as error:
        raise damaged(f"a decision: {error}") from error


def write_decision(connection: sqlite3.Connection, decision: Decision) -> bool:
    """Store a decision beside those that are there.

    Parameters
    ----------
    connection : sqlite3.Connection
        Within a transaction.
    decision : Decision
        Checked by `checked_decision`, on an entry that is there.

    Returns
    -------
    bool
        Whether it was not there.
    """
    written = connection.execute(
        f"INSERT OR IGNORE INTO decisions ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)",  # noqa: S608
        (
            decision.entry_id,
            decision.query_sha256,
            decision.decision,
            decision.who,
            decision.when,
            decision.why,
        ),
    )
    return written.rowcount > 0


def _instant(text: str) -> str:
    try:
        moment = datetime.fromisoformat(text)
        if moment.utcoffset() is None:
            raise ValueError("a time without an offset")
        # Ever so many digits, so that the order of the texts is that of the times.
        return f"{moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='microseconds')}Z"
    except (ValueError, OverflowError) as error:
        raise ArchiveError(
            f"not the time of a decision: {text!r}", advice="Write 2026-01-31T12:30:00+02:00."
        ) from error
