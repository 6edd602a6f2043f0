"""XMP becomes fields; bombs and broken packets keep the part that can be read."""

import time
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forensics.metadata.xmp import read_xmp
from forensics.metadata.xmp_tree import MAX_DEPTH, MAX_PACKET_BYTES, parse_xmp
from forensics.model.findings import Position

SPACES = (
    'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
    'xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:exif="http://ns.adobe.com/exif/1.0/" '
    'xmlns:tiff="http://ns.adobe.com/tiff/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" '
    'xmlns:xmpMM="http://ns.adobe.com/xap/1.0/mm/" '
    'xmlns:stEvt="http://ns.adobe.com/xap/1.0/sType/ResourceEvent#" '
    'xmlns:iptc="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"'
)


def packet(attributes: str = "", inner: str = "") -> bytes:
    return (
        f'<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta '
        f'xmlns:x="adobe:ns:meta/" x:xmptk="Toolkit 1"><rdf:RDF {SPACES}><rdf:Description '
        f'rdf:about="" {attributes}>{inner}</rdf:Description></rdf:RDF></x:xmpmeta>'
        f'<?xpacket end="w"?>'
    ).encode()


def values(data: bytes) -> dict[str, object]:
    return {name: each.value for name, each in read_xmp(data)[0].items() if name != "xmp_toolkit"}


def test_attributes_and_elements_say_the_same() -> None:
    as_attributes = packet('tiff:Make="M" exif:DateTimeOriginal="2024-08-16T14:22:07+03:00"')
    as_elements = packet(
        "",
        "<tiff:Make>M</tiff:Make>"
        "<exif:DateTimeOriginal>2024-08-16T14:22:07+03:00</exif:DateTimeOriginal>",
    )

    assert values(as_attributes) == values(as_elements) == {
        "make": "M",
        "captured_at": "2024-08-16T14:22:07",
        "captured_offset": "+03:00",
    }  # fmt: skip


def test_prefixes_of_the_packet_play_no_part() -> None:
    data = packet('xmlns:n1="http://ns.adobe.com/tiff/1.0/" n1:Model="M"')

    assert values(data) == {"model": "M"}


def test_names_of_other_schemas_are_not_mixed_up() -> None:
    data = packet('xmlns:my="http://example.org/" my:Make="No" my:DateTimeOriginal="2020-01-01"')

    assert values(data) == {}


def test_lists_languages_and_history() -> None:
    data = packet(
        'photoshop:Credit="Agency" iptc:DigitalSourceType='
        '"http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"',
        "<dc:creator><rdf:Seq><rdf:li>A</rdf:li><rdf:li>B</rdf:li></rdf:Seq></dc:creator>"
        '<dc:title><rdf:Alt><rdf:li xml:lang="de">Br\u00fccke</rdf:li>'
        '<rdf:li xml:lang="x-default">Bridge</rdf:li></rdf:Alt></dc:title>'
        '<xmpMM:History><rdf:Seq><rdf:li stEvt:action="saved" stEvt:softwareAgent="Editor 1"'
        ' stEvt:when="2024-08-17"/><rdf:li rdf:parseType="Resource">'
        "<stEvt:action>derived</stEvt:action></rdf:li></rdf:Seq></xmpMM:History>",
    )

    readings, faults = read_xmp(data)

    assert values(data) == {
        "credit": "Agency", "artist": "A, B", "title": "Bridge",
        "digital_source_type": "trainedAlgorithmicMedia",
        "history": "saved by Editor 1 at 2024-08-17; derived",
    }  # fmt: skip
    assert readings["digital_source_type"].raw.startswith("http://cv.iptc.org/")
    assert readings["xmp_toolkit"].value == "Toolkit 1"
    assert readings["credit"].where == "XMP photoshop:Credit"
    assert faults == []


@pytest.mark.parametrize("text", ["2024", "2024-08", "2024-08-16", "2024-08-16T14:22"])
def test_partial_dates_keep_their_precision(text: str) -> None:
    assert values(packet(f'photoshop:DateCreated="{text}"')) == {"captured_at": text}


@pytest.mark.parametrize(
    "text",
    ["0000-00-00", "1970-01-01T00:00:00Z", "1904-01-01", "2024-13", "1970", "1904", "2024-02-30",
     "yesterday", "2024-08-16T25:00:00", ""],
)  # fmt: skip
def test_dates_that_were_never_set_are_missing(text: str) -> None:
    assert values(packet(f'exif:DateTimeOriginal="{text}" xmp:MetadataDate="{text}"')) == {}


@pytest.mark.parametrize(
    ("lat", "lon", "expected"),
    [
        ("51,20,6N", "34,39,36E", Position(51.335, 34.66)),
        ("51,20.1N", "34,39.6W", Position(51.335, -34.66)),
        ("51.335S", "34.66E", Position(-51.335, 34.66)),
        ("+51.335", "-34.66", Position(51.335, -34.66)),
        ("51.335", "34.66", None),
        ("0,0,0N", "0,0,0E", None),
        ("51,61N", "34,0E", None),
        ("91,0N", "34,0E", None),
        ("51,20N", "34,39N", None),
        ("1/0,0,0N", "34,0E", None),
    ],
)
def test_positions(lat: str, lon: str, expected: Position | None) -> None:
    found = values(packet(f'exif:GPSLatitude="{lat}" exif:GPSLongitude="{lon}"'))

    assert found == ({} if expected is None else {"position": expected})


def test_numbers_over_zero_are_missing() -> None:
    data = packet('exif:GPSAltitude="5/0" exif:FNumber="0/0" exif:ExposureTime="1/100"')

    assert values(data) == {"exposure_time_s": 0.01}


def test_times_of_the_packet_itself() -> None:
    data = packet(
        'xmp:CreateDate="2024-08-16T14:22:07Z" xmp:ModifyDate="2024-08-17T10:00:00+03:00" '
        'xmp:MetadataDate="2024-08-18"'
    )

    found = values(data)

    assert found["xmp_created_at"] == "2024-08-16T14:22:07+00:00"
    assert found["digitized_at"] == "2024-08-16T14:22:07"
    assert found["xmp_modified_at"] == "2024-08-17T10:00:00+03:00"
    assert found["metadata_changed_at"] == "2024-08-18"
    assert "captured_at" not in found


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_wide_encodings(encoding: str) -> None:
    text = packet('tiff:Make="М"').decode().partition("?>")[2]

    assert values(text.encode(encoding)) == {"make": "М"}


def test_bytes_that_are_no_utf8_do_not_lose_the_rest() -> None:
    readings, faults = read_xmp(packet('tiff:Make="M" tiff:Model="caf@"').replace(b"@", b"\xe9"))

    assert readings["make"].value == "M"
    assert readings["model"].value == r"caf\xe9"
    assert "character set" in faults[0]


def test_packet_that_breaks_off_keeps_what_stood_before() -> None:
    data = packet("", "<tiff:Make>M</tiff:Make><tiff:Model>Mod")
    cut = data[: data.index(b"Mod") + 2]

    readings, faults = read_xmp(cut)

    assert readings["make"].value == "M"
    assert "breaks off" in faults[0]


def test_padding_behind_the_packet_is_no_fault() -> None:
    assert read_xmp(packet('tiff:Make="M"') + b"\0" * 100)[1] == []


def test_the_extended_part_adds_to_the_packet() -> None:
    readings, _ = read_xmp(packet('tiff:Make="M"'), extended=packet('tiff:Model="X"'))

    assert (readings["make"].value, readings["model"].value) == ("M", "X")


LAUGHS = (
    b'<!DOCTYPE x [<!ENTITY a "ha">'
    + b"".join(b'<!ENTITY %c "&%c;&%c;">' % (n + 1, n, n) for n in range(97, 121))
    + b"]>"
)
OPEN = '<rdf:li rdf:parseType="Resource">'


@pytest.mark.parametrize(
    "bomb",
    [
        pytest.param(LAUGHS + packet("", "&y;"), id="billion laughs"),
        pytest.param(
            b'<!DOCTYPE x SYSTEM "file:///etc/passwd">' + packet('tiff:Make="M"'), id="external"
        ),
        pytest.param(packet("", OPEN * 100_000), id="deep"),
        pytest.param(packet('tiff:Make="' + "x" * 20_000_000 + '"'), id="long attribute"),
        pytest.param(packet("", "<dc:subject/>" * 300_000), id="many elements"),
        pytest.param(
            packet("", "".join(f'<tiff:T{n} tiff:a="1"/>' for n in range(60_000))), id="many names"
        ),
        pytest.param(packet(" ".join(f'xmlns:n{n}="u{n}"' for n in range(50_000))), id="spaces"),
        pytest.param(b"<" * 3_000_000, id="no XML"),
    ],
)
def test_bombs_end_soon(bomb: bytes) -> None:
    started = time.process_time()

    readings, _ = read_xmp(bomb)

    assert time.process_time() - started < 3
    assert set(readings) <= {"xmp_toolkit"}


def test_what_stood_before_a_bomb_is_kept() -> None:
    readings, faults = read_xmp(packet('tiff:Make="M"', OPEN * (MAX_DEPTH + 5)))

    assert readings["make"].value == "M"
    assert "deep" in faults[0]


def test_too_long_a_packet_is_cut_and_says_so() -> None:
    data = packet('tiff:Make="M"', f"<dc:format>{'x' * MAX_PACKET_BYTES}</dc:format>")

    readings, faults = read_xmp(data)

    assert readings["make"].value == "M"
    assert "cut" in faults[0]


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=400), st.integers(0, 900))
def test_any_bytes_can_be_read(junk: bytes, at: int) -> None:
    whole = packet('xmp:CreateDate="2024" exif:GPSLatitude="51,2N"')

    for data in (junk, whole[:at] + junk + whole[at:]):
        tree = parse_xmp(data)
        readings, _ = read_xmp(data)
        assert all(isinstance(each, str) for each in tree.properties.values())
        for reading in readings.values():
            reading.raw.encode("utf-8")


def test_readings_are_the_same_each_time() -> None:
    make: Callable[[], object] = lambda: read_xmp(packet('tiff:Make="M"', "<dc:title>T</dc:title>"))  # noqa: E731

    assert make() == make()
