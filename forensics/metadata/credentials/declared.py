"""What a file declares about its source outside content credentials."""

import re
from collections.abc import Iterable, Mapping

from forensics.metadata.credentials.source_types import Declaration, interpret
from forensics.metadata.reading import raw_text
from forensics.model.findings import Field
from forensics.model.provenance import AiDeclaration, SourceDeclaration

MAX_DECLARATIONS = 50
"""Of each kind so many are told; they come in the order of the file."""

_GENERATORS = ("generator_parameters", "user_comment")
_SETTINGS = re.compile(
    r'Steps: \d{1,5}, |Negative prompt: |"class_type"\s*:|"(?:sampler|sampler_name|cfg_scale)"\s*:'
)
"""Written by AUTOMATIC1111 and its kin, ComfyUI and InvokeAI; a mere "prompt" is not enough."""

_SYSTEMS = ("ai_system_used", "ai_prompt")
_LABEL = re.compile(r'"Label"\s*:\s*"?([123])\b')
_LABEL_TAG = "AIGC"
_LABELS = {
    "1": "declares that it was made by a trained model",
    "2": "declares that it may have been made by a trained model",
    "3": "declares that it is suspected to have been made by a trained model",
}


def declared_in(fields: Mapping[str, Field]) -> list[Declaration]:
    """Give the kinds of source that metadata declares.

    Parameters
    ----------
    fields : mapping of str to Field
        As `metadata.read` gives them.

    Returns
    -------
    list of Declaration
        IPTC's Digital Source Type, where it is stated.
    """
    field = fields.get("digital_source_type")
    if field is None:
        return []
    return [Declaration(_place(field), field.raw or str(field.value), signed=False)]


def generators_in(fields: Mapping[str, Field], tags: Mapping[str, str]) -> list[AiDeclaration]:
    """Give what programs and platforms that use trained models leave in metadata.

    Parameters
    ----------
    fields : mapping of str to Field
        As `metadata.read` gives them.
    tags : mapping of str to str
        Tags of a clip, as `Media.tags`.

    Returns
    -------
    list of AiDeclaration
        Settings of generators, IPTC's fields about them, and the label of GB 45438.

    References
    ----------
    IPTC Photo Metadata Standard 2025.1, AI System Used and AI Prompt Information.
    GB 45438-2025, appendix E (field ``AIGC`` in the metadata of a file).
    """
    found = []
    for name in _GENERATORS:
        field = fields.get(name)
        if field is not None and _SETTINGS.search(str(field.value)):
            found.append(_declaration(field, "carries the settings of a program that makes or "
                                      "changes pictures with a trained model"))  # fmt: skip
    for name in _SYSTEMS:
        field = fields.get(name)
        if field is not None:
            found.append(_declaration(field, "declares that a trained model was used"))
    label = raw_text(tags.get(_LABEL_TAG, ""))
    if (match := _LABEL.search(label)) is not None:
        said = _LABELS[match.group(1)]
        found.append(AiDeclaration(f"container tag {_LABEL_TAG}", label, "not_stated", said, False))
    return found


def sort_declarations(
    declarations: Iterable[Declaration], generators: Iterable[AiDeclaration]
) -> tuple[tuple[AiDeclaration, ...], tuple[SourceDeclaration, ...]]:
    """Tell declarations of a trained model from others.

    Parameters
    ----------
    declarations : iterable of Declaration
        Declared kinds of source.
    generators : iterable of AiDeclaration
        What `generators_in` found.

    Returns
    -------
    ai : tuple of AiDeclaration
        Those that name a trained model; each once.
    other : tuple of SourceDeclaration
        The rest; each once.
    """
    told = [interpret(each) for each in declarations]
    ai = [*(each for each in told if isinstance(each, AiDeclaration)), *generators]
    other = [each for each in told if isinstance(each, SourceDeclaration)]
    return (
        tuple(dict.fromkeys(ai))[:MAX_DECLARATIONS],
        tuple(dict.fromkeys(other))[:MAX_DECLARATIONS],
    )


def _declaration(field: Field, meaning: str) -> AiDeclaration:
    value = field.raw or str(field.value)
    return AiDeclaration(_place(field), value, "not_stated", meaning, False)


def _place(field: Field) -> str:
    return "; ".join(dict.fromkeys(field.where.values())) or "metadata"
