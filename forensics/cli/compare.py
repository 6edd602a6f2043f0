"""``forensics compare``: what happened to the bridge between two pictures."""

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from forensics.cli import status

if TYPE_CHECKING:
    from numpy import float64, uint8
    from numpy.typing import NDArray

    from forensics.damage.compare import DamageComparison
    from forensics.model.damage import DamageReport, View

_DRAWN_PX = 3000
"""Larger photos are shrunk on the page to draw on; what is saved is in their own pixels."""


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add this command to the parser.

    Parameters
    ----------
    commands : argparse sub-parsers
        Where to add it.
    """
    parser = commands.add_parser(
        "compare",
        help="compare two pictures of a bridge, and name what happened to its deck",
        description="Lay two photos of a bridge, or frames of clips, over each other on its deck, "
        "and say what changed: nothing, scorch, hole or missing deck. Refuses where it would be a "
        "guess. The deck's underside and its piers are not examined.",
    )
    parser.add_argument("before", metavar="BEFORE", help="the earlier photo or clip")
    parser.add_argument("after", metavar="AFTER", help="the later photo or clip")
    for side in ("before", "after"):
        parser.add_argument(
            f"--{side}-at",
            metavar="SECONDS",
            type=float,
            help=f"where {side.upper()} is a clip: the moment of the frame, counted from its first",
        )
    parser.add_argument(
        "--deck",
        metavar="FILE",
        help='outline of the deck: {"image": "before", "polygon": [[x, y], ...]}, and, if known, '
        '"length_m" and "length_error_m"; without it the deck is looked for, which is less sure',
    )
    parser.add_argument(
        "--ties",
        metavar="FILE",
        help="points of the deck marked by a person, four or more: "
        '{"points": [[x before, y before, x after, y after], ...]}',
    )
    parser.add_argument(
        "--draw",
        action="store_true",
        help="compare nothing: write a page, opened in a browser, on which a person outlines the "
        "deck, or mends that of --deck, and saves what --deck and --ties read",
    )
    parser.add_argument(
        "--out",
        metavar="DIR",
        help="write a page with both photos, and mask, overlay, strips and error map as files; "
        "with --draw, where that page goes",
    )
    parser.add_argument("--json", action="store_true", help="print the answer as JSON")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Run the command.

    Parameters
    ----------
    arguments : argparse.Namespace
        The parsed command line.

    Returns
    -------
    int
        Exit status.
    """
    from dataclasses import replace

    from forensics.cli.terminal import say_json, warn
    from forensics.damage.compare import compare_views
    from forensics.damage.files import read_picture
    from forensics.damage.metres import in_metres
    from forensics.model.errors import UnreadableMedia

    drawn = _read(arguments.deck, "polygon")
    deck = _numbers(drawn, arguments.deck, "polygon", 2)
    scale = _scale(drawn, arguments.deck)
    ties = _numbers(_read(arguments.ties, "points"), arguments.ties, "points", 4)
    try:
        before, seen_before = read_picture(Path(arguments.before), moment_s=arguments.before_at)
        after, seen_after = read_picture(Path(arguments.after), moment_s=arguments.after_at)
    except UnreadableMedia as error:
        warn(f"forensics compare: {error}. {error.advice}".rstrip())
        return status.NOTHING
    folder = Path(arguments.out) if arguments.out else None
    if arguments.draw:
        return _write_deck_page(
            (before, after),
            (seen_before, seen_after),
            folder or Path(),
            corners=[] if deck is None else deck.tolist(),
            as_json=arguments.json,
        )
    compared = compare_views(before, after, deck=deck, tie_points=ties)
    if scale is not None:
        damage = in_metres(compared.damage, length_m=scale[0], error_m=scale[1])
        compared = replace(compared, damage=damage)
    report = _report(compared, (before, after), (seen_before, seen_after), folder)
    if arguments.json:
        say_json(report)
    else:
        _print(report)
    return status.OK


def _report(
    compared: "DamageComparison",
    pixels: "tuple[NDArray[uint8], NDArray[uint8]]",
    views: "tuple[View, View]",
    folder: Path | None,
) -> "DamageReport":
    """Give the answer, and write its pictures and its page when a folder is named."""
    from msgspec.structs import replace

    from forensics import __version__
    from forensics.damage.files import report_of, write_files
    from forensics.damage.views import draw_comparison
    from forensics.model.outcome import ArtefactBytes
    from forensics.report.pair import render_pair

    if folder is None:
        return report_of(compared, views, {})
    drawn = draw_comparison(compared, *pixels)
    report = report_of(compared, views, write_files(folder, drawn))
    page = render_pair(report, drawn, version=__version__)
    written = write_files(folder, {"comparison": ArtefactBytes(page, ".html")})
    pages = {"page": str(written["comparison"])}
    return replace(report, artefacts=report.artefacts | pages)


def _write_deck_page(
    pixels: "tuple[NDArray[uint8], NDArray[uint8]]",
    views: "tuple[View, View]",
    folder: Path,
    *,
    corners: list[list[float]],
    as_json: bool,
) -> int:
    """Write the page to outline the deck on, with the outline that is there, if any."""
    from forensics.cli.terminal import say, say_json
    from forensics.damage.files import write_files
    from forensics.model.outcome import ArtefactBytes
    from forensics.report.deck_page import Sheet, render_deck_page
    from forensics.vision.encoding import jpeg
    from forensics.vision.views import fit

    before, after = (
        Sheet(
            view.path or "",
            jpeg(fit(each, longest_side_px=_DRAWN_PX)),
            width_px=each.shape[1],
            height_px=each.shape[0],
        )
        for each, view in zip(pixels, views, strict=True)
    )
    page = ArtefactBytes(render_deck_page(before, after, corners=corners), ".html")
    path = str(write_files(folder, {"draw-deck": page})["draw-deck"])
    if as_json:
        say_json({"page": path})
    else:
        say(f"{path}: open it in a browser, outline the deck, and save deck.json.")
        say("Then: forensics compare BEFORE AFTER --deck deck.json")
    return status.OK


def _read(name: str | None, key: str) -> dict[str, Any] | None:  # Any: what JSON holds
    """Read a JSON file of numbers; a deck on the after picture is refused."""
    if name is None:
        return None
    from forensics.model.deck import DeckError

    try:
        told: dict[str, Any] = json.loads(Path(name).read_text("utf-8"))
        drawn_on = told.get("image", "before")
    except (ValueError, AttributeError, RecursionError) as error:
        raise DeckError(_NO_LIST.format(name, key), advice="See --help.") from error
    if drawn_on != "before":
        raise DeckError(f"{name}: the deck must be drawn on the before picture")
    return told


_NO_LIST = "{}: {} is not a list of numbers"


def _numbers(
    told: dict[str, Any] | None, name: str, key: str, columns: int
) -> "NDArray[float64] | None":
    """Take a table of numbers out of what a file says."""
    if told is None:
        return None
    import numpy as np

    from forensics.model.deck import DeckError

    try:
        table = np.array(told[key], dtype=np.float64)
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise DeckError(_NO_LIST.format(name, key), advice="See --help.") from error
    if table.ndim != 2 or table.shape[1] != columns or not np.isfinite(table).all():  # noqa: PLR2004  # a table has two axes
        raise DeckError(f"{name}: {key} must hold {columns} numbers a row")
    return table


def _scale(told: dict[str, Any] | None, name: str) -> tuple[float, float] | None:
    """Take how long the deck is in metres, and how far off that may be, where a file says so."""
    from forensics.model.deck import DeckError, known_length

    given = told or {}
    try:
        return known_length(given.get("length_m"), given.get("length_error_m"))
    except DeckError as error:
        raise DeckError(f"{name}: {error}", advice=error.advice) from error


def _print(report: "DamageReport") -> None:
    from forensics.cli.terminal import say
    from forensics.report.damage_sentences import found_deck_words, gap_words, view_words

    registration, damage = report.registration, report.damage
    pair = f"{view_words(report.before)} -> {view_words(report.after)}"
    say(f"{damage.state.upper():<13} {pair}")
    say(f"              {damage.reason}")
    if registration.status == "registered":
        say(
            f"              laid over each other on {registration.inliers} patches, worst deck "
            f"point within {registration.error_px} px (90 %)"
        )
    if damage.confidence is not None:
        say(
            f"              score {damage.confidence:.2f}, calibrated on rendered scenes: "
            "not a probability"
        )
    if report.deck.source == "found":
        say(f"              deck {found_deck_words(report.deck)}")
    for finding in damage.findings:
        share = f"{finding.area_fraction_of_deck:.1%} of the deck"
        name = finding.class_.replace("_", " ")
        say(f"              {name}: {share}, score {finding.confidence:.2f}")
    if damage.gap.parts:
        say(f"              missing: {gap_words(damage.gap)}")
    for name, path in report.artefacts.items():
        say(f"              {name}: {path}")
