"""The shipped JSON Schema is the model's, and reports keep to it."""

import json

import jsonschema
import pytest

from forensics.report.schema import encode_schema, make_schema, shipped_schema
from forensics.report.write import decode_case, encode_case


@pytest.fixture(scope="module")
def validator():
    schema = make_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def test_shipped_file_is_current():
    assert shipped_schema() == encode_schema(), "run: python -m forensics.report.schema"


def test_schema_names_itself():
    schema = json.loads(shipped_schema())

    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["$id"] == "urn:strike-forensics:report:1"


def test_hand_made_cases_validate(validator, full_case, problem_case, make_case):
    for case in (full_case, problem_case, make_case()):
        validator.validate(json.loads(encode_case(case)))


def test_other_json_does_not_validate(validator):
    assert not validator.is_valid({"schema": "strike-forensics/report/1"})


def test_report_reads_back_as_it_was(full_case):
    assert encode_case(decode_case(encode_case(full_case))) == encode_case(full_case)
