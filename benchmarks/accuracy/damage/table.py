"""The tables of docs/methods/damage.md."""

from collections.abc import Callable, Sequence

import numpy as np
from accuracy.damage.asking import FOUND, LARGE, WORSE, Row
from accuracy.damage.states import STATES, macro_f1
from accuracy.rates import clopper_pearson

_EXACT_PX, _FAR_PX, _NEAR_M = 3.0, 10.0, 1.5
_BINS = 3
_QUIET = ("none", "undetermined")
_RESAMPLES, _SEED = 500, 5


def print_tables(rows: Sequence[Row]) -> None:
    """Print every table."""
    ladder = [row for row in rows if row.kind == "ladder"]
    _registration(rows, ladder)
    _states(rows, ladder)
    _places(ladder)
    _holes([row for row in ladder if not row.view.endswith("30")])
    _confidence([row for row in rows if row.kind in ("ladder", "null")])
    worse = [row for row in rows if row.kind == WORSE]
    print_states(worse, "Both pictures made worse, pairs up to 15 degrees")
    found = [row for row in rows if row.kind == FOUND]
    print_states(found, "Deck looked for, pairs up to 15 degrees")
    photographs = [row for row in rows if row.kind == "composite"]
    sources = len({row.source for row in photographs})
    print_states(photographs, f"Composites on {sources} photographs of the reported half")
    print()
    for name, some in (
        ("CPU a pair", [row.cpu_s for row in rows if row.kind != LARGE]),
        ("CPU a pair of 2 megapixels", [row.cpu_s for row in rows if row.kind == LARGE]),
    ):
        if some:
            high = np.quantile(some, 0.9)
            print(f"{name}: median {np.median(some):.1f} s, 90th percentile {high:.1f} s")


def _registration(rows: Sequence[Row], ladder: Sequence[Row]) -> None:
    print("\nRegistration, worst deck point seen by both\n")
    print("| views | pairs | registered | <= 3 px of all pairs | interval |\n|---|---|---|---|---|")
    groups: dict[str, Callable[[Row], bool]] = {
        "up to 5 degrees": lambda row: row.view.endswith("return"),
        "12 degrees, nadir": lambda row: row.view.endswith("12"),
        "15 degrees, oblique": lambda row: row.view.endswith("15"),
        "30 degrees, oblique": lambda row: row.view.endswith("30"),
        "12 to 30 degrees": lambda row: not row.view.endswith("return"),
    }
    for name, belongs in groups.items():
        group = [row for row in ladder if belongs(row)]
        held = sum(row.registered for row in group)
        exact = sum(row.worst_px is not None and row.worst_px <= _EXACT_PX for row in group)
        print(f"| {name} | {len(group)} | {held} | {_rate(exact, len(group))} |")
    rendered = [row for row in rows if row.kind in ("ladder", "null")]
    held_rows = [row for row in rendered if row.worst_px is not None]
    far = sum((row.worst_px or 0) > _FAR_PX for row in held_rows)
    other = [row for row in rows if row.kind == "another bridge"]
    print(f"\nRegistered but > 10 px off: {far} of {len(held_rows)}")
    print(f"Another bridge registered: {sum(row.registered for row in other)} of {len(other)}")
    within = sum((row.worst_px or 0) <= (row.error_px or 0) for row in held_rows)
    width = np.median([row.error_px or 0 for row in held_rows])
    print(
        f"Within the stated 90 % bound: {within} of {len(held_rows)}; median bound {width:.2f} px"
    )


def _states(rows: Sequence[Row], ladder: Sequence[Row]) -> None:
    near = [row for row in ladder if not row.view.endswith("30")]
    said = (*STATES, "undetermined")
    print("\nStates, pairs up to 15 degrees, deck drawn (rows: truth)\n")
    print("| truth | " + " | ".join(said) + " |\n|---|" + "---|" * len(said))
    for true in STATES:
        counts = [
            sum(row.true_state == true and row.state == each for row in near) for each in said
        ]
        print(f"| {true} | " + " | ".join(map(str, counts)) + " |")
    _answers(near)
    print(f"If it had to answer (likeliest state): macro-F1 {_f1(near, forced=True):.2f}")
    swapped = sum({row.state, row.true_state} == {"scorched", "collapsed"} for row in near)
    print(f"Scorch for collapse or the reverse: {swapped} of {len(near)}")
    nulls = [row for row in rows if row.kind in ("ladder", "null") and row.true_state == "none"]
    _alarms(nulls)
    low, high = _by_source(nulls, _alarmed)
    print(f"whole bridges drawn ({len({row.source for row in nulls})}): {low:.3f} to {high:.3f}")
    registered = sum(row.registered for row in nulls)
    print(f"of these nulls {registered} are registered")
    others = [row for row in rows if row.kind == "another bridge"]
    alarms = sum(row.state not in _QUIET for row in others)
    print(f"Damage on another bridge: {alarms} of {len(others)}")


def _answers(near: Sequence[Row]) -> None:
    answered = [row for row in near if row.state != "undetermined"]
    wrong = sum(row.state != row.true_state for row in answered)
    low, high = _by_source(near, _f1)
    print(f"\nmacro-F1 {_f1(near):.2f} ({low:.2f} to {high:.2f}), undetermined counted as missed")
    print(f"macro-F1 {_f1(answered):.2f} among answered")
    low, high = _by_source(near, _coverage)
    print(f"Coverage {_coverage(near):.2f} ({low:.2f} to {high:.2f})")
    low, high = _by_source(near, _wrong)
    print(f"Wrong among answered {wrong} of {len(answered)} ({low:.2f} to {high:.2f})")


def _alarms(nulls: Sequence[Row]) -> None:
    alarms = sum(row.state not in _QUIET for row in nulls)
    told = sum(row.state == "none" for row in nulls)
    low, high = clopper_pearson(alarms, len(nulls)) if nulls else (0.0, 1.0)
    print(f"Damage on nulls: {alarms} of {len(nulls)} ({low:.3f} to {high:.3f}); none: {told}")


def print_states(rows: Sequence[Row], title: str) -> None:
    """Print what is said of pairs that are never pooled with those of drawn decks on renders."""
    if not rows:
        return
    said = (*STATES, "undetermined")
    print(f"\n{title} (rows: truth)\n")
    print("| truth | " + " | ".join(said) + " |\n|---|" + "---|" * len(said))
    for true in STATES:
        counts = [
            sum(row.true_state == true and row.state == each for row in rows) for each in said
        ]
        print(f"| {true} | " + " | ".join(map(str, counts)) + " |")
    _answers(rows)
    print(f"If it had to answer: macro-F1 {_f1(rows, forced=True):.2f}")
    _alarms([row for row in rows if row.true_state == "none"])


def _alarmed(rows: Sequence[Row]) -> float:
    return float(np.mean([row.state not in _QUIET for row in rows]))


def _coverage(rows: Sequence[Row]) -> float:
    return float(np.mean([row.state != "undetermined" for row in rows]))


def _wrong(rows: Sequence[Row]) -> float:
    answered = [row.state != row.true_state for row in rows if row.state != "undetermined"]
    return float(np.mean(answered)) if answered else 0.0


def _by_source(rows: Sequence[Row], rate: Callable[[Sequence[Row]], float]) -> tuple[float, float]:
    """Give the 90 % interval of a rate, whole bridges drawn with replacement."""
    rng = np.random.default_rng(_SEED)
    sources = sorted({row.source for row in rows})
    groups = [[row for row in rows if row.source == source] for source in sources]
    drawn = []
    for _ in range(_RESAMPLES):
        some = rng.integers(0, len(groups), len(groups))
        drawn.append(rate([row for at in some for row in groups[at]]))
    low, high = np.quantile(drawn, [0.05, 0.95])
    return float(low), float(high)


def _places(ladder: Sequence[Row]) -> None:
    print("\nPlaces\n")
    gone = [row for row in ladder if row.true_state == "collapsed" and row.registered]
    said = [row for row in gone if row.state == "collapsed"]
    if said:
        off = [abs(row.gap - row.true_gap) for row in said]
        iou, high = np.mean([row.missing_iou or 0 for row in said]), np.quantile(off, 0.9)
        print(
            f"Missing deck, called collapsed ({len(said)} of {len(gone)} registered): IoU mean "
            f"{iou:.2f}; gap error median {np.median(off):.3f}, 90th percentile {high:.3f} "
            "of the length"
        )
    burnt = [
        row.scorch_iou
        for row in ladder
        if row.scorch_iou is not None and row.true_state == row.state == "scorched"
    ]
    if burnt:
        print(f"Scorch, called scorched ({len(burnt)}): IoU mean {np.mean(burnt):.2f}")


def _holes(near: Sequence[Row]) -> None:
    """Count holes of 150 pixels or more, of all pairs and of those that are called holed."""
    for name, group in (
        ("all pairs up to 15 degrees", near),
        ("pairs called holed", [row for row in near if row.state == "holed"]),
    ):
        holes = [row.holes for row in group if row.holes is not None]
        there, said, found = (
            sum(getattr(each, what) for each in holes) for what in ("there", "said", "found")
        )
        f1 = 2 * found / max(1, there + said)
        off = [far for each in holes for far in each.off_m]
        middle = f"; middles {np.median(off):.1f} m off in the median" if off else ""
        near_enough = sum(far <= _NEAR_M for far in off)
        print(
            f"Holes, {name}: {there} there, {said} said, {found} found, F1 {f1:.2f}{middle}, "
            f"{near_enough} of {len(off)} within {_NEAR_M} m"
        )


def _confidence(rows: Sequence[Row]) -> None:
    print("\nScore of the likeliest state against how often it is right\n")
    print("| mean score | pairs | right | interval |\n|---|---|---|---|")
    told = sorted((row for row in rows if row.score is not None), key=lambda row: row.score or 0)
    gap = 0.0
    for at in range(_BINS):
        group = told[at * len(told) // _BINS : (at + 1) * len(told) // _BINS]
        right = sum(row.likeliest == row.true_state for row in group)
        score = float(np.mean([row.score or 0 for row in group]))
        gap += abs(right - score * len(group))
        print(f"| {score:.2f} | {len(group)} | {_rate(right, len(group))} |")
    print(f"\nExpected calibration error {gap / max(1, len(told)):.2f}, bins of equal count")


def _f1(rows: Sequence[Row], *, forced: bool = False) -> float:
    said = [row.likeliest if forced else row.state for row in rows]
    return macro_f1(said, [row.true_state for row in rows])


def _rate(right: int, count: int) -> str:
    low, high = clopper_pearson(right, count) if count else (0.0, 1.0)
    return f"{right / max(1, count):.2f} | {low:.2f} to {high:.2f}"
