"""Group the items of one case that are copies of each other."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np
from msgspec import Struct
from numpy import uint8
from numpy.typing import NDArray

from forensics.calibration import load
from forensics.model.match import COPIES, Group, GroupMember, Relation
from forensics.reuse.decide import decide
from forensics.reuse.features import ARCHIVED_FEATURES
from forensics.reuse.hash_index import PDQ_BITS
from forensics.reuse.hashes import unpack_hex
from forensics.reuse.known_pictures import KnownPictures, Sighting, searched
from forensics.reuse.pair import NearPair, Verdict
from forensics.reuse.views import Probe


class _Link(Struct, frozen=True):
    one: int
    other: int
    verdict: Verdict


def find_groups(probes: Sequence[Probe]) -> tuple[Group, ...]:
    """Group the items of one case that are copies of each other.

    Identical files are one item already and form no group.

    Parameters
    ----------
    probes : sequence of Probe
        The items.

    Returns
    -------
    tuple of Group
        The members of each with the largest picture first, which is often, not always, the
        closest to the original; items that only look alike are listed as leads. The order of
        the probes does not matter.
    """
    probes = sorted(probes, key=lambda probe: (probe.path, probe.sha256))
    links = list(_links(probes))
    copies = [link for link in links if link.verdict.relation in COPIES]
    leads = [link for link in links if link.verdict.relation not in COPIES]
    sets = _sets(range(len(probes)), copies)
    groups, untold = [], leads
    for members in (each for each in sets if len(each) > 1):
        groups.append(_group(probes, members, copies, untold))
        # A lead between two sets is told once, in the first.
        untold = [link for link in untold if not {link.one, link.other} & set(members)]
    # What is a lead of a set of copies is told there; the rest form sets of look-alikes.
    told = {member.sha256 for group in groups for member in (*group.members, *group.leads)}
    rest = [i for i, probe in enumerate(probes) if probe.sha256 not in told]
    among = [link for link in leads if link.one in rest and link.other in rest]
    alike = [members for members in _sets(rest, among) if len(members) > 1]
    groups += [_look_alikes(probes, members, among) for members in alike]
    return tuple(groups)


def _links(probes: Sequence[Probe]) -> Iterator[_Link]:
    """Yield every pair that looks alike or shares features, each pair once."""
    near = _near_pairs(probes)
    sighted = _sighted(probes)
    for one, other in sorted({*near, *sighted}):
        first, second = probes[one], probes[other]
        shared = sighted.get((one, other)) if first.is_video or second.is_video else None
        verdict = decide(first, second, near.get((one, other), ()), sighted=shared)
        if verdict is not None:
            yield _Link(one, other, verdict)


def _sighted(probes: Sequence[Probe]) -> dict[tuple[int, int], list[Sighting]]:
    """Give the pairs of items whose pictures share features."""
    pictures = KnownPictures.of(
        ((str(position), place), features.first(ARCHIVED_FEATURES))
        for position, probe in enumerate(probes)
        for place, features in zip(*reversed(searched(probe)), strict=True)
    )
    found: dict[tuple[int, int], list[Sighting]] = {}
    for position, probe in enumerate(probes):
        # The smaller picture inside the larger one is found from the larger one's side.
        for owner, sightings in pictures.find(*searched(probe)).items():
            other = int(owner)
            if position < other:
                found.setdefault((position, other), []).extend(sightings)
            elif position > other:
                turned = [each.turned_round() for each in sightings]
                found.setdefault((other, position), []).extend(turned)
    return found


def _near_pairs(probes: Sequence[Probe]) -> dict[tuple[int, int], list[NearPair]]:
    """Give the pairs of items that have pictures with near hashes."""
    owners = [(i, j) for i, probe in enumerate(probes) for j in range(len(probe.hashes.frames))]
    near: dict[tuple[int, int], list[NearPair]] = {}
    if not owners:
        return near
    stored = unpack_hex(probes[i].hashes.frames[j].pdq for i, j in owners)
    for position, probe in enumerate(probes):
        for frame, other, pair in _near_frames(position, probe, probes, owners, stored):
            near.setdefault((position, other), []).append(NearPair(frame, *pair))
    return near


def _near_frames(
    position: int,
    probe: Probe,
    probes: Sequence[Probe],
    owners: Sequence[tuple[int, int]],
    stored: NDArray[uint8],
) -> Iterator[tuple[int, int, tuple[int, int, int]]]:
    calibration = load("reuse.search")
    radius, enough = calibration.value("max_distance_bits"), calibration.value("min_quality")
    for frame, hashed in enumerate(probe.hashes.frames):
        if hashed.quality < enough or probe.views is None:
            continue
        turned = probe.orientation_hashes[frame]
        distances = np.stack([np.bitwise_count(stored ^ each).sum(axis=1) for each in turned])
        orientation = distances.argmin(axis=0)
        nearest = distances.min(axis=0)
        for index in map(int, np.flatnonzero(nearest <= radius)):
            other, other_frame = owners[index]
            is_detailed = probes[other].hashes.frames[other_frame].quality >= enough
            if other > position and is_detailed:
                pair = (other_frame, int(nearest[index]), int(orientation[index]))
                yield frame, other, pair


def _sets(items: Iterable[int], links: Sequence[_Link]) -> list[list[int]]:
    """Give the sets of items that are linked with each other, singles included (union-find)."""
    root = {item: item for item in items}

    def find(item: int) -> int:
        while root[item] != item:
            item = root[item]
        return item

    for link in links:
        one, other = sorted((find(link.one), find(link.other)))
        root[other] = one
    sets: dict[int, list[int]] = {}
    for item in root:
        sets.setdefault(find(item), []).append(item)
    return [sets[first] for first in sorted(sets)]


def _group(
    probes: Sequence[Probe],
    members: Sequence[int],
    copies: Sequence[_Link],
    leads: Sequence[_Link],
) -> Group:
    """Tell a set of copies, the one closest to the original first, and what else looks alike."""
    among = [link for link in copies if link.one in members]
    marks = _marks(among)
    ranked = sorted(
        members, key=lambda i: (len(marks.get(i, ())), -_area(probes[i]), probes[i].path)
    )
    chains = _chains(ranked[0], copies)
    first = probes[ranked[0]].sha256
    told = [GroupMember(first, "first", _why_first(ranked, marks, probes))]
    told += [_member(probes, item, chains[item]) for item in ranked[1:]]
    outward = [link for link in leads if (link.one in members) != (link.other in members)]
    alike = {link.other if link.one in members else link.one: link for link in outward}
    return _as_group(told, _leads(probes, alike))


def _marks(links: Sequence[_Link]) -> dict[int, frozenset[str]]:
    """Say which members show what an original does not: bars, captions, less of the picture."""
    marks: dict[int, frozenset[str]] = {}
    for link in links:
        kinds = {edit.kind for edit in link.verdict.edits} & LATER_MARKS
        if link.verdict.relation == "contains":
            kinds.add("contains")
        if kinds:
            marks[link.one] = marks.get(link.one, frozenset()) | kinds
        if link.verdict.relation == "contained_in":
            marks[link.other] = marks.get(link.other, frozenset()) | {"contains"}
    return marks


LATER_MARKS = frozenset(
    {
        *("crop", "border", "blurred_fill", "caption_bar", "overlay", "inserted", "perspective"),
        *("grey", "blur", "recompression"),
    }
)
"""What is done to a picture after it was made, and can hardly be undone."""


def _why_first(
    ranked: Sequence[int], marks: Mapping[int, frozenset[str]], probes: Sequence[Probe]
) -> str:
    largest = _area(probes[ranked[0]]) == max(_area(probes[i]) for i in ranked)
    size = "the largest picture of the group" if largest else "not the largest of the group"
    if marks.get(ranked[0]):
        return f"{size}; the least was done to it, as far as was seen"
    if any(marks.get(item) for item in ranked[1:]):
        return f"{size}; no bars, captions, overlays or crops against the others were seen"
    return size


def _look_alikes(probes: Sequence[Probe], members: Sequence[int], links: Sequence[_Link]) -> Group:
    """Tell a set in which nothing was shown to be a copy of anything."""
    ranked = _ranked(probes, members)
    told = [GroupMember(probes[ranked[0]].sha256, "first", "the largest picture of those alike")]
    alike = {
        item: min(
            (link for link in links if item in (link.one, link.other)),
            key=_likeness,
        )
        for item in ranked[1:]
    }
    return _as_group(told, _leads(probes, alike))


def _as_group(told: Sequence[GroupMember], leads: tuple[GroupMember, ...]) -> Group:
    digests = " ".join(sorted(member.sha256 for member in told))
    identifier = "group-" + hashlib.sha256(digests.encode()).hexdigest()[:12]
    return Group(identifier, tuple(told), leads)


def _leads(probes: Sequence[Probe], alike: Mapping[int, _Link]) -> tuple[GroupMember, ...]:
    return tuple(
        GroupMember(probes[item].sha256, "lead", _reason(link.verdict))
        for item, link in sorted(alike.items())
    )


def _ranked(probes: Sequence[Probe], members: Sequence[int]) -> list[int]:
    return sorted(members, key=lambda i: (-_area(probes[i]), probes[i].path))


def _chains(first: int, copies: Sequence[_Link]) -> dict[int, tuple[_Link, ...]]:
    """Give the shortest chain of copies that leads from one item to every other of its group."""
    links: dict[int, list[_Link]] = {}
    for link in sorted(copies, key=_likeness):
        links.setdefault(link.one, []).append(link)
        links.setdefault(link.other, []).append(link)
    chains: dict[int, tuple[_Link, ...]] = {first: ()}
    reached = [first]
    for item in reached:
        for link in links.get(item, []):
            other = link.other if link.one == item else link.one
            if other not in chains:
                chains[other] = (*chains[item], link)
                reached.append(other)
    return chains


def _member(probes: Sequence[Probe], item: int, chain: Sequence[_Link]) -> GroupMember:
    """Say what an item is to the first one, by way of others when the two are no shown copies."""
    relation = _relation(item, chain)
    last = chain[-1]
    reason = _reason(last.verdict)
    if len(chain) > 1:
        through = last.other if last.one == item else last.one
        reason = f"by way of {probes[through].path}: {reason}"
    return GroupMember(probes[item].sha256, relation, reason)


def _relation(item: int, chain: Sequence[_Link]) -> Relation:
    relations = {link.verdict.relation for link in chain}
    if relations == {"reencoded"}:
        return "reencoded"
    if len(chain) > 1 or not relations & {"contains", "contained_in"}:
        return "edited_copy"
    (link,) = chain
    # Said of the item against the first one, whichever of the two was asked about.
    swapped: dict[Relation, Relation] = {"contains": "contained_in", "contained_in": "contains"}
    return link.verdict.relation if link.one == item else swapped[link.verdict.relation]


def _reason(verdict: Verdict) -> str:
    measured = [verdict.reason]
    if verdict.features is not None:
        measured.insert(0, f"{verdict.features} local features move together")
    if verdict.best is not None:
        measured.insert(0, f"PDQ hashes differ in {verdict.best.distance_bits} of 256 bits")
    return "; ".join(measured)


def _likeness(link: _Link) -> tuple[int, int]:
    best = link.verdict.best
    return PDQ_BITS if best is None else best.distance_bits, -(link.verdict.features or 0)


def _area(probe: Probe) -> int:
    return probe.size_px[0] * probe.size_px[1]
