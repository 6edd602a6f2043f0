"""What a claim says is read whatever shape a stranger gave it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forensics.metadata.credentials.claim import (
    actions_of,
    declarations_in,
    generator_of,
    text_of,
)
from forensics.metadata.credentials.ingredients import judge_ingredients
from forensics.metadata.credentials.integrity import judge_integrity
from forensics.metadata.credentials.signer import judge_signer, time_stamp

_KEYS = st.sampled_from(
    ["label", "assertions", "c2pa.actions", "actions", "action", "softwareAgent", "name", "claim",
     "softwareAgents", "softwareAgentIndex", "parameters", "digitalSourceType", "c2pa.ingredient",
     "claim_generator_info", "signature", "certificateInfo", "validity", "timeStampInfo",
     "validationResults", "success", "failure", "code", "ingredientDeltas", "c2pa.hash.data",
     "exclusions", "start", "length", "c2pa.metadata", "Iptc4xmpExt:DigitalSourceType"]
)  # fmt: skip
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | _KEYS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner, max_size=6),
    max_leaves=30,
)


@given(st.dictionaries(_KEYS, _JSON, max_size=10))
def test_any_report_is_judged(manifest):
    assert judge_integrity(manifest).state != "intact" or "validationResults" in manifest
    judge_signer(manifest, None)
    judge_ingredients(manifest)
    time_stamp(manifest)
    generator_of(manifest)
    list(declarations_in(manifest, of="", signed=False))
    assert all(each.action for each in actions_of(manifest))


def test_actions_are_in_order_with_what_is_said_of_them(manifest, photo):
    from tools.signing import action, sign

    told = manifest(sign(photo, actions=[
        action("c2pa.created", source="digitalCapture", softwareAgent="Camera 1",
               when="2024-05-01T10:00:00Z"),
        action("c2pa.color_adjustments", description="brighter"),
    ]))  # fmt: skip

    first, second = actions_of(told)

    assert (first.action, first.software_agent, first.when) == (
        "c2pa.created", "Camera 1", "2024-05-01T10:00:00Z",
    )  # fmt: skip
    assert first.digital_source_type.endswith("/digitalCapture")
    assert (second.action, second.description) == ("c2pa.color_adjustments", "brighter")


@pytest.mark.parametrize(
    ("agent", "expected"),
    [
        ("Program 2", "Program 2"),
        ({"name": "Program", "version": "2"}, "Program 2"),
        ({"name": "Program"}, "Program"),
        (7, None),
        (None, "Third"),
    ],
)
def test_software_agent_of_either_version_is_named(agent, expected):
    action = {"action": "c2pa.edited", "softwareAgentIndex": 0, "softwareAgent": agent}
    content = {"softwareAgents": [{"name": "Third"}], "actions": [action]}

    (found,) = actions_of({"assertions": {"c2pa.actions.v2": content}})

    assert found.software_agent == expected


@pytest.mark.parametrize("index", [-1, 1, 10**30, "0", None])
def test_agent_that_is_not_in_the_list_is_none(index):
    action = {"action": "c2pa.edited", "softwareAgentIndex": index}
    content = {"softwareAgents": ["one"], "actions": [action]}

    assert actions_of({"assertions": {"c2pa.actions": content}})[0].software_agent is None


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        ({"claim_generator_info": {"name": "P", "version": "1"}}, ("P", "1")),
        ({"claim_generator_info": [{"name": "P"}, {"name": "Q"}]}, ("P", None)),
        ({"claim_generator": "P/1 Q/2"}, ("P/1 Q/2", None)),
        ({"claim_generator_info": [], "claim_generator": ["x"]}, (None, None)),
    ],
)
def test_program_that_wrote_the_claim_is_named(claim, expected):
    assert generator_of({"claim": claim}) == expected


def test_permission_to_train_is_no_declaration_of_a_model():
    training = {"entries": {"c2pa.ai_generative_training": {"use": "notAllowed"}}}
    manifest = {"assertions": {"c2pa.training-mining": training, "cawg.training-mining": training}}

    assert list(declarations_in(manifest, of="", signed=True)) == []


def test_source_in_signed_metadata_is_declared():
    manifest = {"assertions": {"c2pa.metadata": {"Iptc4xmpExt:DigitalSourceType": "x"}}}

    (found,) = declarations_in(manifest, of="", signed=True)

    assert found.where == "C2PA assertion c2pa.metadata"


def test_texts_are_cut_and_control_characters_shown():
    assert text_of("a\x1b[31m") == "a\\x1b[31m"
    assert len(text_of("x" * 10_000)) == 2000
    assert text_of("\ud800") == "?"
