"""Sign pictures with content credentials and certificates of our own, for tests and fuzzing."""

import datetime as dt
import io
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

import c2pa
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

_START, _END = dt.datetime(2020, 1, 1, tzinfo=dt.UTC), dt.datetime(2045, 1, 1, tzinfo=dt.UTC)
SOURCE_TYPES = "http://cv.iptc.org/newscodes/digitalsourcetype/"


@dataclass(frozen=True)
class Party:
    """A certificate, its key, and the certificates above it."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey
    above: tuple["Party", ...] = ()

    @property
    def pem(self) -> str:
        """Give the certificate as text."""
        return self.certificate.public_bytes(serialization.Encoding.PEM).decode()

    @property
    def chain(self) -> str:
        """Give the certificate and those above it as text."""
        return "".join(each.pem for each in (self, *self.above))

    @property
    def key_pem(self) -> str:
        """Give the key as text."""
        return self.key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ).decode()


def make_party(name: str, *, under: Party | None = None, end: dt.datetime = _END) -> Party:
    """Make a certificate: an authority, or a signer under one."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = _subject(name)
    issuer = under.certificate.subject if under else subject
    is_authority = under is None
    extensions = (
        (x509.BasicConstraints(is_authority, None), True),
        (x509.KeyUsage(not is_authority, *(False,) * 4, is_authority, is_authority, *(False,) * 2),
         True),
        (x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False),
        (x509.AuthorityKeyIdentifier.from_issuer_public_key(
            (under.key if under else key).public_key()), False),
    )  # fmt: skip
    builder = (
        x509.CertificateBuilder().subject_name(subject).issuer_name(issuer)
        .public_key(key.public_key()).serial_number(x509.random_serial_number())
        .not_valid_before(_START).not_valid_after(end)
    )  # fmt: skip
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical)
    if under is not None:
        usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION])
        builder = builder.add_extension(usage, False)
    certificate = builder.sign(under.key if under else key, hashes.SHA256())
    return Party(certificate, key, (under, *under.above) if under else ())


def _subject(name: str) -> x509.Name:
    parts = ((NameOID.COUNTRY_NAME, "US"), (NameOID.ORGANIZATION_NAME, "Examples"),
             (NameOID.COMMON_NAME, name))  # fmt: skip
    return x509.Name([x509.NameAttribute(oid, value) for oid, value in parts])


@cache
def signer() -> Party:
    """Give the signer that files are signed by when none is named."""
    return make_party("Signer of tests", under=make_party("Authority of tests"))


def action(name: str, *, source: str | None = None, **more: object) -> dict[str, object]:
    """Give an action; `source` is a term of IPTC's vocabulary."""
    made: dict[str, object] = {"action": name, **more}
    return made | ({"digitalSourceType": SOURCE_TYPES + source} if source else {})


def sign(
    data: bytes,
    *,
    media_type: str = "image/jpeg",
    by: Party | None = None,
    actions: Sequence[dict[str, object]] = (),
    ingredients: Sequence[tuple[str, bytes]] = (),
    assertions: Sequence[dict[str, object]] = (),
    thumbnail: bytes | None = None,
    change: Callable[[c2pa.Builder], None] | None = None,
    stamped_by: str | None = None,
) -> bytes:
    """Give a file with content credentials.

    Parameters
    ----------
    data : bytes
        The file.
    media_type : str
        What it is.
    by : Party, optional
        Who signs.
    actions, assertions : sequence of dict
        What is stated; a capture by a camera when no action is given.
    ingredients : sequence of (str, bytes)
        Titles and JPEG files it is said to be made from.
    thumbnail : bytes, optional
        Carried as its thumbnail.
    change : callable, optional
        Whatever else is to be done to the builder.
    stamped_by : str, optional
        Address of a time stamp authority; asked when it is given.

    Returns
    -------
    bytes
        The signed file; two of them never have the same bytes.
    """
    party = by or signer()
    # The first action of every claim has to say how the file came to be.
    told = actions or (action("c2pa.created", source="digitalCapture"),)
    stated = [*assertions, {"label": "c2pa.actions", "data": {"actions": [*told]}}]
    claim: dict[str, object] = {
        "claim_generator_info": [{"name": "signing", "version": "1.0"}],
        "title": "signed.jpg",
        "assertions": stated,
    }
    if thumbnail is not None:
        claim["thumbnail"] = {"format": "image/jpeg", "identifier": "thumbnail"}
    # A thumbnail of each file would make it a hundred times as large.
    without = {"thumbnail": {"enabled": False}}
    settings = c2pa.Settings.from_dict(
        {"builder": without, "verify": {"verify_after_sign": stamped_by is None}}
    )
    with c2pa.Context(settings) as context:
        builder = c2pa.Builder.from_json(json.dumps(claim), context=context)
        if thumbnail is not None:
            builder.add_resource("thumbnail", io.BytesIO(thumbnail))
        for title, content in ingredients:
            named = json.dumps({"title": title, "relationship": "componentOf"})
            builder.add_ingredient(named, "image/jpeg", io.BytesIO(content))
        if change is not None:
            change(builder)
        info = c2pa.C2paSignerInfo(
            alg=b"es256", sign_cert=party.chain.encode(), private_key=party.key_pem.encode(),
            ta_url=stamped_by.encode() if stamped_by else None,
        )  # fmt: skip
        signed = io.BytesIO()
        builder.sign(c2pa.Signer.from_info(info), media_type, io.BytesIO(data), signed)
    return signed.getvalue()


def without_manifest(data: bytes) -> bytes:
    """Give a JPEG without its content credentials."""
    return split(data)[1]


def split(data: bytes) -> tuple[bytes, bytes]:
    """Take a JPEG apart: its APP11 segments, and what is left without them."""
    kept, taken, at = [data[:2]], [], 2
    while data[at] == 0xFF and data[at + 1] != 0xDA:
        length = 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        (taken if data[at + 1] == 0xEB else kept).append(data[at : at + length])
        at += length
    return b"".join(taken), b"".join((*kept, data[at:]))


def with_segments(data: bytes, segments: bytes) -> bytes:
    """Give a JPEG with segments put behind its JFIF header."""
    at = 4 + int.from_bytes(data[4:6], "big")
    return data[:at] + segments + data[at:]


def box(name: bytes, content: bytes) -> bytes:
    """Give a box with its length."""
    return (8 + len(content)).to_bytes(4, "big") + name + content


STORE = b"c2pa\0\x11\0\x10\x80\0\0\xaa\0\x38\x9b\x71"
"""Type of a JUMBF superbox that is a manifest store."""


def describe(label: bytes, kind: bytes = STORE) -> bytes:
    """Give the box that says what a JUMBF superbox is."""
    return box(b"jumd", kind + b"\x03" + label + b"\0")


def in_segments(jumbf: bytes, *, part_bytes: int = 60_000) -> bytes:
    """Wrap a JUMBF superbox into APP11 segments."""
    made = []
    for number, at in enumerate(range(0, len(jumbf), part_bytes), 1):
        head = b"" if at == 0 else jumbf[:8]
        body = b"JP\0\1" + number.to_bytes(4, "big") + head + jumbf[at : at + part_bytes]
        made.append(b"\xff\xeb" + (2 + len(body)).to_bytes(2, "big") + body)
    return b"".join(made)
