"""What was changed since signing is told, and what was not is intact."""

import pytest

from forensics.metadata.credentials.integrity import judge_integrity


def flipped(data: bytes, mark: bytes, *, offset: int = 0) -> bytes:
    at = data.index(mark) + offset
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def report(held: tuple[str, ...] = (), failed: tuple[str, ...] = (), **more: object) -> dict:
    results = {"success": [{"code": each} for each in held],
               "failure": [{"code": each} for each in failed]}  # fmt: skip
    return {"validationResults": results, **more}


WHOLE = ("claimSignature.validated", "assertion.hashedURI.match", "assertion.dataHash.match")


def test_file_as_it_was_signed_is_intact(manifest, signed):
    found = judge_integrity(manifest(signed))

    assert found.state == "intact"
    assert found.codes == tuple(sorted(WHOLE))


@pytest.mark.parametrize(
    ("change", "code", "said"),
    [
        (lambda data: data[:-40] + bytes([data[-40] ^ 1]) + data[-39:],
         "assertion.dataHash.mismatch", "content does not match"),
        (lambda data: flipped(data, b"trainedAlgorithmic"),
         "assertion.hashedURI.mismatch", "statement was changed"),
        (lambda data: flipped(data, b"signing"), "claimSignature.mismatch", "signature"),
        (lambda data: data[:-30], "assertion.dataHash.mismatch", "content does not match"),
        (lambda data: data + b"more", "assertion.dataHash.mismatch", "content does not match"),
    ],
    ids=["pixel", "statement", "claim", "cut", "appended"],
)  # fmt: skip
def test_change_after_signing_is_broken(manifest, signed, change, code, said):
    found = judge_integrity(manifest(change(signed)))

    assert found.state == "broken"
    assert code in found.codes
    assert said in found.detail


def test_credentials_of_another_picture_are_broken(manifest, picture, signed):
    from tools.signing import split, with_segments

    other = with_segments(picture("JPEG", shade=200), split(signed)[0])

    assert judge_integrity(manifest(other)).state == "broken"


def test_two_manifest_stores_are_broken(manifest, signed):
    from tools.signing import split, with_segments

    assert judge_integrity(manifest(with_segments(signed, split(signed)[0]))).state == "broken"


def test_hash_that_leaves_out_more_than_the_credentials_is_undetermined():
    binding = {"exclusions": [{"start": 0, "length": 302402}]}
    manifest = report(WHOLE, ("assertion.dataHash.mismatch",),
                      assertions={"c2pa.hash.data": binding})  # fmt: skip

    found = judge_integrity(manifest)

    assert found.state == "undetermined"
    assert "bytes 0 to 302,401" in found.detail


def test_hash_that_leaves_out_more_does_not_hide_a_broken_signature():
    failed = ("assertion.dataHash.mismatch", "claimSignature.mismatch")

    assert judge_integrity(report(WHOLE[1:], failed)).state == "broken"


@pytest.mark.parametrize(
    "manifest",
    [
        {}, report(), report(WHOLE[:2]), report(WHOLE[1:]), report(WHOLE, ("general.error",)),
        report(WHOLE, ("assertion.action.malformed",)), {"validationResults": "odd"},
        {"validationResults": {"success": [1, None, {"code": 3}], "failure": {"code": "x"}}},
    ],
)  # fmt: skip
def test_what_was_not_checked_wholly_is_undetermined(manifest):
    assert judge_integrity(manifest).state == "undetermined"


@pytest.mark.parametrize(
    "code", ["signingCredential.untrusted", "signingCredential.expired", "timeStamp.mismatch",
             "ingredient.manifest.mismatch", "claimSignature.outsideValidity"],
)  # fmt: skip
def test_signer_and_ingredients_do_not_touch_integrity(code):
    found = judge_integrity(report(WHOLE, (code,)))

    assert found.state == "intact"
    assert code not in found.codes
