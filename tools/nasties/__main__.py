"""Make the nasties, and measure what each costs."""

import argparse
from pathlib import Path

from nasties import make_all, make_heavy, make_huge
from nasties.measure import measure


def main() -> None:
    parser = argparse.ArgumentParser(prog="nasties", description="Make hostile files.")
    parser.add_argument("folder", type=Path, help="a new folder")
    parser.add_argument("--huge", action="store_true", help="three sparse files of 5 GB, too")
    parser.add_argument("--heavy", action="store_true", help="what costs seconds and gigabytes")
    parser.add_argument("--measure", action="store_true", help="examine each and tell the cost")
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True)
    made = make_all(arguments.folder)
    for is_wanted, make in ((arguments.heavy, make_heavy), (arguments.huge, make_huge)):
        if is_wanted:
            made += make(arguments.folder)
    print(f"{len(made)} nasties")
    if arguments.measure:
        measure(arguments.folder, made)


if __name__ == "__main__":
    main()
