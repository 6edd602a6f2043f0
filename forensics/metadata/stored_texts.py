"""Fields from texts that stand beside the picture: PNG's, and comments of JPEG and GIF."""

from collections.abc import Sequence

from forensics.metadata.block_parts import StoredText
from forensics.metadata.charsets import GUESSED, Text, read_text
from forensics.metadata.reading import MAX_TEXT_CHARS, Reading, Readings

MAX_OTHER_CHARS = 200
"""Of a text whose keyword means nothing here so much is shown."""

# Keywords of the PNG standard, and those that programs for generating pictures use.
_FIELDS = {
    "title": "title",
    "author": "artist",
    "description": "description",
    "copyright": "copyright",
    "creation time": "png_creation_time",
    "software": "software",
    "source": "png_source",
    "comment": "comment",
    "disclaimer": "disclaimer",
    "warning": "content_warning",
    "": "comment",
    "parameters": "generator_parameters",
    "prompt": "generator_parameters",
    "workflow": "generator_parameters",
    "dream": "generator_parameters",
    "sd-metadata": "generator_parameters",
    "invokeai_metadata": "generator_parameters",
}


def read_stored_texts(texts: Sequence[StoredText]) -> Readings:
    """Read fields from texts that stand beside the picture.

    Parameters
    ----------
    texts : sequence of StoredText
        In the order of the file.

    Returns
    -------
    dict of str to Reading
        The fields that are there. Of several texts of one field the first counts; comments are
        put together, and so are texts with other keywords, as ``other_texts``.

    References
    ----------
    W3C PNG, third edition, 11.3.3.2 (keywords) and 11.3.3.3 (tEXt is Latin-1).
    """
    readings: Readings = {}
    others: list[str] = []
    for stored in texts:
        text = _decoded(stored)
        if text is None:
            continue
        field = _FIELDS.get(stored.keyword.strip().lower())
        where = f"{stored.where} {stored.keyword}".strip()
        if field is None:
            others.append(f"{stored.keyword}: {text.value[:MAX_OTHER_CHARS]}")
        elif field not in readings:
            readings[field] = Reading(text.value, text.raw, where, text.charset)
        elif field == "comment":
            readings[field] = _joined(readings[field], text)
    if others:
        listed = "; ".join(others)[:MAX_TEXT_CHARS]
        readings["other_texts"] = Reading(listed, listed, "PNG text")
    return readings


def _decoded(stored: StoredText) -> Text | None:
    if stored.charset != "latin-1":
        return read_text(stored.data, declared=stored.charset)
    try:
        stored.data.decode("utf-8")
    except UnicodeDecodeError:
        return read_text(stored.data, declared="latin-1")
    text = read_text(stored.data)
    if text is None or stored.data.isascii():
        return text
    # Many programs write UTF-8 where the standard says Latin-1; both at once fit only by chance.
    return Text(text.value, text.raw, f"utf-8{GUESSED}")


def _joined(first: Reading, more: Text) -> Reading:
    value, raw = (
        f"{one}\n{other}"[:MAX_TEXT_CHARS]
        for one, other in ((first.value, more.value), (first.raw, more.raw))
    )
    return Reading(value, raw, first.where, first.charset or more.charset)
