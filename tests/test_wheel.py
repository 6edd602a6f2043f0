"""What is installed holds the data files that the code reads."""

from importlib import metadata, resources

import pytest

DATA = (
    "py.typed",
    "calibration/reuse.search.toml",
    "calibration/reuse.compare.toml",
    "report/borders.NOTICE",
    "report/borders.json.z",
    "report/schema/report-1.schema.json",
    "report/templates/report.html",
    "report/templates/style.css",
    "report/templates/script.js",
)


@pytest.mark.parametrize("name", DATA)
def test_data_file_can_be_read(name: str) -> None:
    assert (resources.files("forensics") / name).read_bytes() is not None


@pytest.mark.parametrize("name", DATA)
def test_wheel_holds_the_data_file(name: str) -> None:
    files = {str(file) for file in metadata.files("strike-forensics") or ()}
    if "forensics/__init__.py" not in files:
        pytest.skip("installed as a link to a checkout, not from a wheel")

    assert f"forensics/{name}" in files


def test_wheel_holds_no_tests_and_no_samples() -> None:
    files = {str(file) for file in metadata.files("strike-forensics") or ()}

    assert not [each for each in files if each.startswith(("tests/", "samples/", "cli.py"))]
