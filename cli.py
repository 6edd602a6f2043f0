"""Run the command line from a checkout: ``python cli.py scan FOLDER``."""

from forensics.cli.main import run

if __name__ == "__main__":
    run()
