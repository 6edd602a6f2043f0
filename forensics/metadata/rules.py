"""THE RULES of the notes, one row each, in the order of the documentation.

A row says what is seen, how much it matters at most, and how it comes about innocently. What it
looks for is the function it names. Other packages add rows by an entry point, see `all_rules`.
"""

from functools import cache
from importlib.metadata import EntryPoint, entry_points

from msgspec import Struct
from msgspec.structs import replace

from forensics.ingest.guard import guarded
from forensics.metadata.rule import Rule
from forensics.model.outcome import Problem

ENTRY_POINTS = "forensics.note_rules"
"""Group of entry points; each names a tuple of `Rule`."""

_TIME = "forensics.metadata.rules_time"
_PLACE = "forensics.metadata.rules_place"
_FILE = "forensics.metadata.rules_file"
_MAKING = "forensics.metadata.rules_making"

RULES: tuple[Rule, ...] = (
    Rule(
        id="modified-before-captured",
        severity="conflict",
        text="The file says it was last changed at {modified}, before it was taken at "
        "{captured}{unless}.",
        innocent_explanation="A clock that was set between the two, a camera that keeps two "
        "clocks, a computer in another time zone, or a program that copied dates from another "
        "file.",
        looks=f"{_TIME}:modified_before_captured",
    ),
    Rule(
        id="future-date",
        severity="notice",
        text="Dates after the time of the investigation, {as_of}: {dates}.",
        innocent_explanation="A clock that was set wrong, or that lost its battery and counts "
        "from a wrong start; day and month in the other order.",
        looks=f"{_TIME}:future_date",
    ),
    Rule(
        id="clock-against-gps",
        severity="notice",
        text="The camera's clock says {captured}, the satellites said {gps}: at least {apart} "
        "apart in any time zone.",
        innocent_explanation="Camera clocks are often set wrong, and phones keep an old position "
        "with its old time. Of 43 real photos with both times, 17 do not agree.",
        looks=f"{_TIME}:clock_against_gps",
    ),
    Rule(
        id="clock-against-place",
        severity="notice",
        text="The camera's clock {how} {offset}; where the file puts itself ({zone}) clocks "
        "showed {kept} at that time.",
        innocent_explanation="Travellers keep the time of home, cameras do not know of summer "
        "time, and in disputed regions people keep other time than the map says.",
        looks=f"{_TIME}:clock_against_place",
    ),
    Rule(
        id="posted-before-captured",
        severity="conflict",
        text="By {sidecar} it was posted at {posted}, {early} or more before it was taken at "
        "{captured}.",
        innocent_explanation="A camera clock that runs ahead, a sidecar that belongs to another "
        "file of that name, or an export that states local time as UTC.",
        looks=f"{_TIME}:posted_before_captured",
    ),
    Rule(
        id="name-before-captured",
        severity="notice",
        text="Its name {name} carries the time {named}, before it was taken at {captured}.",
        innocent_explanation="Two clocks that were set differently, a name that was typed or "
        "counts something else, or a program that copied dates from another file.",
        looks=f"{_TIME}:name_before_captured",
    ),
    Rule(
        id="position-outside-place",
        severity="info",
        text="The file puts itself {away} from {place}, of which the case takes in {radius} "
        "around.",
        innocent_explanation="A photo of a place may be taken from far away, a phone may keep the "
        "position of hours before, and services write the position of the upload.",
        looks=f"{_PLACE}:position_outside_place",
    ),
    Rule(
        id="sidecar-elsewhere",
        severity="notice",
        text="{sidecar} puts it {away} away from where the file puts itself.",
        innocent_explanation="People move pins by hand, services guess positions, and a sidecar "
        "may belong to another file of that name.",
        looks=f"{_PLACE}:sidecar_elsewhere",
    ),
    Rule(
        id="engines-disagree",
        severity="notice",
        text="Two programs read {field} differently: {readings}.",
        innocent_explanation="The field is stored twice or damaged, and programs choose "
        "differently.",
        looks=f"{_FILE}:engines_disagree",
    ),
    Rule(
        id="blocks-disagree",
        severity="notice",
        text="Two parts of the file state {field} differently: {readings}.",
        innocent_explanation="Programs that change one part and not the other; each may round, "
        "or leave out the time zone, in its own way.",
        looks=f"{_FILE}:blocks_disagree",
    ),
    Rule(
        id="editor-named",
        severity="info",
        text="The file names a program that can change pictures: {programs} ({fields}).",
        innocent_explanation="Press photographers develop, crop and caption with such programs as "
        "a rule, and some are named although they only copied the file from a card.",
        looks=f"{_FILE}:editor_named",
    ),
    Rule(
        id="extension-against-content",
        severity="info",
        text="{format} by its content, named otherwise: {names}.",
        innocent_explanation="Programs that save or forward pictures often give them another "
        "ending without converting.",
        looks=f"{_FILE}:extension_against_content",
    ),
    Rule(
        id="thumbnail-unlike-image",
        severity="notice",
        text="The thumbnail inside the file {shows} (correlation {correlation}).",
        innocent_explanation="Programs that crop or straighten a photo often leave its first "
        "thumbnail as it was.",
        looks=f"{_FILE}:thumbnail_unlike_image",
    ),
    Rule(
        id="size-against-metadata",
        severity="info",
        text="Its metadata say {stated} pixels, the picture has {real}.",
        innocent_explanation="Programs and services that scale or crop a picture often copy its "
        "metadata unchanged.",
        looks=f"{_FILE}:size_against_metadata",
    ),
    Rule(
        id="make-against-encoder",
        severity="info",
        text="It names the maker {make}, and is written in the way of {candidates}.",
        innocent_explanation="Every program that saves a photo again writes it in its own way and "
        "keeps the maker's name; so do services that people send photos with.",
        looks=f"{_FILE}:make_against_encoder",
    ),
    Rule(
        id="several-images",
        severity="info",
        text="The file holds {images} complete pictures; the first was examined.",
        innocent_explanation="Phones put depth maps, previews and second exposures behind a photo.",
        looks=f"{_FILE}:several_images",
    ),
    Rule(
        id="trailing-data",
        severity="info",
        text="{behind} the end of the picture, and looks like {looks}.",
        innocent_explanation="Phones put clips and previews there, cameras pad their files, and "
        "downloads leave zeros.",
        looks=f"{_FILE}:trailing_data",
    ),
    Rule(
        id="stripped-by-platform",
        severity="info",
        text="It carries no camera, no capture time, and is {ways}.",
        innocent_explanation="Services remove metadata from everything that passes through them; "
        "the one who sent it need not have done anything.",
        looks=f"{_FILE}:stripped_by_platform",
    ),
    Rule(
        id="external-media",
        severity="notice",
        text="Its index says that pictures or sound lie in another file, which was not opened: "
        "{reference}.",
        innocent_explanation="Editing programs save projects like that; the clip that was meant to "
        "be sent is the other file.",
        looks=f"{_FILE}:external_media",
    ),
    Rule(
        id="credentials-broken",
        severity="conflict",
        text="Its content credentials do not fit the file: {detail}",
        innocent_explanation="Programs that do not know content credentials save a picture anew "
        "and leave the old ones in it.",
        looks=f"{_MAKING}:credentials_broken",
    ),
    Rule(
        id="signer-not-vouched-for",
        severity="info",
        text="Content credentials whose signer is not vouched for: {detail}",
        innocent_explanation="Most signers are on no list yet; test versions and small makers sign "
        "with certificates of their own, and certificates expire.",
        looks=f"{_MAKING}:signer_not_vouched_for",
    ),
    Rule(
        id="ingredient-problems",
        severity="info",
        text="The credentials of a file that this one was made from have problems: {detail}",
        innocent_explanation="A picture that was used had been saved by a program that does not "
        "know content credentials; what this file says of itself may hold all the same.",
        looks=f"{_MAKING}:ingredient_problems",
    ),
    Rule(
        id="declared-ai",
        severity="notice",
        text="{where} {meaning} ({signed}).",
        innocent_explanation="Programs write this for small retouches too, and anybody can write "
        "or remove it where it is unsigned.",
        looks=f"{_MAKING}:declared_ai",
    ),
)


class RuleSet(Struct, frozen=True):
    """All rules there are, and packages whose rules do not load.

    Parameters
    ----------
    rules : tuple of Rule
        Those of this package, then those of others.
    problems : tuple of str
        Packages whose rules were not looked at, and why.
    """

    rules: tuple[Rule, ...]
    problems: tuple[str, ...] = ()


@cache
def all_rules() -> RuleSet:
    """Give the rules of this package, then those that other packages add.

    A package adds rules by an entry point of the group `ENTRY_POINTS` that names a tuple of
    `Rule`. Their identifiers get the name of the package in front, ``package/rule``, so that a
    reader sees whose word a note is.

    Returns
    -------
    RuleSet
        In a fixed order.
    """
    rules, problems = list(RULES), []
    for point in sorted(entry_points(group=ENTRY_POINTS), key=lambda each: (each.name, each.value)):
        origin = point.dist.name if point.dist is not None else point.module
        loaded = guarded(lambda: _load(point), doing=f"the rules of the package {origin}")  # noqa: B023 - called at once
        if isinstance(loaded, Problem):
            problems.append(loaded.error)
        else:
            rules += [replace(each, id=f"{origin}/{each.id}") for each in loaded]
    return RuleSet(tuple(rules), tuple(problems))


def _load(point: EntryPoint) -> tuple[Rule, ...]:
    loaded = point.load()
    if not isinstance(loaded, tuple) or not all(isinstance(each, Rule) for each in loaded):
        raise TypeError(f"{point.value} is no tuple of rules")
    return loaded
