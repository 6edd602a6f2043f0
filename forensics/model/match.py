"""Matches between a query and known footage, as ``check --json`` and the report give them."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

Relation = Literal[
    "identical",
    "reencoded",
    "edited_copy",
    "contains",
    "contained_in",
    "same_footage",
    "same_view_other_moment",
    "same_place",
    "lead",
]

COPIES: frozenset[str] = frozenset(
    {"identical", "reencoded", "edited_copy", "contains", "contained_in", "same_footage"}
)
"""The relations that mean the query was made from the reference's recording."""

DecisionWord = Literal["not a duplicate", "confirmed"]

Matrix = tuple[tuple[float, float, float], tuple[float, float, float], tuple[float, float, float]]
Region = tuple[tuple[float, float], ...]


class QueryRef(Struct, frozen=True):
    """The file that was asked about.

    Parameters
    ----------
    path : str
        As given, or relative to the scanned folder.
    sha256 : str
        Digest of its bytes.
    """

    path: str
    sha256: str


class KnownRef(Struct, frozen=True):
    """The archive entry it matches.

    Parameters
    ----------
    id : str
        Identifier in the archive; the SHA-256 of the known file.
    path : str or None
        Where the archive saw the file; None when it only holds hashes.
    sha256 : str or None
        Digest of the known file's bytes; None for imported hashes.
    source : str or None
        Where the known footage comes from.
    first_seen : str or None
        Date the footage is known since, as it stands in the archive.
    first_seen_latest : str or None
        Latest instant that date may mean, RFC 3339.
    basis : str or None
        What the date rests on.
    event : str or None
        Event the footage is known to show.
    """

    id: str
    path: str | None
    sha256: str | None
    source: str | None
    first_seen: str | None
    first_seen_latest: str | None
    basis: str | None
    event: str | None


class Transform(Struct, frozen=True):
    """How query pixels map onto reference pixels.

    Parameters
    ----------
    mirrored : bool or None
        Whether the query is a mirror image.
    rotation_deg : float or None
        Rotation of the query's content against the reference, clockwise, -180 to 180.
    scale : float or None
        Reference pixels per query pixel.
    matrix : 3 x 3 tuple of float or None
        Maps query -> reference, (x, y), pixel centres, origin top-left; a mirror is inside it.
    query_region, reference_region : tuple of (x, y) or None
        Polygons of the common content, in pixels of each picture.
    """

    mirrored: bool | None
    rotation_deg: float | None
    scale: float | None
    matrix: Matrix | None
    query_region: Region | None
    reference_region: Region | None


class Segment(Struct, frozen=True):
    """A stretch of the query that shows a stretch of the reference.

    Parameters
    ----------
    query, reference : (float, float)
        Start and end in seconds, ascending.
    speed : float or None
        1.25 means the query plays 1.25 times faster.
    mirrored, reversed : bool or None
        Whether the stretch is a mirror image, or plays backwards.
    uncertainty_s : float or None
        The true ends lie this near to the given ones in 9 cases of 10: wide where little moves.
        None where nothing says how near.
    """

    query: tuple[float, float]
    reference: tuple[float, float]
    speed: float | None
    mirrored: bool | None
    reversed: bool | None
    uncertainty_s: float | None = None


class Edit(Struct, frozen=True):
    """Something that was done to the reference to get the query.

    Parameters
    ----------
    kind : str
        For example ``mirror`` or ``caption_bar``.
    region : tuple of (x, y) or None
        Where, in query pixels; None for the whole picture.
    """

    kind: str
    region: Region | None


class Decision(Struct, frozen=True):
    """What a person decided of a file and a piece of known footage, after looking at both.

    Parameters
    ----------
    query_sha256 : str
        The file.
    entry_id : str
        The known footage.
    decision : {"not a duplicate", "confirmed"}
        Whether the two are the same footage.
    who : str
        Who decided.
    when : str
        RFC 3339, in UTC.
    why : str
        For which reason.
    """

    query_sha256: str
    entry_id: str
    decision: DecisionWord
    who: str
    when: str
    why: str


class Match(Struct, frozen=True):
    """The strongest relation between one query and one archive entry.

    Parameters
    ----------
    id : str
        Stable identifier, made from the two digests.
    query : QueryRef
        What was asked about.
    reference : KnownRef
        What it matches.
    relation : str
        See DESIGN of the report format: copies, or a lead that needs a person.
    recycled : True or None
        True when the relation is a copy and the known footage precedes the event.
    because : str
        Why, in one sentence.
    expected_false_matches : float or None
        Upper bound on how many entries of an archive of this size would match by chance.
    distance_bits : int or None
        PDQ distance in the best of eight orientations; None for identical files.
    features : int or None
        How many local features of the two move together; None when none were compared.
    similarity : float or None
        Mean structural similarity (SSIM) of the aligned views, -1 to 1, for a reader to weigh;
        nothing is decided by it. None when it was not computed.
    decision : Decision or None
        That of a person who confirmed it; None when nobody has.
    transform : Transform
        How query pixels map onto reference pixels.
    edits : tuple of Edit
        What was done to the reference.
    segments : tuple of Segment
        For video: which stretch shows which.
    artefacts : dict of str to str
        Evidence pictures by name.
    """

    id: str
    query: QueryRef
    reference: KnownRef
    relation: Relation
    recycled: Literal[True] | None
    because: str
    expected_false_matches: float | None
    distance_bits: int | None
    transform: Transform
    edits: tuple[Edit, ...]
    segments: tuple[Segment, ...]
    artefacts: dict[str, str]
    similarity: float | None = None
    features: int | None = None
    decision: Decision | None = None


class Dismissed(Struct, frozen=True):
    """Two that look alike, of which a person decided that they are no duplicates.

    Parameters
    ----------
    query : QueryRef
        What was asked about.
    reference : KnownRef
        What it looks like.
    relation : str
        What was measured; it would have been reported as a match.
    because : str
        What that rests on, in a sentence.
    decision : Decision
        Who decided, when and why.
    """

    query: QueryRef
    reference: KnownRef
    relation: Relation
    because: str
    decision: Decision


class Unmatched(Struct, frozen=True):
    """A query without any match.

    Parameters
    ----------
    path, sha256 : str
        The query.
    reason : {"no match", "insufficient detail"}
        Whether nothing similar is in the archive, or the picture has too little to compare.
    """

    path: str
    sha256: str
    reason: Literal["no match", "insufficient detail"]


class CheckProblem(Struct, frozen=True):
    """A query that could not be checked.

    Parameters
    ----------
    path, error, advice : str
        Which file, what happened, what to do.
    """

    path: str
    error: str
    advice: str


class ArchiveSummary(Struct, frozen=True):
    """What the known footage covers.

    Parameters
    ----------
    entries : int
        Number of entries.
    hashes : int
        Number of hashed pictures and frames.
    earliest, latest : str or None
        Span of their first-seen dates.
    problems : tuple of str
        Rows that could not be taken in, and why.
    by_hash_only : int
        Entries that only their hashes can find: known from a list of hashes, kept with hashes
        only, or added by a version that kept no more.
    """

    entries: int
    hashes: int
    earliest: str | None
    latest: str | None
    problems: tuple[str, ...]
    by_hash_only: int = 0


class CheckReport(Struct, frozen=True):
    """Answer to "is it recycled?" for a set of queries.

    Parameters
    ----------
    matches : tuple of Match
        One for each pair, copies first.
    unmatched : tuple of Unmatched
        Queries without a match.
    problems : tuple of CheckProblem
        Queries that could not be checked.
    dismissed : tuple of Dismissed
        Pairs that are no matches because a person decided so.
    archive : ArchiveSummary or None
        What the known footage covers; None when nothing was compared.
    """

    matches: tuple[Match, ...]
    unmatched: tuple[Unmatched, ...]
    problems: tuple[CheckProblem, ...]
    dismissed: tuple[Dismissed, ...] = ()
    archive: ArchiveSummary | None = None


class GroupMember(Struct, frozen=True):
    """One item of a copy group.

    Parameters
    ----------
    sha256 : str
        The item.
    relation : str
        Its relation to the group's first member; ``first`` for that one itself.
    because : str
        Why, in one sentence.
    """

    sha256: str
    relation: str
    because: str


class Group(Struct, frozen=True):
    """Items of one case that are copies of each other.

    Parameters
    ----------
    id : str
        Stable identifier, made from the members' digests.
    members : tuple of GroupMember
        The largest picture first.
    leads : tuple of GroupMember
        Items that look alike but were not shown to be copies.
    """

    id: str
    members: Annotated[tuple[GroupMember, ...], Meta(min_length=1)]
    leads: tuple[GroupMember, ...]
