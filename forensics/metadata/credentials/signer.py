"""Judge who signed content credentials, and whether a list of trusted signers has them."""

from datetime import datetime

from forensics.metadata.credentials.claim import (
    codes_of,
    dict_of,
    is_about_signer,
    name_of,
    text_of,
)
from forensics.metadata.credentials.store import Json, TrustList
from forensics.model.outcome import Problem
from forensics.model.provenance import Signer, SignerState

_SIGNATURE_HOLDS = "claimSignature.validated"
_STAMP_HOLDS, _STAMP_TRUSTED = "timeStamp.validated", "timeStamp.trusted"
_UNFIT = (
    "signingCredential.revoked",
    "signingCredential.ocsp.revoked",
    "signingCredential.invalid",
)
_TRUSTED, _UNTRUSTED = "signingCredential.trusted", "signingCredential.untrusted"
_ALWAYS = "signingCredential.ocsp.skipped"

_BY_TODAYS_DATE = (
    "signingCredential.expired",
    _TRUSTED,
    _UNTRUSTED,
    "claimSignature.insideValidity",
    "claimSignature.outsideValidity",
)
"""Without a time stamp that it trusts the library compares certificates with today's date, and a
report made tomorrow might say something else. So these codes are left out then."""


def judge_signer(manifest: Json, trust_list: TrustList | Problem | None) -> Signer:
    """Say who signed, and whether the list of trusted signers has them.

    Parameters
    ----------
    manifest : dict
        The file's own manifest, checked with `trust_list`.
    trust_list : TrustList, Problem or None
        The list that was used, or why there is none.

    Returns
    -------
    Signer
        What it says is the same on every day.
    """
    signature = dict_of(manifest.get("signature"))
    certificate = dict_of(signature.get("certificateInfo"))
    subject, issuer = dict_of(certificate.get("subject")), dict_of(certificate.get("issuer"))
    codes = _signer_codes(manifest)
    state, detail = _judge_certificate(manifest, certificate, codes, trust_list)
    return Signer(
        state=state,
        detail=detail,
        codes=codes,
        name=text_of(subject.get("CN")),
        organization=text_of(subject.get("O")),
        issuer=name_of(issuer),
        trust_list=trust_list.name if isinstance(trust_list, TrustList) else None,
    )


def time_stamp(manifest: Json) -> tuple[str | None, str | None]:
    """Give the time that a time stamp over the signature states, and who states it.

    Parameters
    ----------
    manifest : dict
        As `read_store` gives it.

    Returns
    -------
    signed_at, authority : str or None
        None when there is no time stamp that verifies.
    """
    stamp = dict_of(dict_of(manifest.get("signature")).get("timeStampInfo"))
    time = text_of(stamp.get("timestamp"))
    if time is None or _STAMP_HOLDS not in codes_of(manifest, "success"):
        return None, None
    certificate = dict_of(stamp.get("certificateInfo"))
    return time, name_of(dict_of(certificate.get("subject")))


def _signer_codes(manifest: Json) -> tuple[str, ...]:
    kinds = ("success", "informational", "failure")
    codes = {code for kind in kinds for code in codes_of(manifest, kind) if is_about_signer(code)}
    if _STAMP_TRUSTED not in codes:
        codes -= set(_BY_TODAYS_DATE)
    return tuple(sorted(codes - {_ALWAYS}))


def _judge_certificate(
    manifest: Json,
    certificate: Json,
    codes: tuple[str, ...],
    trust_list: TrustList | Problem | None,
) -> tuple[SignerState, str]:
    if not certificate:
        return "not_checked", "the certificate of the signer could not be read"
    if _SIGNATURE_HOLDS not in codes_of(manifest, "success"):
        return "not_checked", _NOT_THEIRS
    if unfit := sorted(set(codes).intersection(_UNFIT)):
        said = ", ".join(unfit)
        return "untrusted_other", f"the certificate was revoked or may not sign ({said})"
    is_valid, when = _judge_time(manifest, certificate)
    if is_valid is False:
        return "expired", when
    return _look_up(codes, when, trust_list)


_NOT_THEIRS = (
    "the signature does not verify, so nothing shows that the holder of this certificate made it"
)


def _look_up(
    codes: tuple[str, ...], when: str, trust_list: TrustList | Problem | None
) -> tuple[SignerState, str]:
    if isinstance(trust_list, Problem):
        return "not_checked", f"{when}; {trust_list.error}"
    if trust_list is None:
        return "not_checked", f"{when}; no list of trusted signers was given to compare with"
    if _TRUSTED in codes:
        return "trusted", f"{when}; it leads to one on the list {trust_list.name}"
    if _UNTRUSTED in codes:
        return "not_on_list", f"{when}; it does not lead to one on the list {trust_list.name}"
    why = "no authority of a time stamp that is on the list confirms that time"
    return "not_checked", f"{when}; {why}, so it was not compared with the list {trust_list.name}"


def _judge_time(manifest: Json, certificate: Json) -> tuple[bool | None, str]:
    """Say whether the certificate was valid when it signed; None when nothing settles that."""
    validity = dict_of(certificate.get("validity"))
    start, end = (text_of(validity.get(key)) or "?" for key in ("notBefore", "notAfter"))
    signed_at, _ = time_stamp(manifest)
    if signed_at is None:
        return None, (
            f"no time stamp that verifies says when the certificate was used; it is valid from "
            f"{start} to {end}"
        )
    try:
        times = [datetime.fromisoformat(each) for each in (start, signed_at, end)]
        is_valid = sorted(times) == times
    except (ValueError, TypeError):  # the last: only one of them has a zone
        return None, f"whether the certificate was valid at {signed_at} could not be read"
    was = "was valid at" if is_valid else f"is valid from {start} to {end}, which does not include"
    return is_valid, f"the certificate {was} the time that the time stamp states, {signed_at}"
