"""Take an XMP packet apart into named texts, without trusting it."""

import re
from collections.abc import Mapping
from xml.parsers import expat  # entities and DTDs are refused below

from msgspec import Struct

MAX_PACKET_BYTES = 8 << 20
"""Longer packets are cut: the longest in real files hold depth maps, behind all that is read."""

MAX_DEPTH = 64
"""XMP's own structures are about ten elements deep."""

MAX_ELEMENTS = 100_000
MAX_PROPERTIES = 10_000
MAX_VALUE_CHARS = 20_000
MAX_NAME_CHARS = 200

_SEPARATOR = " "
_PREFIXES = {
    "adobe:ns:meta/": "x",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#": "rdf",
    "http://www.w3.org/XML/1998/namespace": "xml",
    "http://purl.org/dc/elements/1.1/": "dc",
    "http://purl.org/dc/terms/": "dcterms",
    "http://ns.adobe.com/xap/1.0/": "xmp",
    "http://ns.adobe.com/xap/1.0/mm/": "xmpMM",
    "http://ns.adobe.com/xap/1.0/rights/": "xmpRights",
    "http://ns.adobe.com/xap/1.0/sType/ResourceEvent#": "stEvt",
    "http://ns.adobe.com/xap/1.0/sType/ResourceRef#": "stRef",
    "http://ns.adobe.com/xmp/note/": "xmpNote",
    "http://ns.adobe.com/photoshop/1.0/": "photoshop",
    "http://ns.adobe.com/tiff/1.0/": "tiff",
    "http://ns.adobe.com/exif/1.0/": "exif",
    "http://cipa.jp/exif/1.0/": "exifEX",
    "http://ns.adobe.com/exif/1.0/aux/": "aux",
    "http://ns.adobe.com/camera-raw-settings/1.0/": "crs",
    "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/": "Iptc4xmpCore",
    "http://iptc.org/std/Iptc4xmpExt/2008-02-29/": "Iptc4xmpExt",
    "http://ns.google.com/photos/1.0/camera/": "GCamera",
}
_TRANSPARENT = ("rdf:Description", "rdf:Bag", "rdf:Seq", "rdf:Alt", "rdf:value")
_ABOUT_NODES = ("rdf:about", "rdf:ID", "rdf:nodeID", "rdf:parseType", "rdf:datatype")
_NO_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_UTF_16 = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"<\0", "utf-16-le"),
           (b"\0<", "utf-16-be"))  # fmt: skip
_UTF_32 = ((b"\xff\xfe\0\0", "utf-32"), (b"\0\0\xfe\xff", "utf-32"), (b"<\0\0\0", "utf-32-le"),
           (b"\0\0\0<", "utf-32-be"))  # fmt: skip


class XmpTree(Struct, frozen=True):
    """The properties of an XMP packet.

    Parameters
    ----------
    properties : dict of str to str
        By path with XMP's usual prefixes, whatever prefixes the packet uses:
        ``exif:DateTimeOriginal``, ``dc:creator[1]``, ``xmpMM:History[2]/stEvt:when``.
        ``x:xmptk`` is the toolkit that wrote the packet. Unknown namespaces are left out.
    languages : dict of str to str
        By path, the language of texts that state one.
    faults : tuple of str
        What could not be read; what stood before it is kept.
    """

    properties: dict[str, str]
    languages: dict[str, str]
    faults: tuple[str, ...]

    def first(self, name: str) -> str | None:
        """Give a property's text: of a list its first entry, of alternatives the default one.

        Parameters
        ----------
        name : str
            Its path.

        Returns
        -------
        str or None
            The text; None when there is none.
        """
        if name in self.properties:
            return self.properties[name]
        if f"{name}[1]" not in self.properties:
            return None
        paths = self._entries(name)
        default = [path for path in paths if self.languages.get(path) == "x-default"]
        return next((self.properties[path] for path in (*default, *paths)), None)

    def all(self, name: str) -> tuple[str, ...]:
        """Give all entries of a property.

        Parameters
        ----------
        name : str
            Its path.

        Returns
        -------
        tuple of str
            In order; one for a plain text, none when there is no such property.
        """
        if name in self.properties:
            return (self.properties[name],)
        return tuple(self.properties[path] for path in self._entries(name))

    def _entries(self, name: str) -> list[str]:
        paths: list[str] = []
        while (path := f"{name}[{len(paths) + 1}]") in self.properties:
            paths.append(path)
        return paths


def parse_xmp(packet: bytes) -> XmpTree:
    """Take an XMP packet apart.

    Pillow's ``getxmp`` builds a tree by local names, so that ``exif:DateTime`` and another
    schema's ``DateTime`` fall together, and gives nothing when one byte is wrong.

    Parameters
    ----------
    packet : bytes
        UTF-8, UTF-16 or UTF-32, with or without its wrapper and padding.

    Returns
    -------
    XmpTree
        Its properties. Nothing is fetched, no entity is resolved, document type declarations end
        the reading, and depth, number and size are bounded; what was read before is kept.

    References
    ----------
    ISO 16684-1:2019, clause 7 (serialisation as RDF/XML).
    """
    collector = _Collector()
    faults = [] if len(packet) <= MAX_PACKET_BYTES else ["the XMP packet is too long; it was cut"]
    text, is_clean = _decode(packet[:MAX_PACKET_BYTES])
    if not is_clean:
        faults.append("the XMP packet is not in its character set")
    start = text.find("<")
    if start == -1:
        return XmpTree({}, {}, (*faults, "the XMP packet holds no XML"))
    parser = expat.ParserCreate("utf-8", namespace_separator=_SEPARATOR)
    parser.buffer_text = True
    parser.StartElementHandler = collector.start
    parser.EndElementHandler = collector.end
    parser.CharacterDataHandler = collector.text
    parser.StartDoctypeDeclHandler = _refuse
    parser.EntityDeclHandler = _refuse
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    try:
        parser.Parse(text[start:].encode("utf-8"), True)
    except _RefusedError as refusal:
        faults.append(f"XMP: {refusal}")
    except expat.ExpatError as error:
        if not collector.is_done:  # what stands behind the end of the data does no harm
            faults.append(f"XMP breaks off: {expat.ErrorString(error.code)}, line {error.lineno}")
    return XmpTree(collector.properties, collector.languages, tuple(faults))


class _RefusedError(Exception):
    """The packet wants something that no XMP packet needs."""


def _refuse(*_: object) -> None:
    raise _RefusedError("it declares a document type or entities, which are not followed")


def _decode(packet: bytes) -> tuple[str, bool]:
    r"""Give the packet as text that XML allows; other bytes are written as ``\xNN``."""
    encoding = next((name for mark, name in (*_UTF_32, *_UTF_16) if packet.startswith(mark)), None)
    if encoding is not None:
        text = packet.decode(encoding, "replace").rstrip("\0\ufffd")
        is_clean = "\ufffd" not in text
    else:
        packet = packet.removeprefix(b"\xef\xbb\xbf").rstrip(b"\0")
        try:
            text, is_clean = packet.decode("utf-8"), True
        except UnicodeDecodeError:
            text, is_clean = packet.decode("utf-8", "backslashreplace"), False
    cleaned = _NO_XML.sub(lambda match: f"\\x{ord(match.group()):02x}", text)
    return cleaned.encode("utf-8", "replace").decode(), is_clean and cleaned == text


class _Place(Struct):
    """An element that is open: its path, how many entries it has had, its text so far."""

    path: str | None
    entries: int = 0
    chars: int = 0
    parts: list[str] = []


class _Collector:
    """Collects properties while the parser walks through the packet."""

    def __init__(self) -> None:
        self.properties: dict[str, str] = {}
        self.languages: dict[str, str] = {}
        self.is_done = False
        self._open = [_Place(None)]
        self._elements = 0

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        self._elements += 1
        if len(self._open) > MAX_DEPTH:
            raise _RefusedError(f"it is nested more than {MAX_DEPTH} elements deep")
        if self._elements > MAX_ELEMENTS:
            raise _RefusedError(f"it has more than {MAX_ELEMENTS:,} elements")
        known = _qualified(name)
        place = _Place(self._path_of(known, self._open[-1]))
        self._open.append(place)
        if known == "x:xmpmeta":
            self._keep_toolkit(attributes)
        if place.path is not None and known != "rdf:RDF":
            self._keep_attributes(place.path, attributes)

    def end(self, name: str) -> None:
        place = self._open.pop()
        if place.path and (text := "".join(place.parts).strip()):
            self._keep(place.path, text)
        self.is_done = self.is_done or _qualified(name) == "rdf:RDF"

    def text(self, text: str) -> None:
        place = self._open[-1]
        if place.path and place.chars < MAX_VALUE_CHARS:
            place.parts.append(text[: MAX_VALUE_CHARS - place.chars])
            place.chars += len(text)

    def _path_of(self, known: str | None, parent: _Place) -> str | None:
        if known == "rdf:RDF":
            return ""
        if parent.path is None or known is None:
            return None  # outside of the data, or below something unknown
        if known in _TRANSPARENT:
            return parent.path
        if known == "rdf:li":
            parent.entries += 1
            return f"{parent.path}[{parent.entries}]"
        return f"{parent.path}/{known}" if parent.path else known

    def _keep_toolkit(self, attributes: Mapping[str, str]) -> None:
        for key, value in attributes.items():
            if _qualified(key) in ("x:xmptk", "x:xaptk"):
                self._keep("x:xmptk", value)

    def _keep_attributes(self, path: str, attributes: Mapping[str, str]) -> None:
        for key, value in attributes.items():
            known = _qualified(key)
            if known is None or known in _ABOUT_NODES:
                continue
            if known == "xml:lang":
                self.languages.setdefault(path, value[:MAX_NAME_CHARS])
            elif known in ("rdf:resource", "rdf:value"):
                self._keep(path, value)
            else:
                self._keep(f"{path}/{known}" if path else known, value)

    def _keep(self, path: str, text: str) -> None:
        if len(self.properties) >= MAX_PROPERTIES:
            raise _RefusedError(f"it has more than {MAX_PROPERTIES:,} properties")
        if path:
            self.properties.setdefault(path, text[:MAX_VALUE_CHARS])


def _qualified(name: str) -> str | None:
    """Give a name with XMP's usual prefix; None when its namespace is not known."""
    space, _, local = name.rpartition(_SEPARATOR)
    prefix = _PREFIXES.get(space)
    return None if prefix is None or len(local) > MAX_NAME_CHARS else f"{prefix}:{local}"
