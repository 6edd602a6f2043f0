import pytest

from forensics.cli.archive_lines import compared_with
from forensics.model.match import ArchiveSummary


@pytest.mark.parametrize(
    ("entries", "earliest", "latest", "said"),
    [
        (0, None, None, "0 pieces of known footage"),
        (1, "2021-05", "2021-05", "1 piece of known footage, first seen 2021-05"),
        (1044, "2014", "2021", "1,044 pieces of known footage, first seen 2014 to 2021"),
    ],
)
def test_what_files_were_compared_with_is_counted(entries, earliest, latest, said):
    known = ArchiveSummary(entries, entries, earliest, latest, ())

    assert compared_with(known) == f"Compared with {said}"
