"""A declared kind of source means what the vocabulary says, and no more."""

import pytest

from forensics.metadata.credentials.source_types import Declaration, interpret
from forensics.model.provenance import AiDeclaration, SourceDeclaration

IPTC = "http://cv.iptc.org/newscodes/digitalsourcetype/"


def meaning_of(value: str):
    return interpret(Declaration("XMP", value, signed=False))


@pytest.mark.parametrize(
    ("value", "extent"),
    [
        (IPTC + "trainedAlgorithmicMedia", "wholly"),
        ("https://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia/", "wholly"),
        ("trainedAlgorithmicMedia", "wholly"),
        ("digsrctype:trainedAlgorithmicMedia", "wholly"),
        (IPTC + "compositeWithTrainedAlgorithmicMedia", "partly"),
        ("http://c2pa.org/digitalsourcetype/trainedAlgorithmicData", "wholly"),
    ],
)
def test_terms_of_trained_models_are_declarations_of_one(value, extent):
    found = meaning_of(value)

    assert isinstance(found, AiDeclaration)
    assert found.extent == extent
    assert "trained model" in found.meaning
    assert found.value == value


@pytest.mark.parametrize(
    "term",
    ["digitalCapture", "computationalCapture", "negativeFilm", "positiveFilm", "print",
     "minorHumanEdits", "humanEdits", "compositeCapture", "composite", "compositeSynthetic",
     "algorithmicallyEnhanced", "algorithmicMedia", "dataDrivenMedia", "digitalArt",
     "digitalCreation", "virtualRecording", "screenCapture", "softwareImage"],
)  # fmt: skip
def test_other_terms_are_declarations_of_another_source(term):
    found = meaning_of(IPTC + term)

    assert isinstance(found, SourceDeclaration)
    assert "does not hold" not in found.meaning


@pytest.mark.parametrize("value", ["", "/", "untrainedAlgorithmicMedia", "Ünknown", "x" * 10_000])
def test_unknown_terms_are_passed_on_as_such(value):
    found = meaning_of(value)

    assert isinstance(found, SourceDeclaration)
    assert "does not hold" in found.meaning
    assert len(found.value) <= 2000
