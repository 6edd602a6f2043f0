"""XMP sidecars in the ways Lightroom and darktable name them."""

import pytest

PACKET = """<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF
 xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about=""
 xmlns:exif="http://ns.adobe.com/exif/1.0/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 xmlns:crs="http://ns.adobe.com/camera-raw-settings/1.0/"
 xmlns:xmpMM="http://ns.adobe.com/xap/1.0/mm/" {}
 exif:DateTimeOriginal="2024-08-16T14:22:07+03:00" xmp:ModifyDate="2024-08-17T09:00:00"
 exif:GPSLatitude="51,20.1N" exif:GPSLongitude="34,39.6E" xmp:CreatorTool="darktable 4.6"/>
</rdf:RDF></x:xmpmeta>"""


def packet(attributes: str = "") -> str:
    return PACKET.format(attributes)


def test_fields_are_read_with_the_zone_that_is_stated(find, values) -> None:
    (told,) = find({"IMG_1.xmp": packet()}, "IMG_1.jpg")

    found = values(told)
    assert found["captured_at"] == "2024-08-16T14:22:07+03:00"
    assert found["modified_at"] == "2024-08-17T09:00:00"
    assert found["software"] == "darktable 4.6"
    assert (found["position"].lat, found["position"].lon) == (51.335, 34.66)
    assert told.fields["captured_at"].key == "exif:DateTimeOriginal"


@pytest.mark.parametrize(
    ("sidecar", "medium"),
    [
        ("IMG_1.xmp", "IMG_1.jpg"),
        ("IMG_1.XMP", "IMG_1.JPG"),
        ("IMG_1.jpg.xmp", "IMG_1.jpg"),
        ("IMG_1_01.jpg.xmp", "IMG_1.jpg"),
    ],
)
def test_names_of_both_kinds_are_paired(find, sidecar, medium) -> None:
    (told,) = find({f"a/{sidecar}": packet()}, f"a/{medium}", "a/IMG_11.jpg", "IMG_1.jpg")

    assert told.media == (f"a/{medium}",)


def test_name_of_two_files_is_told_to_be_unsure(find) -> None:
    (told,) = find({"IMG_1.xmp": packet()}, "IMG_1.jpg", "IMG_1.tif")

    assert told.media == ("IMG_1.jpg", "IMG_1.tif")
    assert "which of these files is meant is not stated" in told.pairing


def test_name_stated_inside_decides(find) -> None:
    told = find({"IMG_1.xmp": packet('crs:RawFileName="IMG_1.tif"')}, "IMG_1.jpg", "IMG_1.tif")

    assert told[0].media == ("IMG_1.tif",)
    assert "stated in it" in told[0].pairing


def test_absent_file_leaves_it_unpaired(find) -> None:
    (told,) = find({"IMG_1.xmp": packet()}, "IMG_2.jpg")

    assert told.media == ()


@pytest.mark.parametrize("content", ["", "<a/>", "{}", "http://www.w3.org/1999/02/22-rdf-syntax"])
def test_other_content_is_no_sidecar(find, content) -> None:
    assert find({"IMG_1.xmp": content}, "IMG_1.jpg") == ()


def test_broken_packet_keeps_what_was_read(find) -> None:
    (told,) = find({"IMG_1.xmp": packet()[:-20]}, "IMG_1.jpg")

    assert told.fields
    assert told.faults
