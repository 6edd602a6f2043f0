"""The tables of a run, in Markdown and as JSON."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

import numpy as np
from accuracy.copies.account import Account, account
from accuracy.copies.answers import Asked
from accuracy.copies.corpus import EDIT_NAMES
from accuracy.copies.metrics import (
    Judged,
    Rate,
    decided,
    false_copies,
    leads,
    micro_ap,
    recall,
)
from accuracy.copies.views import SAVED, Change, Pair

SAID = ("copy", "same footage", "other moment", "lead", "nothing")
_WORDS = {
    "same_footage": "same footage",
    "same_view_other_moment": "other moment",
    "same_place": "other moment",
    "lead": "lead",
}
SHOWN_WRONG = 20


@dataclass(frozen=True)
class Run:
    """The answers of one method to one half."""

    method: str
    judged: Judged
    views: Sequence[tuple[Pair, Change, Asked]]
    posts: frozenset[str] = frozenset()

    @property
    def unposted(self) -> Judged:
        """The same in an archive without other people's posts, whose interfaces are alike."""
        return self.judged.without(self.posts)

    @property
    def says_relations(self) -> bool:
        """Whether the method decides by itself what is a copy."""
        return any(a.relation for q in self.judged.asked for a in q.answers)

    @property
    def cpu_ms(self) -> float:
        """Mean processor time of a query."""
        return float(np.mean([asked.cpu_ms for asked in self.judged.asked]))


def edits_table(runs: Sequence[Run]) -> str:
    """Recall of every method on every edit."""
    names = [f"{run.method}, decided" for run in runs if run.says_relations]
    head = ["edit", "copies", *names, *(run.method for run in runs)]
    lines = [_row(head), _row(["---", *["--:"] * (len(head) - 1)])]
    thresholds = [run.judged.threshold() for run in runs]
    deciding = [run for run in runs if run.says_relations]
    present = {asked.edit for run in runs for asked in run.judged.copies}
    for edit in (*(each for each in EDIT_NAMES if each in present), None):
        own = [decided(run.judged, edit=edit) for run in deciding]
        others = [recall(run.judged, edit=edit, above=above)
                  for run, above in zip(runs, thresholds, strict=True)]  # fmt: skip
        trials = str(others[0].trials)
        cells = [str(each) for each in own]
        cells += [str(each) if edit is None else f"{each.share:.1%}" for each in others]
        lines.append(_row([edit or "**all**", trials, *cells]))
    plain = [run.unposted for run in runs]
    cells = [str(decided(run.unposted)) for run in deciding] + [str(recall(each)) for each in plain]
    lines.append(_row(["**all**, no posts in the archive", str(len(plain[0].copies)), *cells]))
    blank = [""] * len(own)
    for label, values in (
        ("micro-AP", [_ap(run) for run in runs]),
        ("CPU ms a query", [f"{run.cpu_ms:.0f}" for run in runs]),
        ("score to beat", [f"{each:.3g}" for each in thresholds]),
    ):
        lines.append(_row([label, "", *blank, *values]))
    wrong = [str(len(false_copies(run.judged))) for run in deciding]
    lines.append(_row(["wrong pairs called copies", "", *wrong, *[""] * len(runs)]))
    missed = [str(leads(run.judged)) for run in deciding]
    lines.append(_row(["copies called leads or other", "", *missed, *[""] * len(runs)]))
    return "\n".join(lines)


def account_table(run: Run) -> str:
    """What was said of the copies that were found, by edit."""
    head = ["edit", "found", "relation", "mirror", "rotation", "regions", "all three", "map to 1 %",
            "edited regions F1"]  # fmt: skip
    lines = [_row(head), _row(["---", *["--:"] * (len(head) - 1)])]
    for edit in (*EDIT_NAMES, None):
        said = account(run.judged, edit=edit)
        if not said.relation.trials:
            continue
        rates = [said.relation, said.mirrored, said.rotation, said.regions, said.all_three,
                 said.mapped]  # fmt: skip
        cells = [str(each) if edit is None else f"{each.share:.0%}" for each in rates]
        f1 = "" if np.isnan(said.edited_f1) else f"{said.edited_f1:.2f}"
        lines.append(_row([edit or "**all**", str(said.relation.trials), *cells, f1]))
    return "\n".join(lines)


def views_table(runs: Sequence[Run]) -> str:
    """What each method says of same-view pairs.

    Methods that score alone say copy when the score is above that of every wrong pair; of them
    only the sums are shown.
    """
    lines = [_row(["method", "pairs", "saved", "visibly changed", "asked", "views", *SAID]),
             _row(["---"] * 4 + ["--:"] * (2 + len(SAID)))]  # fmt: skip
    for run in runs:
        for (kind, saved, is_visible), counts in views_counts(run).items():
            if kind != "all" and not run.says_relations:
                continue
            said = [str(counts.get(word, 0)) for word in SAID]
            visible = "yes" if is_visible else "no"
            total = str(sum(counts[word] for word in SAID))
            lines.append(
                _row([run.method, kind, saved, visible, total, str(counts["views"]), *said])
            )
    return "\n".join(lines)


Measure = Callable[[str | None], Rate]
Group = tuple[str, str, bool]


def views_counts(run: Run) -> dict[Group, Counter[str]]:
    """Count what is said, by kind of pair, how it was saved, and whether it changed visibly."""
    groups: dict[Group, Counter[str]] = {}
    views: dict[Group, set[str]] = {}
    above = run.judged.threshold()
    for pair, change, asked in run.views:
        for kind in (pair.kind, "all"):
            group = (kind, asked.edit, change.is_visible)
            groups.setdefault(group, Counter())[said_of(asked, above, run.says_relations)] += 1
            views.setdefault(group, set()).add(pair.view)
    for group, names in views.items():
        groups[group]["views"] = len(names)
    order = sorted(groups, key=lambda g: (g[0] == "all", g[0], SAVED.index(g[1]), not g[2]))
    return {group: groups[group] for group in order}


def said_of(asked: Asked, above: float, says_relations: bool) -> str:
    """Put what is said of the pair's reference into a word."""
    answer = next((a for a in asked.answers if a.reference == asked.original), None)
    if answer is None:
        return "nothing"
    if says_relations:
        return _WORDS.get(answer.relation or "lead", "copy")
    return "copy" if answer.score > above else "nothing"


def called_copies(run: Run) -> list[str]:
    """Name the same-view pairs that differ visibly and are called copies all the same."""
    above = run.judged.threshold()
    return [asked.name for _, change, asked in run.views
            if change.is_visible
            and said_of(asked, above, run.says_relations) in ("copy", "same footage")]  # fmt: skip


def as_json(run: Run) -> dict[str, object]:
    """Give everything measured of one method."""
    above = run.judged.threshold()
    result: dict[str, object] = {
        "queries": len(run.judged.asked),
        "copies": len(run.judged.copies),
        "originals": len({asked.original for asked in run.judged.copies}),
        "recall_without_false_positives": _rates(
            run, lambda e: recall(run.judged, edit=e, above=above)
        ),
        "recall_without_false_positives_nor_posts": _rounded(asdict(recall(run.unposted))),
        "micro_ap": _rounded(asdict(micro_ap(run.judged))),
        "cpu_ms": round(run.cpu_ms, 1),
        "score_to_beat": round(above, 4) if np.isfinite(above) else None,
        "same_view": [
            {"pairs": kind, "saved": saved, "visibly_changed": visible, **counts}
            for (kind, saved, visible), counts in views_counts(run).items()
        ],
        "same_view_visible_called_copies": len(called_copies(run)),
    }
    if run.says_relations:
        wrong = false_copies(run.judged)
        result |= {
            "decided": _rates(run, lambda e: decided(run.judged, edit=e)),
            "copies_called_otherwise": _rounded(asdict(leads(run.judged))),
            "wrong_pairs_called_copies": len(wrong),
            "account": _account(account(run.judged)),
        }
    return result


def _rates(run: Run, measure: Measure) -> dict[str, object]:
    present = {asked.edit for asked in run.judged.copies}
    rates = {edit: _rounded(asdict(measure(edit))) for edit in EDIT_NAMES if edit in present}
    return {"all": _rounded(asdict(measure(None))), **rates}


def _account(said: Account) -> dict[str, object]:
    return {
        name: _rounded(value) if isinstance(value, dict) else round(float(value), 4)
        for name, value in asdict(said).items()
    }


def _rounded(values: dict[str, float]) -> dict[str, float]:
    return {name: round(value, 4) for name, value in values.items()}


def _ap(run: Run) -> str:
    measured = micro_ap(run.judged)
    return f"{measured.value:.3f} ({measured.low:.3f}-{measured.high:.3f})"


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
