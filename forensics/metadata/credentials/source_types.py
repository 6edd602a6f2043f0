"""What a declared kind of source means: the vocabulary of IPTC, and C2PA's additions to it."""

import re

from msgspec import Struct

from forensics.metadata.reading import clean_text, raw_text
from forensics.model.provenance import AiDeclaration, AiExtent, SourceDeclaration

_AI: dict[str, tuple[AiExtent, str]] = {
    "trainedalgorithmicmedia": ("wholly", "declares that it was made by a trained model"),
    "compositewithtrainedalgorithmicmedia": (
        "partly",
        "declares that parts of it were made or changed by a trained model",
    ),
    "trainedalgorithmicdata": ("wholly", "declares that it is the output of a trained model"),
}
_OTHER = {
    "digitalcapture": "declares that a digital camera or recorder took it from a real-life source",
    "computationalcapture": "declares that a device took it from a real-life source and computed "
    "it from several exposures or sensors",
    "negativefilm": "declares that it was digitised from a negative on film",
    "positivefilm": "declares that it was digitised from a positive on film",
    "print": "declares that it was digitised from a print",
    "minorhumanedits": "declares a capture with minor changes made by a person",
    "humanedits": "declares that a person changed it with tools that use no trained model",
    "compositecapture": "declares that it was put together from several captures",
    "composite": "declares that it was put together from several elements",
    "compositesynthetic": "declares that it was put together from elements of which at least one "
    "is synthetic",
    "algorithmicallyenhanced": "declares that an algorithm changed it",
    "algorithmicmedia": "declares that an algorithm made it that was not trained on samples",
    "datadrivenmedia": "declares that a program made it from data",
    "digitalart": "declares that a person drew it with digital tools",
    "digitalcreation": "declares that a person made it with digital tools",
    "virtualrecording": "declares that it was recorded from a virtual event",
    "screencapture": "declares that it was recorded from a screen",
    "softwareimage": "declares that software made it",
    "empty": "declares that it began as an empty file",
}
_UNKNOWN = "declares a kind of source that the vocabulary does not hold"
_SEPARATORS = re.compile(r"[/:#]")


class Declaration(Struct, frozen=True):
    """A statement about a source, as it stands.

    Parameters
    ----------
    where : str
        Where it stands.
    value : str
        The statement.
    signed : bool
        Whether it stands in credentials that are intact.
    """

    where: str
    value: str
    signed: bool


def interpret(declaration: Declaration) -> AiDeclaration | SourceDeclaration:
    """Say what a declared kind of source means.

    Parameters
    ----------
    declaration : Declaration
        Its value is a term, alone or at the end of the address that IPTC and C2PA give it.

    Returns
    -------
    AiDeclaration or SourceDeclaration
        The first when the term names a trained model; terms that this package does not know are
        passed on as they are.

    References
    ----------
    IPTC NewsCodes, Digital Source Type, 2025-11: http://cv.iptc.org/newscodes/digitalsourcetype/.
    C2PA Technical Specification 2.2, 18.15.4.2 (``digitalSourceType`` of an action, and the terms
    ``empty`` and ``trainedAlgorithmicData``).

    Examples
    --------
    >>> term = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
    >>> interpret(Declaration("XMP", term, signed=False)).meaning
    'declares that it was made by a trained model'
    """
    value = raw_text(declaration.value)
    term = _SEPARATORS.split(value.strip().rstrip("/"))[-1].lower()
    where = clean_text(declaration.where) or ""
    if term in _AI:
        extent, meaning = _AI[term]
        return AiDeclaration(where, value, extent, meaning, declaration.signed)
    return SourceDeclaration(where, value, _OTHER.get(term, _UNKNOWN), declaration.signed)
