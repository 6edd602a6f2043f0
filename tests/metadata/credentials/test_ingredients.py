"""Faults of what a file was made from are told, and not taken for its own."""

import pytest

from forensics.metadata.credentials.ingredients import judge_ingredients
from forensics.metadata.credentials.integrity import judge_integrity

LABEL = "urn:c2pa:1"


def report(assertion: dict, *, failed: tuple[str, ...] = (), at: str = LABEL) -> dict:
    address = f"self#jumbf=/c2pa/{at}/c2pa.assertions/c2pa.ingredient.v3"
    deltas = {"success": [], "failure": [{"code": each} for each in failed]}
    return {
        "label": LABEL,
        "assertions": {"c2pa.ingredient.v3": assertion},
        "ingredientDeltas": [{"ingredientAssertionURI": address, "validationDeltas": deltas}],
    }


def made_from(photo: bytes, *ingredients: tuple[str, bytes]) -> bytes:
    from tools.signing import action, sign

    made = action("c2pa.created", source="compositeCapture")
    return sign(photo, actions=[made], ingredients=ingredients)


def test_file_that_names_none_has_none(manifest, signed):
    found = judge_ingredients(manifest(signed))

    assert (found.state, found.entries, found.count) == ("none", (), 0)


def test_ingredients_with_and_without_credentials_are_told_apart(manifest, photo, signed):
    found = judge_ingredients(manifest(made_from(photo, ("with", signed), ("without", photo))))

    assert found.state == "intact"
    assert [(each.title, each.state) for each in found.entries] == [
        ("with", "intact"), ("without", "no_credentials"),
    ]  # fmt: skip


def test_ingredient_that_was_changed_before_is_a_problem_and_the_file_is_intact(
    manifest, photo, signed
):
    changed = signed[:-40] + bytes([signed[-40] ^ 1]) + signed[-39:]

    told = manifest(made_from(photo, ("changed", changed)))

    found = judge_ingredients(told)
    assert found.state == "problems"
    assert "assertion.dataHash.mismatch" in found.codes
    assert found.entries[0].state == "problems"
    assert judge_integrity(told).state == "intact"


def test_broken_file_made_from_intact_ones_has_intact_ingredients(manifest, photo, signed):
    data = made_from(photo, ("with", signed))

    told = manifest(data[:-40] + bytes([data[-40] ^ 1]) + data[-39:])

    assert judge_integrity(told).state == "broken"
    assert judge_ingredients(told).state == "intact"


def test_fault_that_the_signer_recorded_counts():
    recorded = {"validationStatus": [{"code": "claimSignature.mismatch"},
                                     {"code": "assertion.dataHash.match"}]}  # fmt: skip

    found = judge_ingredients(report({"c2pa_manifest": {}, **recorded}))

    assert found.state == "problems"
    assert found.codes == ("claimSignature.mismatch",)


def test_fault_further_back_is_told_though_no_entry_has_it():
    found = judge_ingredients(
        report({"activeManifest": {}}, failed=("assertion.hashedURI.mismatch",), at="urn:c2pa:2")
    )

    assert found.state == "problems"
    assert found.entries[0].state == "intact"


@pytest.mark.parametrize("code", ["signingCredential.untrusted", "timeStamp.untrusted",
                                  "claimSignature.outsideValidity"])  # fmt: skip
def test_signers_of_ingredients_are_not_judged(code):
    assert judge_ingredients(report({"activeManifest": {}}, failed=(code,))).state == "intact"


def test_many_ingredients_are_counted_and_some_are_listed():
    told = {"assertions": {f"c2pa.ingredient__{i}": {"dc:title": str(i)} for i in range(1000)}}

    found = judge_ingredients(told)

    assert found.count == 1000
    assert len(found.entries) == 50


@pytest.mark.parametrize(
    "told",
    [{}, {"ingredientDeltas": 3}, {"ingredientDeltas": [None, {"validationDeltas": []}]},
     {"assertions": []}, report({"validationResults": [], "validationStatus": {"code": 1}})],
)  # fmt: skip
def test_odd_reports_have_none(told):
    assert judge_ingredients(told).state == "none"
