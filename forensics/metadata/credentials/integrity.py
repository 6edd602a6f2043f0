"""Judge whether a file and its content credentials are as they were when they were signed."""

from forensics.metadata.credentials.claim import codes_of, dict_of, dicts_in, is_about_signer
from forensics.metadata.credentials.store import Json
from forensics.model.provenance import Integrity

_ABOUT_INGREDIENTS = "ingredient."
_SIGNATURE_HOLDS = "claimSignature.validated"
_CONTENT_HOLDS = (
    "assertion.dataHash.match",
    "assertion.bmffHash.match",
    "assertion.boxesHash.match",
    "assertion.collectionHash.match",
    "assertion.multiAssetHash.match",
)
_CONTENT_HASH = "c2pa.hash.data"
_EXEMPTING = ("assertion.dataHash.match", "assertion.dataHash.mismatch")

_BROKEN = (
    ("Hash.mismatch", "the content does not match the hash that was signed: it was changed since, "
     "or these credentials belong to another file"),
    ("claimSignature.mismatch", "the signature does not fit the statements"),
    ("assertion.hashedURI.mismatch", "a signed statement was changed"),
    ("claimSignature.missing", "the signature is missing"),
    ("claim.missing", "the list of signed statements is missing"),
    ("assertion.missing", "a signed statement is missing"),
    (".mismatch", "a part does not match its hash"),
)  # fmt: skip
"""End of a code, and what it says; the first that fits is told."""


def judge_integrity(manifest: Json) -> Integrity:
    """Say whether content and statements are as they were when they were signed.

    Parameters
    ----------
    manifest : dict
        The file's own manifest, as `read_store` gives it.

    Returns
    -------
    Integrity
        ``broken`` only when something that was signed does not match; what the library objects to
        for another reason leaves it ``undetermined``.
    """
    held, failed = codes_of(manifest, "success"), codes_of(manifest, "failure")
    held = {code for code in held if _is_about_bytes(code)}
    failed = {code for code in failed if _is_about_bytes(code)}
    codes = tuple(sorted(held | failed))
    exempting = failed == {_EXEMPTING[1]} and _EXEMPTING[0] in held
    if exempting and _SIGNATURE_HOLDS in held:
        return Integrity("undetermined", _exempted(manifest), codes)
    broken = [said for code in sorted(failed) if (said := _broken(code))]
    if broken:
        return Integrity("broken", "; ".join(dict.fromkeys(broken)), codes)
    if failed:
        named = ", ".join(sorted(failed))
        return Integrity(
            "undetermined",
            f"no hash disagrees, but the credentials do not keep to the standard ({named})",
            codes,
        )
    if _SIGNATURE_HOLDS in held and not held.isdisjoint(_CONTENT_HOLDS):
        return Integrity("intact", _INTACT, codes)
    lacking = "signature" if _SIGNATURE_HOLDS not in held else "content"
    return Integrity("undetermined", f"the {lacking} could not be checked", codes)


_INTACT = "the signature verifies, and the content and all signed statements match their hashes"


def _is_about_bytes(code: str) -> bool:
    return not is_about_signer(code) and not code.startswith(_ABOUT_INGREDIENTS)


def _broken(code: str) -> str | None:
    return next((said for end, said in _BROKEN if code.endswith(end)), None)


def _exempted(manifest: Json) -> str:
    """Say which bytes a content hash leaves out, for one that leaves out more than the manifest."""
    assertions = dict_of(manifest.get("assertions"))
    binding = [assertions[key] for key in assertions if key.startswith(_CONTENT_HASH)]
    spans = [
        f"{start:,} to {start + length - 1:,}"
        for each in dicts_in(dict_of(next(iter(binding), None)), "exclusions")[:3]
        if isinstance(start := each.get("start"), int)
        and isinstance(length := each.get("length"), int)
    ]
    return (
        "the signature verifies and the bytes that the hash covers are unchanged, but it leaves "
        "out more than the credentials themselves, and for that nobody vouches: bytes "
        f"{', '.join(spans)}"
    )
