"""Keys: they change with everything an outcome depends on, and with nothing else."""

import msgspec
import pytest

from forensics.calibration import load
from forensics.engine import keys
from forensics.engine.keys import basis_of, key_of
from forensics.ingest.programs import Program, asking_exiftool
from forensics.stages import STEPS


@pytest.fixture(autouse=True)
def forget():
    def clear():
        for cached in (keys.basis_of, keys.library_versions, keys._source_digest,
                       keys._digest_of_package):  # fmt: skip
            cached.cache_clear()

    clear()
    yield
    clear()


def row(name):
    return next(step for step in STEPS if step.name == name)


def test_key_is_the_same_each_time():
    assert key_of(row("reuse.hashes"), ("a",)) == key_of(row("reuse.hashes"), ("a",))


def test_keys_of_steps_and_subjects_differ():
    found = {key_of(step, (subject,)) for step in STEPS for subject in "ab"}

    assert len(found) == 2 * len(STEPS)


@pytest.mark.parametrize(
    "change", [{"version": 99}, {"run": "forensics.reuse.views:make_views"}, {"limits": ("other",)}]
)
def test_changed_row_changes_the_key(change):
    step = row("reuse.hashes")

    assert key_of(msgspec.structs.replace(step, **change), ("a",)) != key_of(step, ("a",))


def test_what_goes_in_changes_the_key_and_so_does_its_order():
    step = row("reuse.groups")

    found = {key_of(step, (), upstream=each) for each in ([], ["a", "b"], ["b", "a"], ["ab"])}

    assert len(found) == 4


@pytest.mark.parametrize("content", [None, b"one", b"other"])
def test_file_that_the_environment_names_changes_the_steps_that_use_it(
    monkeypatch, tmp_path, content
):
    monkeypatch.delenv("FORENSICS_C2PA_TRUST_LIST", raising=False)
    before = {step.name: basis_of(step) for step in STEPS}
    path = tmp_path / "list.pem"
    if content is not None:
        path.write_bytes(content)
    monkeypatch.setenv("FORENSICS_C2PA_TRUST_LIST", str(path))
    keys.basis_of.cache_clear()

    changed = {step.name for step in STEPS if basis_of(step) != before[step.name]}

    assert changed == {"metadata.provenance"}


def test_changed_calibration_changes_the_steps_that_use_it_and_no_others(monkeypatch):
    before = {step.name: basis_of(step) for step in STEPS}
    changed = msgspec.structs.replace(load("reuse.compare"), id="reuse.compare/99")
    monkeypatch.setattr(
        keys, "load", lambda name: changed if name == "reuse.compare" else load(name)
    )
    basis_of.cache_clear()

    after = {step.name: basis_of(step) for step in STEPS}

    differing = {name for name in before if before[name] != after[name]}
    assert differing == {step.name for step in STEPS if "reuse.compare" in step.calibrations}
    assert differing


@pytest.mark.parametrize(
    ("package", "stages"),
    [
        ("metadata", {"metadata"}),
        ("reuse", {"reuse"}),
        ("ingest", {"damage", "ingest", "metadata", "reuse"}),
    ],
)
def test_changed_source_changes_the_steps_that_rest_on_it(monkeypatch, package, stages):
    before = {step.name: basis_of(step) for step in STEPS}
    real = keys._digest_of_package
    monkeypatch.setattr(
        keys, "_digest_of_package", lambda name: "changed" if name == package else real(name)
    )
    basis_of.cache_clear()
    keys._source_digest.cache_clear()

    after = {step.name: basis_of(step) for step in STEPS}

    differing = {name for name in before if before[name] != after[name]}
    assert differing == {name for name in before if name.partition(".")[0] in stages}


def test_other_version_of_a_library_changes_every_key(monkeypatch):
    before = [basis_of(step) for step in STEPS]
    monkeypatch.setattr(keys, "version", lambda name: "0.0")
    basis_of.cache_clear()
    keys.library_versions.cache_clear()

    after = [basis_of(step) for step in STEPS]

    assert not set(before) & set(after)


def test_step_of_another_distribution_has_a_key_too():
    step = msgspec.structs.replace(row("reuse.hashes"), run="json:loads")

    assert key_of(step, ("a",)) != key_of(row("reuse.hashes"), ("a",))


def test_asking_exiftool_changes_the_keys_of_the_steps_that_ask_it_and_no_others():
    def found(program):
        with asking_exiftool(program):
            return {step.name: key_of(step, ["a"]) for step in STEPS}

    without, old, new = map(found, (None, Program("/x", "12.57"), Program("/y", "13.00")))

    asking = {step.name for step in STEPS if "exiftool" in step.programs}
    assert asking == {"metadata.read"}
    for one, other in ((without, old), (old, new), (without, new)):
        assert {name for name in one if one[name] != other[name]} == asking
    assert found(Program("/z", "13.00")) == new
