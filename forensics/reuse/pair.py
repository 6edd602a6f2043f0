"""What two items are to each other, and pictures of little detail whose hashes are near."""

import numpy as np
from msgspec import Struct

from forensics.calibration import load
from forensics.model.match import Edit, Matrix, Region, Relation, Segment, Transform
from forensics.reuse.compare import Comparison, chroma_difference, compare_views
from forensics.reuse.hashes import ORIENTATIONS, orient
from forensics.reuse.views import Probe
from forensics.vision.alignment import Matrix3, resizing


class NearPair(Struct, frozen=True):
    """Two pictures whose hashes are near.

    Parameters
    ----------
    query_frame, reference_frame : int
        Positions in the items' lists of pictures.
    distance_bits : int
        Differing bits of 256.
    orientation : int
        Row of `ORIENTATIONS` that turns the query into the reference.
    """

    query_frame: int
    reference_frame: int
    distance_bits: int
    orientation: int


class Verdict(Struct, frozen=True):
    """What two items are to each other.

    Parameters
    ----------
    relation : str
        ``reencoded``, ``edited_copy`` or ``lead``.
    best : NearPair or None
        The pair of pictures with the nearest hashes; None when no hashes are near.
    reason : str
        Why, in one sentence.
    segments : tuple of Segment
        For clips: which moments look alike.
    edits : tuple of Edit
        What was done to the reference.
    transform : Transform or None
        How query pixels map onto reference pixels; None when only the orientation is known.
    features : int or None
        How many local features move together; None when none were compared.
    fits : bool
        Whether the detail of most blocks goes together.
    score : float or None
        What laying one picture over the other scored, in log odds; None when none was taken.
    """

    relation: Relation
    best: NearPair | None
    reason: str
    segments: tuple[Segment, ...]
    edits: tuple[Edit, ...] = ()
    transform: Transform | None = None
    features: int | None = None
    fits: bool = False
    score: float | None = None


def compare_plain(query: Probe, reference: Probe, pair: NearPair) -> Verdict:
    """Compare two pictures of little detail, whose hashes say how the one is turned.

    Parameters
    ----------
    query, reference : Probe
        The two items, with views.
    pair : NearPair
        Their pictures.

    Returns
    -------
    Verdict
        A copy when every block agrees, else a lead.
    """
    comparison = _compare(query, reference, pair)
    if not comparison.is_copy:
        return Verdict("lead", pair, comparison.reason, ())
    return _copy(query, reference, pair, comparison.reason)


def transform_of(query: Probe, reference: Probe, orientation: int) -> Transform:
    """Give the map from query to reference for whole-picture copies.

    Parameters
    ----------
    query, reference : Probe
        The two items.
    orientation : int
        Row of `ORIENTATIONS` that turns the query into the reference.

    Returns
    -------
    Transform
        With empty matrix and regions when a size is unknown.

    Notes
    -----
    Convention: the reference, mirrored left to right if ``mirrored``, then turned clockwise by
    ``rotation_deg``, looks like the query.
    """
    mirrored, clockwise_deg = ORIENTATIONS[orientation]
    # Turning the query by +a gives the reference; undone, -a; a mirror turns the sense round.
    rotation_deg = clockwise_deg if mirrored else -clockwise_deg
    rotation_deg = (rotation_deg + 180) % 360 - 180
    if 0 in (*query.size_px, *reference.size_px):
        return Transform(mirrored, float(rotation_deg), None, None, None, None)
    matrix, _ = orientation_matrix(query.size_px, reference.size_px, orientation)
    scale = float(np.sqrt(abs(np.linalg.det(matrix[:2, :2]))))
    return Transform(
        mirrored=mirrored,
        rotation_deg=float(rotation_deg),
        scale=round(scale, 6),
        matrix=as_tuples(matrix),
        query_region=_frame_of(query.size_px),
        reference_region=_frame_of(reference.size_px),
    )


def _copy(query: Probe, reference: Probe, pair: NearPair, reason: str) -> Verdict:
    """Say what was done to the reference of a copy: turned, mirrored, other colours, or nothing."""
    mirrored, clockwise_deg = ORIENTATIONS[pair.orientation]
    edits = (["mirror"] if mirrored else []) + (["rotation"] if clockwise_deg else [])
    if colours_differ(query, reference, pair):
        edits.append("colour")
    relation: Relation = "edited_copy" if edits else "reencoded"
    return Verdict(relation, pair, reason, (), tuple(Edit(kind, None) for kind in edits))


def colours_differ(query: Probe, reference: Probe, pair: NearPair) -> bool:
    """Say whether two pictures that are one differ in their colours.

    Parameters
    ----------
    query, reference : Probe
        The two items.
    pair : NearPair
        Their pictures, and how the one is turned.

    Returns
    -------
    bool
        False when only hashes are known of one of them.
    """
    if query.views is None or reference.views is None:
        return False
    turned = orient(query.views.chroma[pair.query_frame], ORIENTATIONS[pair.orientation])
    known = reference.views.chroma[pair.reference_frame]
    limit = load("reuse.compare").value("max_chroma_difference")
    return chroma_difference(turned, known) > limit


def _compare(query: Probe, reference: Probe, pair: NearPair) -> Comparison:
    if query.views is None or reference.views is None:
        raise ValueError("both items need views to be compared")
    turned = orient(query.views.grey[pair.query_frame], ORIENTATIONS[pair.orientation])
    return compare_views(turned, reference.views.grey[pair.reference_frame])


def orientation_matrix(
    query_px: tuple[int, int], reference_px: tuple[int, int], orientation: int
) -> tuple[Matrix3, bool]:
    """Give the map between two pictures of which one is the other, turned and resized.

    Parameters
    ----------
    query_px, reference_px : (int, int)
        Width and height.
    orientation : int
        Row of `ORIENTATIONS` that turns the query into the reference.

    Returns
    -------
    matrix : (3, 3) float64
        Maps query -> reference, (x, y), pixel centres.
    mirrored : bool
        Whether it mirrors.
    """
    mirrored, clockwise_deg = ORIENTATIONS[orientation]
    width, height = query_px
    matrix = np.eye(3)
    if mirrored:
        matrix = np.array([[-1.0, 0, width - 1], [0, 1, 0], [0, 0, 1]])
    for _ in range(clockwise_deg // 90):
        # A quarter turn clockwise takes (x, y) to (height - 1 - y, x).
        matrix = np.array([[0.0, -1, height - 1], [1, 0, 0], [0, 0, 1]]) @ matrix
        width, height = height, width
    return resizing((width, height), reference_px) @ matrix, mirrored


def as_tuples(matrix: Matrix3) -> Matrix:
    """Give a matrix as results hold it.

    Parameters
    ----------
    matrix : (3, 3) float64
        Any.

    Returns
    -------
    3 x 3 tuple of float
        To six digits after the point.
    """
    first, second, third = (
        (round(float(a), 6), round(float(b), 6), round(float(c), 6)) for a, b, c in matrix
    )
    return first, second, third


def _frame_of(size_px: tuple[int, int]) -> Region:
    right, bottom = size_px[0] - 0.5, size_px[1] - 0.5
    return ((-0.5, -0.5), (right, -0.5), (right, bottom), (-0.5, bottom))
