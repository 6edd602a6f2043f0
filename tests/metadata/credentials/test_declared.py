"""What generators and platforms leave in metadata is told, and mere words are not."""

import pytest

from forensics.metadata.credentials.declared import declared_in, generators_in, sort_declarations
from forensics.metadata.credentials.source_types import Declaration
from forensics.model.findings import Field


def field(value: str, where: str = "PNG tEXt parameters") -> Field:
    return Field(value, value, {"png": value}, None, {"png": where})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("generator_parameters", "a bridge\nNegative prompt: fog\nSteps: 20, Sampler: Euler a"),
        ("generator_parameters", '{"3": {"class_type": "KSampler", "inputs": {}}}'),
        ("generator_parameters", '{"cfg_scale": 7.5, "steps": 30}'),
        ("user_comment", "a bridge\nSteps: 20, Sampler: DPM++"),
        ("ai_system_used", "Model 3"),
        ("ai_prompt", "a burning bridge"),
    ],
)
def test_settings_of_generators_are_declarations(name, value):
    (found,) = generators_in({name: field(value)}, {})

    assert found.extent == "not_stated"
    assert found.where == "PNG tEXt parameters"
    assert not found.signed


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("generator_parameters", "prompt"),
        ("generator_parameters", "Steps to the river: 20"),
        ("user_comment", "The steps: north pier, then deck"),
        ("description", "Negative prompt: of a poster"),
        ("title", "trainedAlgorithmicMedia"),
    ],
)
def test_words_alone_are_none(name, value):
    assert generators_in({name: field(value)}, {}) == []


@pytest.mark.parametrize(
    ("label", "said"),
    [('{"Label":"1","ContentProducer":"x"}', "was made"), ('{"Label": 2}', "may have"),
     ('{"AIGC":{"Label":"3"}}', "suspected")],
)  # fmt: skip
def test_label_of_a_clip_is_read(label, said):
    (found,) = generators_in({}, {"AIGC": label})

    assert said in found.meaning
    assert found.value == label


@pytest.mark.parametrize("label", ["", "1", '{"Label":"7"}', '{"Label":"12"}', "{" * 10_000])
def test_odd_labels_are_none(label):
    assert generators_in({}, {"AIGC": label}) == []


def test_declared_source_keeps_its_address_and_place():
    declared = Field("digitalCapture", "http://x/digitalCapture", {"xmp": "digitalCapture"}, None,
                     {"xmp": "XMP Iptc4xmpExt:DigitalSourceType"})  # fmt: skip

    (found,) = declared_in({"digital_source_type": declared})

    assert found == Declaration(
        "XMP Iptc4xmpExt:DigitalSourceType", "http://x/digitalCapture", signed=False
    )


def test_each_declaration_is_told_once_and_not_without_end():
    same = [Declaration("a", "digitalCapture", signed=False)] * 9
    many = [Declaration(str(i), "trainedAlgorithmicMedia", signed=False) for i in range(1000)]

    ai, other = sort_declarations([*same, *many], [])

    assert len(other) == 1
    assert len(ai) == 50
