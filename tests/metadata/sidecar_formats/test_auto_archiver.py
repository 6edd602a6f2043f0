"""auto-archiver's table: columns, digests that lost zeros, names, times stamped as UTC."""

import pytest

HEAD = "Link,Archive status,Archive location,Archive date,Upload timestamp,Upload title,Hash"
SHA = "0" * 3 + "a" * 61
ROW = (
    "https://t.me/x/1,telegram: success,https://s.example/f/abc.html,2024-08-17T09:00:00+00:00,"
    "2024-08-16T14:22:07+00:00,Bridge,SHA-256:{}"
)


def table(*rows: str, head: str = HEAD) -> str:
    return "\r\n".join((head, *rows)) + "\r\n"


def test_row_is_paired_by_digest(find, values) -> None:
    (told,) = find({"sheet.csv": table(ROW.format(SHA))}, **{"b/any name.mp4": SHA})

    assert told.record == "row 2"
    assert told.media == ("b/any name.mp4",)
    assert told.pairing.startswith("By SHA-256: these bytes")
    assert values(told) == {
        "source_url": "https://t.me/x/1", "archive_status": "telegram: success",
        "archive_url": "https://s.example/f/abc.html", "archived_at": "2024-08-17T09:00:00Z",
        "posted_at": "2024-08-16T14:22:07", "title": "Bridge", "sha256": SHA,
    }  # fmt: skip


def test_upload_time_is_not_taken_for_utc(find, values) -> None:
    (told,) = find({"sheet.csv": table(ROW.format(SHA))}, **{"a.mp4": SHA})

    assert values(told)["posted_at"] == "2024-08-16T14:22:07"
    assert told.fields["posted_at"].raw == "2024-08-16T14:22:07+00:00"
    assert "no zone is taken from it" in told.limits[0]


@pytest.mark.parametrize("form", ["{}", "sha256:{}", " SHA-256:{} "])
def test_lost_leading_zeros_are_given_back_and_told(find, values, form) -> None:
    row = ROW.replace("SHA-256:{}", form).format(SHA.lstrip("0"))

    (told,) = find({"sheet.csv": table(row)}, **{"a.mp4": SHA})

    assert "3 leading zeros are missing" in told.pairing
    assert values(told)["sha256"] == SHA


def test_other_algorithm_is_told_and_not_compared(find) -> None:
    row = ROW.replace("abc.html", "a.mp4").replace("SHA-256:{}", "SHA3-512:" + "b" * 128)

    (told,) = find({"sheet.csv": table(row)}, **{"a.mp4": SHA})

    assert "not SHA-256" in told.faults[0]
    assert "sha256" not in told.fields


def test_row_is_paired_by_name_when_the_digest_is_of_another_file(find) -> None:
    row = ROW.replace("abc.html", "my%20clip.mp4?x=1#t").format("c" * 64)

    (told,) = find({"sheet.csv": table(row)}, "z/my clip.mp4")

    assert told.media == ("z/my clip.mp4",)
    assert "file name" in told.pairing
    assert told.faults == ("the stated SHA-256 is that of another file",)


def test_thumbnail_formula_and_several_links_are_followed(find) -> None:
    head = f"{HEAD},Thumbnail,Screenshot"
    row = f'{ROW.format("")},"=IMAGE(""https://s/t.jpg"")","https://s/a.png\nhttps://s/b.png"'

    (told,) = find({"sheet.csv": table(row, head=head)}, "t.jpg", "b.png")

    assert told.media == ("b.png", "t.jpg")


def test_name_made_of_the_digest_is_paired(find) -> None:
    row = ROW.replace("abc.html", f"{SHA[:24]}.mp4").format("c" * 64)

    (told,) = find({"sheet.csv": table(row)}, **{"renamed.mp4": SHA})

    assert told.media == ("renamed.mp4",)
    assert "first 24 digits" in told.pairing


@pytest.mark.parametrize("mark", [";", "\t"])
@pytest.mark.parametrize("start", ["", "my notes\r\n\r\n"])
def test_header_is_found(find, mark, start) -> None:
    text = start + table(ROW.format(SHA), head=HEAD.upper()).replace(",", mark)

    (told,) = find({"sheet.csv": text.encode("utf-8-sig")}, **{"a.mp4": SHA})

    assert told.media == ("a.mp4",)


def test_rows_without_files_are_counted(find) -> None:
    rows = [ROW.format("d" * 64), ROW.format(SHA), ",,,,,,"]

    paired, rest = find({"sheet.csv": table(*rows)}, **{"a.mp4": SHA})

    assert paired.record == "row 3"
    assert rest.faults == ("1 rows name no file that is here",)


@pytest.mark.parametrize(
    "head",
    ["Link,Title,Hash", "name,hash,archive status", "a,b,c", "", "link", "Link;Text;Timestamp"],
)
def test_other_table_is_no_sidecar(find, head) -> None:
    assert find({"list.csv": table(ROW.format(SHA), head=head)}, **{"a.mp4": SHA}) == ()


def test_table_that_breaks_off_is_read_up_to_the_break(find) -> None:
    text = table(ROW.format(SHA)) + '"' + "x" * 200_000

    paired, rest = find({"sheet.csv": text}, **{"a.mp4": SHA})

    assert paired.media == ("a.mp4",)
    assert "cannot be read" in rest.faults[0]


def test_path_of_an_archive_never_leads_outside(find) -> None:
    row = ROW.replace("abc.html", "..%2F..%2Fetc%2Fpasswd").format("")

    assert all(each.media == () for each in find({"s.csv": table(row)}, "etc/passwd", "a.jpg"))
