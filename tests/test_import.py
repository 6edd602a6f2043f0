"""The package's front: light to import, and no more public than promised."""

import subprocess
import sys

import forensics

HEAVY = ("cv2", "numpy", "PIL", "av", "skimage", "msgspec", "rich", "jinja2")


def run_python(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout


def test_import_loads_nothing_heavy() -> None:
    loaded = run_python("import sys, forensics; print(*sys.modules)").split()

    assert not set(HEAVY) & set(loaded)


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys, forensics.cli.main as m; m.build_parser().format_help(); print(*sys.modules)"
    )

    assert not set(HEAVY) & set(run_python(code).split())


def test_every_promised_name_is_there() -> None:
    for name in forensics.__all__:
        assert getattr(forensics, name) is not None


def test_unknown_name_is_an_attribute_error() -> None:
    assert not hasattr(forensics, "no_such_name")
