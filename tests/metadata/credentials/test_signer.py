"""Who signed is told apart from whether anybody trusts them, on every day the same."""

import datetime as dt
import io
import time
from pathlib import Path

import pytest

from forensics.metadata.credentials.signer import judge_signer, time_stamp
from forensics.metadata.credentials.store import (
    TRUST_LIST_VARIABLE,
    TrustList,
    given_trust_list,
    read_store,
)
from forensics.model.outcome import Problem

CERTIFICATE = {
    "subject": {"CN": "A camera", "O": "Maker"},
    "issuer": {"CN": "Root", "O": "Maker"},
    "validity": {"notBefore": "2022-01-01T00:00:00+00:00", "notAfter": "2024-01-01T00:00:00+00:00"},
}
STAMPED = ("claimSignature.validated", "timeStamp.validated", "timeStamp.trusted")
LIST = TrustList("known.pem 12ab", "")


def report(*held: str, failed: tuple[str, ...] = (), at: str | None = None, **changes: object):
    signature = {"certificateInfo": CERTIFICATE | changes}
    if at is not None:
        clock = {"subject": {"CN": "Clock", "O": "Clocks"}}
        signature["timeStampInfo"] = {"timestamp": at, "certificateInfo": clock}
    return {
        "signature": signature,
        "validationResults": {
            "success": [{"code": each} for each in held],
            "failure": [{"code": each} for each in failed],
        },
    }


def test_without_a_list_nobody_is_trusted_or_not(manifest, signed):
    found = judge_signer(manifest(signed), None)

    assert found.state == "not_checked"
    assert found.trust_list is None
    assert (found.name, found.organization) == ("Signer of tests", "Examples")
    assert found.issuer == "Authority of tests, Examples"


@pytest.mark.parametrize(
    ("held", "failed", "state"),
    [
        (("signingCredential.trusted",), (), "trusted"),
        ((), ("signingCredential.untrusted",), "not_on_list"),
        ((), ("signingCredential.untrusted", "signingCredential.revoked"), "untrusted_other"),
        (("signingCredential.trusted",), ("signingCredential.invalid",), "untrusted_other"),
    ],
)
def test_signer_with_a_time_stamp_is_compared_with_the_list(held, failed, state):
    told = report(*STAMPED, *held, failed=failed, at="2023-05-01T10:00:00+00:00")

    found = judge_signer(told, LIST)

    assert found.state == state
    assert found.trust_list == "known.pem 12ab"


def test_certificate_that_was_not_valid_when_it_signed_is_expired():
    told = report(*STAMPED, at="2024-06-01T00:00:00+00:00")

    found = judge_signer(told, None)

    assert found.state == "expired"
    assert "2024-06-01T00:00:00+00:00" in found.detail


def test_certificate_that_has_expired_since_is_not():
    told = report(*STAMPED, failed=("signingCredential.untrusted",), at="2023-06-01T00:00:00+00:00")

    assert judge_signer(told, LIST).state == "not_on_list"


def test_certificate_beside_a_signature_that_does_not_fit_vouches_for_nothing():
    told = report(
        "timeStamp.trusted", "signingCredential.trusted", failed=("claimSignature.mismatch",)
    )

    found = judge_signer(told, LIST)

    assert found.state == "not_checked"
    assert "nothing shows" in found.detail


@pytest.mark.parametrize(
    "validity",
    [{}, {"notBefore": "x"}, {"notBefore": "2022-01-01T00:00", "notAfter": "2024-01-01T00:00"}],
)
def test_validity_that_cannot_be_read_is_not_called_valid(validity):
    told = report(*STAMPED, at="2023-06-01T00:00:00+00:00", validity=validity)

    found = judge_signer(told, None)

    assert found.state == "not_checked"
    assert found.detail.startswith("whether the certificate was valid")


def test_time_stamp_that_does_not_verify_gives_no_time():
    told = report("claimSignature.validated", at="2023-06-01T00:00:00+00:00")

    assert time_stamp(told) == (None, None)


def test_time_stamp_names_who_states_the_time():
    told = report(*STAMPED, at="2023-06-01T00:00:00+00:00")

    assert time_stamp(told) == ("2023-06-01T00:00:00+00:00", "Clock, Clocks")


def test_what_is_said_does_not_change_when_the_certificate_expires(photo):
    from tools.signing import make_party, sign, signer

    authority = signer().above[0]
    end = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=1)
    party = make_party("Soon expired", under=authority, end=end)
    data = sign(photo, by=party)
    lists = (None, TrustList("ours", authority.pem))

    def read(trust_list):
        return read_store(io.BytesIO(data), "image/jpeg", trust_list)[0]

    before = [judge_signer(read(each), each) for each in lists]
    time.sleep(max(0.0, (end - dt.datetime.now(dt.UTC)).total_seconds() + 1.1))

    # The library itself does change its mind, or this would test nothing.
    failed = {each["code"] for each in read(None)["validationResults"]["failure"]}
    assert "signingCredential.expired" in failed
    assert [judge_signer(read(each), each) for each in lists] == before
    assert {each.state for each in before} == {"not_checked"}


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"signature": []},
        {"signature": {"certificateInfo": "x"}},
        {"signature": {"certificateInfo": {"subject": [], "issuer": 3}}},
    ],
)
def test_odd_reports_are_not_checked(told):
    assert judge_signer(told, LIST).state == "not_checked"


def test_list_is_named_with_its_digest(monkeypatch, tmp_path):
    from tools.signing import signer

    path = tmp_path / "known.pem"
    path.write_text(signer().above[0].pem)
    monkeypatch.setenv(TRUST_LIST_VARIABLE, str(path))

    found = given_trust_list()

    assert isinstance(found, TrustList)
    name, digest = found.name.split()
    assert name == "known.pem"
    assert len(digest) == 64


@pytest.mark.parametrize("content", [None, b"", b"no certificate", b"\xff" * 100])
def test_list_that_cannot_be_read_is_blamed_itself(monkeypatch, tmp_path: Path, content):
    path = tmp_path / "known.pem"
    if content is not None:
        path.write_bytes(content)
    monkeypatch.setenv(TRUST_LIST_VARIABLE, str(path))

    found = given_trust_list()

    assert isinstance(found, Problem)
    assert TRUST_LIST_VARIABLE in found.error
    assert str(tmp_path) not in found.error


def test_without_the_variable_there_is_no_list(monkeypatch):
    monkeypatch.delenv(TRUST_LIST_VARIABLE, raising=False)

    assert given_trust_list() is None


# Made by tools/make_stamped.py: the certificate of the signer was valid for a minute.
STAMPED_FILE = Path(__file__).parent / "stamped" / "stamped.jpg"
KNOWN = Path(__file__).parent / "stamped" / "known.pem"


@pytest.mark.parametrize(
    ("which", "state"), [(0, "not_checked"), (1, "not_checked"), (2, "trusted")]
)
def test_stamped_file_is_judged_at_the_time_of_its_stamp(which, state):
    signer_alone = KNOWN.read_text("utf-8").partition("-----END CERTIFICATE-----\n")
    given = (None, "".join(signer_alone[:2]), KNOWN.read_text("utf-8"))[which]
    trust_list = TrustList("known.pem", given) if given else None

    told = read_store(io.BytesIO(STAMPED_FILE.read_bytes()), "image/jpeg", trust_list)[0]

    found = judge_signer(told, trust_list)
    assert found.state == state
    assert time_stamp(told)[1] == "Clock of tests"
    assert "signingCredential.expired" not in found.codes


def test_signer_of_a_stamped_file_that_is_not_on_the_list_is_told(manifest):
    from tools.signing import make_party

    clock = KNOWN.read_text("utf-8").partition("-----END CERTIFICATE-----\n")[2]
    trust_list = TrustList("others.pem", make_party("Somebody else").pem + clock)

    told = read_store(io.BytesIO(STAMPED_FILE.read_bytes()), "image/jpeg", trust_list)[0]

    assert judge_signer(told, trust_list).state == "not_on_list"
