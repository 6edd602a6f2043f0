"""Have a library check the content credentials of a file, without a network and without trust."""

import hashlib
import json
import os
import re
import resource
from pathlib import Path
from typing import Any, BinaryIO

from msgspec import Struct

from forensics.ingest.guard import REFETCH, guarded
from forensics.ingest.regular import open_regular
from forensics.metadata.reading import clean_text
from forensics.model.errors import UnreadableMedia
from forensics.model.outcome import Absent, Problem

TRUST_LIST_VARIABLE = "FORENSICS_C2PA_TRUST_LIST"
"""Environment variable that names a file of certificates (PEM) of signers to be trusted."""

MAX_TRUST_LIST_BYTES = 8 << 20
MAX_REPORT_CHARS = 32 << 20
"""The library's own report of a manifest store; that of seven nested ones has 120,000."""

MEDIA_TYPES = {
    "jpeg": "image/jpeg",
    "png": "image/png",
    "apng": "image/png",
    "webp": "image/webp",
    "avif": "image/avif",
    "heic": "image/heic",
    "tiff": "image/tiff",
    "gif": "image/gif",
    "mp4": "video/mp4",
    "mov": "video/quicktime",
    "avi": "video/avi",
    "wav": "audio/wav",
    "mp3": "audio/mpeg",
    "flac": "audio/flac",
}
"""Formats that can carry credentials and the library reads, by the name that `sniff` gives."""

_MAX_BLOCK_BYTES = 256 << 20
"""How much of a file c2pa-rs reads at once to hash it; 577 MiB were seen for 1.4 GiB."""

_RESERVE_BYTES = 64 << 20
_VM_DATA = re.compile(rb"^VmData:\s*(\d+) kB", re.MULTILINE)

_LIBRARY = 'Install it with: pip install "strike-forensics[c2pa]"'

# The library fetches manifests that a file names, and documents that identities name. Each of
# these turns that off; no host is allowed besides.
_OFFLINE: dict[str, dict[str, object]] = {
    "verify": {"remote_manifest_fetch": False, "ocsp_fetch": False, "verify_after_reading": True},
    "core": {
        "allowed_network_hosts": [],
        "allow_redirects": False,
        "decode_identity_assertions": False,
        "max_decompressed_manifest_size_in_mb": 32,
    },
}

Json = dict[str, Any]  # Any: what a stranger's credentials hold; every use checks the type


class TrustList(Struct, frozen=True):
    """Certificates of signers that a user trusts.

    Parameters
    ----------
    name : str
        Name of its file and its SHA-256.
    pem : str
        The certificates.
    """

    name: str
    pem: str


def given_trust_list() -> TrustList | Problem | None:
    """Read the list of trusted signers that the environment names.

    Returns
    -------
    TrustList, Problem or None
        None when it names none; the package has none of its own.
    """
    named = os.environ.get(TRUST_LIST_VARIABLE)
    if not named:
        return None
    path = Path(named)
    try:
        with open_regular(path) as file:
            data = file.read(MAX_TRUST_LIST_BYTES)
    except (OSError, UnreadableMedia) as error:
        said = getattr(error, "strerror", None) or error
        return Problem(f"the list that {TRUST_LIST_VARIABLE} names cannot be read: {said}")
    return _parse_list(path.name, data)


def _parse_list(name: str, data: bytes) -> TrustList | Problem:
    def call() -> int:
        # Comes with c2pa-python, which takes what is no certificate for a fault of the evidence.
        from cryptography.x509 import load_pem_x509_certificates

        return len(load_pem_x509_certificates(data))

    count = guarded(call, doing=f"reading the list that {TRUST_LIST_VARIABLE} names")
    if isinstance(count, Problem):
        return count
    shown = clean_text(name) or "without a name"
    digest = hashlib.sha256(data).hexdigest()
    return TrustList(f"{shown} {digest}", data.decode("ascii", "replace"))


def read_store(
    file: BinaryIO, media_type: str, trust_list: TrustList | None = None
) -> list[Json] | Absent | Problem:
    """Read and check the manifests of a file.

    Parameters
    ----------
    file : binary file
        Open for reading and seeking.
    media_type : str
        One of `MEDIA_TYPES`: the library is told what was found in the content.
    trust_list : TrustList, optional
        Whom to trust; without it no signer is looked up.

    Returns
    -------
    list of dict, Absent or Problem
        The manifests as the library reports them (crJSON), at least one, the file's own first;
        `Absent` when there is none where the format keeps them, or the library is missing;
        `Problem` when it gave up.

    References
    ----------
    C2PA Technical Specification 2.2, 15 (validation). Library: c2pa-python, which is c2pa-rs.
    """
    try:
        import c2pa
    except (ImportError, OSError, RuntimeError) as error:
        said = " ".join(str(error).split())
        return Absent(
            "not_available", f"the library c2pa-python does not load here ({said})", _LIBRARY
        )

    def call() -> list[Json] | None:
        _require_room(file)
        context = c2pa.Context(c2pa.Settings.from_dict(_settings(trust_list)))
        try:
            reader = c2pa.Reader(media_type, file, context=context)
        except c2pa.C2paError.ManifestNotFound:
            return None
        with reader:
            return _manifests(reader.crjson())

    told = guarded(call, doing="checking content credentials with c2pa", advice=REFETCH)
    if told is None:
        return Absent("not_present", "no content credentials stand where the format keeps them")
    return told


def _require_room(file: BinaryIO) -> None:
    """Raise MemoryError when less is left than the library may ask for: it ends the process then.

    It holds one more copy of a still, and two blocks of the content while it hashes them.
    """
    allowed, _ = resource.getrlimit(resource.RLIMIT_DATA)
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    if allowed == resource.RLIM_INFINITY:
        return
    if _private_bytes() + 2 * min(size, _MAX_BLOCK_BYTES) + _RESERVE_BYTES > allowed:
        raise MemoryError


def _private_bytes() -> int:
    """Give what counts against the limit on data; 0 where the system does not tell."""
    try:
        status = Path("/proc/self/status").read_bytes()
    except OSError:
        return 0
    found = _VM_DATA.search(status)
    return int(found.group(1)) << 10 if found else 0


def _settings(trust_list: TrustList | None) -> Json:
    verify = {**_OFFLINE["verify"], "verify_trust": trust_list is not None}
    settings: Json = {"version": 1, "core": _OFFLINE["core"], "verify": verify}
    if trust_list is not None:
        settings["trust"] = {"trust_anchors": trust_list.pem}
    return settings


def _manifests(report: str) -> list[Json]:
    if len(report) > MAX_REPORT_CHARS:
        raise UnreadableMedia("the content credentials hold more than can be listed")
    told = json.loads(report)
    manifests = [each for each in told["manifests"] if isinstance(each, dict)]
    if not manifests:
        raise UnreadableMedia("the content credentials hold no manifest")
    return manifests
