"""Lists of digests that ``sha256sum -c`` checks."""

from collections.abc import Iterable


def checksum_list(entries: Iterable[tuple[str, bytes]]) -> bytes:
    r"""Write a list of digests as GNU ``sha256sum`` does.

    Parameters
    ----------
    entries : iterable of (str, bytes)
        SHA-256 in hexadecimal, and the name as the operating system writes it, relative to where
        the list will be checked.

    Returns
    -------
    bytes
        A line each, in order of the names.

    Notes
    -----
    A name with a backslash, a line feed or a carriage return is escaped, and its line begins with
    a backslash (GNU coreutils manual, "md5sum invocation").

    Examples
    --------
    >>> checksum_list([("0" * 4, b"a b.jpg"), ("1" * 4, b"line\nfeed")])
    b'0000  a b.jpg\n\\1111  line\\nfeed\n'
    """
    return b"".join(_line(digest, name) for digest, name in sorted(entries, key=lambda e: e[1]))


def _line(digest: str, name: bytes) -> bytes:
    escaped = name.replace(b"\\", b"\\\\").replace(b"\n", b"\\n").replace(b"\r", b"\\r")
    mark = b"\\" if escaped != name else b""
    return mark + digest.encode("ascii") + b"  " + escaped + b"\n"
