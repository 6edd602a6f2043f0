"""Fuzzing: run the parsers of the package on broken input until one of them errs.

``python -m tools.fuzz --minutes 60`` from the root of a checkout; needs atheris, which the extra
``fuzz`` brings.
"""
