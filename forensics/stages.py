"""THE TABLE: every built-in step, one row each, in reading order. Start here.

Every step is an ordinary function. The first opens a file (``path``). An item step is given the
opened item (``media``), its decoded pictures (``frames``) or what a step above found (by that
step's name); a review is given everything said of one item, when all were visited
(``subject``); a case step is given every item's hashes and views (``probes``), the known footage
(``archive``), the claimed event (``event``), the names of all items (``media``, ``paths``) and the
files beside them (``files``). A pair step is given two opened items, and what they are asked
(``before``, ``after``, ``question``).
"""

from forensics.engine.step import Step

STEPS: tuple[Step, ...] = (
    Step(
        name="ingest.media",
        run="forensics.ingest.media:open_media",
        scope="file",
        takes=("path",),
        version=3,
        summary="Reads a file once: its digest, what it is by content, and the pictures that the "
        "steps below look at; of clips also a small grey copy of every frame, how loud the sound "
        "is, and where new shots begin.",
        limits=(
            "Pictures of clips are compared at a frame a second, at keyframes and beside cuts; "
            "what is only seen between them is not compared.",
            "Of clips that are more work than ten minutes of 1080p only keyframes are looked at.",
            "Only hard cuts are found: no fades and dissolves, no shots shorter than half a "
            "second, and no cut between two moments that look alike.",
            "Pictures are examined at a reduced size.",
        ),
        kinds=("still", "animation", "video", "audio"),
        calibrations=("ingest.cuts",),
    ),
    Step(
        name="ingest.thumbnail",
        run="forensics.ingest.thumbnail:make_thumbnail",
        scope="item",
        takes=("frames",),
        version=1,
        summary="Makes a small picture, and for clips a film strip, for people to look at.",
    ),
    Step(
        name="metadata.read",
        run="forensics.metadata.read:read_fields",
        scope="item",
        takes=("media",),
        version=2,
        summary="Reads EXIF, GPS, XMP, IPTC, maker notes, texts and container fields with every "
        "engine and says where they disagree.",
        limits=(
            "Metadata can be edited without a trace; agreement between engines says that they "
            "read the same bytes, not that the bytes tell what happened.",
            "Platforms strip metadata as a rule, so its absence says nothing.",
        ),
        kinds=("still", "animation", "video", "audio"),
        programs=("exiftool",),
    ),
    Step(
        name="metadata.embedded_thumbnail",
        run="forensics.metadata.embedded_thumbnail:compare_thumbnail",
        scope="item",
        takes=("media", "frames"),
        version=1,
        summary="Compares the thumbnail inside a photo's EXIF with the photo.",
        limits=(
            "A thumbnail is some hundred pixels across: small changes cannot be seen in it.",
            "Most programs that save a photo again make the thumbnail anew, or leave it out.",
        ),
        kinds=("still", "animation"),
        calibrations=("metadata.embedded_thumbnail",),
    ),
    Step(
        name="metadata.encoder",
        run="forensics.metadata.encoder:identify_encoder",
        scope="item",
        takes=("media",),
        version=1,
        summary="Says how a file was last saved, and lists every device, program and service that "
        "is known to save files so.",
        limits=(
            "It says how the file was last saved, not what was done to the picture before: to "
            "save with an editor, or to send with a messenger, is not to manipulate.",
            "What fits several writers is not decided among them, writers that are not known here "
            "are not named, and a file can be made to look like another program's.",
        ),
        kinds=("still", "animation", "video", "audio"),
        calibrations=("metadata.encoder",),
    ),
    Step(
        name="metadata.provenance",
        run="forensics.metadata.provenance:read_provenance",
        scope="item",
        takes=("media", "metadata.read"),
        version=1,
        summary="Checks content credentials (C2PA) without a network, and lists what a file "
        "declares about the kind of its source.",
        limits=(
            "Intact credentials say who vouches and that nothing was changed since, not that what "
            "is shown happened.",
            "Most files carry no credentials, and anybody can remove them: their absence says "
            "nothing, nor does that of a declaration that a trained model was used.",
            "Whether a signer is to be trusted is checked only against a list that the user gives; "
            "revocation is not asked for.",
        ),
        kinds=("still", "animation", "video", "audio"),
        copes_without=("metadata.read",),
        files_named_by=("FORENSICS_C2PA_TRUST_LIST",),
    ),
    Step(
        name="metadata.notes",
        run="forensics.metadata.notes:find_notes",
        scope="review",
        takes=("subject",),
        version=2,
        summary="Notes where an item's own statements do not fit together, or not with those of "
        "files beside it.",
        limits=(
            "A note is a reason to look, never a finding of manipulation: clocks are set wrong "
            "and programs rewrite dates every day.",
        ),
        kinds=("still", "animation", "video", "audio"),
    ),
    Step(
        name="metadata.sidecars",
        run="forensics.metadata.sidecars:find_sidecars",
        scope="case",
        takes=("files", "media"),
        version=1,
        summary="Reads what files beside photos and videos assert about them: of yt-dlp, Telegram "
        "Desktop, auto-archiver, Google Takeout, and XMP.",
        limits=(
            "A sidecar is a statement that anybody can have edited or put beside another file; "
            "files and sidecars are paired by names, which can be changed.",
            "When something was posted, downloaded or archived is not when it was taken.",
        ),
        kinds=("still", "animation", "video", "audio"),
    ),
    Step(
        name="metadata.names",
        run="forensics.metadata.names:read_names",
        scope="case",
        takes=("paths",),
        version=1,
        summary="Says with which naming conventions of programs, devices and platforms the names "
        "of files are consistent.",
        limits=(
            "Names are typed by anyone; a time in a name is as a rule that of receiving or saving, "
            "by a clock and in a zone that are not known.",
        ),
        kinds=("still", "animation", "video", "audio"),
    ),
    Step(
        name="reuse.hashes",
        run="forensics.reuse.hashes:hash_frames",
        scope="item",
        takes=("frames",),
        version=1,
        summary="Computes PDQ, pHash and dHash of every examined picture.",
        limits=("A hash says that pictures look alike, never that one was made from the other.",),
    ),
    Step(
        name="reuse.views",
        run="forensics.reuse.views:make_views",
        scope="item",
        takes=("frames",),
        version=2,
        summary="Keeps small views on which copies are compared pixel by pixel.",
    ),
    Step(
        name="reuse.features",
        run="forensics.reuse.features:describe_frames",
        scope="item",
        takes=("frames",),
        version=2,
        summary="Finds local features of every examined picture, by which crops, screenshots and "
        "collages are found, and of moments of clips.",
        limits=(
            "Pictures of sky, fog, water and plain surfaces have few features or none.",
            "Shared features are a reason to compare two pictures, never a finding.",
        ),
    ),
    Step(
        name="reuse.traces",
        run="forensics.reuse.traces:trace_clip",
        scope="item",
        takes=("media",),
        version=1,
        summary="Keeps a small trace of what changes in a clip over time, by which its stretches "
        "are found in other clips.",
        limits=(
            "Of clips of more than ten minutes fewer frames a second are kept.",
            "What does not change over time, a fixed view without motion, leaves no trace.",
        ),
        kinds=("animation", "video"),
    ),
    Step(
        name="reuse.groups",
        run="forensics.reuse.groups:find_groups",
        scope="case",
        takes=("probes",),
        version=3,
        summary="Groups the items of this folder that are copies of each other.",
        limits=("Clips in which nothing moves are not told to be copies of each other.",),
        calibrations=("reuse.search", "reuse.judge", "reuse.compare", "reuse.clips"),
    ),
    Step(
        name="reuse.search",
        run="forensics.reuse.search:search_archive",
        scope="case",
        takes=("probes", "archive", "event"),
        version=3,
        summary="Looks every item up in the archive of known footage, whole and in parts, and says "
        "what was done to copies.",
        limits=(
            "Stretches of clips are found by what moves in them; a shot without motion stays a "
            "lead, and so may stretches shorter than a second or two.",
            "A still is compared with moments of a clip a second apart; what the clip shows "
            "between them stays a lead.",
            "Photos of little detail are found by their hashes only, and not inside other ones.",
            "No match means that nothing like it is in this archive, not that it is original.",
        ),
        calibrations=("reuse.search", "reuse.judge", "reuse.compare", "reuse.clips"),
    ),
    Step(
        name="damage.deck",
        run="forensics.damage.deck:compare_on_deck",
        scope="pair",
        takes=("before", "after", "question"),
        version=1,
        summary="Lays stills and frames of clips over a picture that a person drew the deck of a "
        "bridge on, or on which one is looked for, and says what changed on it: nothing, scorch, "
        "hole, missing deck, or that it cannot be told.",
        limits=(
            "Only the deck's surface is examined, never its underside or piers.",
            "Scorch is an appearance: a dark patch may be a shadow, wet, oil or new asphalt.",
            "Scores are calibrated on rendered scenes and are no probabilities for real pictures.",
            "Of clips some frames are compared, spread over their shots, and not those between.",
            "A deck that no person drew is less sure, above all of its ends, and is looked for "
            "only where pictures look alike; many pairs are refused or not settled.",
        ),
        kinds=("still", "animation", "video"),
        calibrations=(
            "damage.find",
            "damage.register",
            "damage.shifts",
            "damage.veil",
            "damage.decide",
        ),
        patience_s=100.0,
    ),
)

NOT_TESTED: tuple[str, ...] = (
    "Whether a picture was generated by a computer: no test for AI-generated imagery was made.",
    "When a strike happens in a clip, and whether the shot is continuous around it: not examined; "
    "only hard cuts are looked for.",
    "Which of the article's sentences these media support: they are printed, not tested.",
)
"""Questions a reader will ask that no row of the table answers."""
