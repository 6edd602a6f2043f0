"""The JSON Schema of ``report.json``: ``python -m forensics.report.schema`` writes it."""

import json
from importlib import resources
from inspect import cleandoc
from pathlib import Path
from typing import Any

import msgspec

from forensics.model.case import SCHEMA, Case

SCHEMA_ID = f"urn:{SCHEMA.replace('/', ':')}"
FILE_NAME = "report-1.schema.json"


# Any: a JSON document has no narrower type.
def make_schema() -> dict[str, Any]:
    """Derive the schema from the model.

    Returns
    -------
    dict
        JSON Schema, draft 2020-12.
    """
    derived = _dedented(msgspec.json.schema(Case))
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_ID,
        "title": "strike-forensics report",
        **derived,
    }


def _dedented(node: Any) -> Any:
    """Take the source's indentation off descriptions, as Python 3.13 does and 3.11 does not."""
    if isinstance(node, list):
        return [_dedented(each) for each in node]
    if not isinstance(node, dict):
        return node
    return {
        key: cleandoc(value)
        if key == "description" and isinstance(value, str)
        else _dedented(value)
        for key, value in node.items()
    }


def encode_schema() -> bytes:
    """Encode the schema as the bytes of the file that ships.

    Returns
    -------
    bytes
        UTF-8 JSON with sorted keys.
    """
    return (json.dumps(make_schema(), indent=1, sort_keys=True) + "\n").encode()


def shipped_schema() -> bytes:
    """Read the file that ships with the package.

    Returns
    -------
    bytes
        UTF-8 JSON.
    """
    return (resources.files("forensics.report") / "schema" / FILE_NAME).read_bytes()


if __name__ == "__main__":
    (Path(__file__).parent / "schema" / FILE_NAME).write_bytes(encode_schema())
