"""Group the items of one case that are copies of each other."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np
from msgspec import Struct
from numpy import uint8
from numpy.typing import NDArray

from forensics.calibration import load
from forensics.model.match import Group, GroupMember
from forensics.reuse.hashes import unpack_hex
from forensics.reuse.pair import NearPair, Verdict, decide
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
    copies = [link for link in links if link.verdict.relation != "lead"]
    leads = [link for link in links if link.verdict.relation == "lead"]
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
    """Yield every pair with near hashes, each pair once."""
    owners = [(i, j) for i, probe in enumerate(probes) for j in range(len(probe.hashes.frames))]
    if not owners:
        return
    stored = unpack_hex(probes[i].hashes.frames[j].pdq for i, j in owners)
    for position, probe in enumerate(probes):
        near: dict[int, list[NearPair]] = {}
        for frame, other, pair in _near_frames(position, probe, probes, owners, stored):
            near.setdefault(other, []).append(NearPair(frame, *pair))
        for other in sorted(near):
            yield _Link(position, other, decide(probe, probes[other], near[other]))


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
    """Tell a set of copies, the largest picture first, and what else looks like one of them."""
    ranked = _ranked(probes, members)
    chains = _chains(ranked[0], copies)
    told = [GroupMember(probes[ranked[0]].sha256, "first", "the largest picture of the group")]
    told += [_member(probes, item, chains[item]) for item in ranked[1:]]
    outward = [link for link in leads if (link.one in members) != (link.other in members)]
    alike = {link.other if link.one in members else link.one: link for link in outward}
    return _as_group(told, _leads(probes, alike))


def _look_alikes(probes: Sequence[Probe], members: Sequence[int], links: Sequence[_Link]) -> Group:
    """Tell a set in which nothing was shown to be a copy of anything."""
    ranked = _ranked(probes, members)
    told = [GroupMember(probes[ranked[0]].sha256, "first", "the largest picture of those alike")]
    alike = {
        item: min(
            (link for link in links if item in (link.one, link.other)),
            key=lambda link: link.verdict.best.distance_bits,
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
    for link in sorted(copies, key=lambda each: each.verdict.best.distance_bits):
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
    is_edited = any(link.verdict.relation == "edited_copy" for link in chain)
    last = chain[-1]
    reason = _reason(last.verdict)
    if len(chain) > 1:
        through = last.other if last.one == item else last.one
        reason = f"by way of {probes[through].path}: {reason}"
    return GroupMember(probes[item].sha256, "edited_copy" if is_edited else "reencoded", reason)


def _reason(verdict: Verdict) -> str:
    return f"PDQ hashes differ in {verdict.best.distance_bits} of 256 bits; {verdict.reason}"


def _area(probe: Probe) -> int:
    return probe.size_px[0] * probe.size_px[1]
