"""Group the items of one case that are copies of each other."""

import hashlib
from collections.abc import Iterator, Sequence

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
    component = _components(len(probes), copies)
    groups = []
    for root in sorted(set(component)):
        members = [i for i in range(len(probes)) if component[i] == root]
        group = _group(probes, members, component, copies, leads)
        if group is not None:
            groups.append(group)
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


def _components(count: int, links: Sequence[_Link]) -> list[int]:
    """Give each item the smallest index it is linked with (union-find)."""
    root = list(range(count))

    def find(item: int) -> int:
        while root[item] != item:
            item = root[item]
        return item

    for link in links:
        one, other = sorted((find(link.one), find(link.other)))
        root[other] = one
    return [find(item) for item in range(count)]


def _group(
    probes: Sequence[Probe],
    members: Sequence[int],
    component: Sequence[int],
    copies: Sequence[_Link],
    leads: Sequence[_Link],
) -> Group | None:
    inside = set(members)
    outward = [link for link in leads if (link.one in inside) != (link.other in inside)]
    # A lead between two groups is told once, in the group that comes first.
    outward = [
        link for link in outward if min(component[link.one], component[link.other]) in inside
    ]
    if len(members) == 1 and not outward:
        return None
    ranked = sorted(members, key=lambda i: (-_area(probes[i]), probes[i].path))
    told = [GroupMember(probes[ranked[0]].sha256, "first", "the largest picture of the group")]
    chains = _chains(ranked[0], copies)
    told += [_member(probes, item, chains[item]) for item in ranked[1:]]
    alike = {(link.other if link.one in inside else link.one): link.verdict for link in outward}
    lead_members = tuple(
        GroupMember(probes[item].sha256, "lead", _reason(verdict))
        for item, verdict in sorted(alike.items())
    )
    digests = " ".join(sorted(member.sha256 for member in told))
    identifier = "group-" + hashlib.sha256(digests.encode()).hexdigest()[:12]
    return Group(identifier, tuple(told), lead_members)


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
