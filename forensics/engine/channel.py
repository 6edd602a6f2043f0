"""Messages over a pipe: a length, then msgpack. Never pickle: a worker reads files of strangers."""

import struct
from collections.abc import Iterator
from typing import BinaryIO, Generic, TypeVar

import msgspec

T = TypeVar("T")

MAX_MESSAGE_BYTES = 256 << 20
"""A longer one is no message of ours; the largest hold the views of a long clip, some 20 MB."""

_LENGTH = struct.Struct(">I")
_encoder = msgspec.msgpack.Encoder()


class BrokenChannelError(Exception):
    """What came is no message."""


def frame(message: msgspec.Struct) -> bytes:
    """Encode a message as it goes over the pipe.

    Parameters
    ----------
    message : msgspec.Struct
        The message.

    Returns
    -------
    bytes
        Its length and its encoding.
    """
    data = _encoder.encode(message)
    return _LENGTH.pack(len(data)) + data


class Inbox(Generic[T]):
    """Puts messages together from the pieces in which they arrive.

    Parameters
    ----------
    kind : type
        Tagged union of the messages that may come; all else is refused.
    """

    def __init__(self, kind: type[T]) -> None:
        self._decoder = msgspec.msgpack.Decoder(kind)
        self._buffer = bytearray()

    def feed(self, data: bytes) -> Iterator[T]:
        """Take a piece and give the messages that are whole now.

        Parameters
        ----------
        data : bytes
            What was read.

        Yields
        ------
        message
            In the order they were sent.

        Raises
        ------
        BrokenChannelError
            When it is no message.
        """
        self._buffer += data
        while len(self._buffer) >= _LENGTH.size:
            (length,) = _LENGTH.unpack_from(self._buffer)
            if length > MAX_MESSAGE_BYTES:
                raise BrokenChannelError(f"a message of {length:,} bytes")
            end = _LENGTH.size + length
            if len(self._buffer) < end:
                return
            body = bytes(self._buffer[_LENGTH.size : end])
            del self._buffer[:end]
            try:
                yield self._decoder.decode(body)
            except msgspec.MsgspecError as error:
                raise BrokenChannelError(str(error)) from error


def receive(file: BinaryIO, inbox: Inbox[T]) -> T | None:
    """Wait for one message.

    Parameters
    ----------
    file : binary file
        Unbuffered.
    inbox : Inbox
        Keeps what has come of the next one.

    Returns
    -------
    message or None
        None when the other side has closed.

    Raises
    ------
    BrokenChannelError
        When it is no message.
    """
    head = _read(file, _LENGTH.size)
    if head is None:
        return None
    (length,) = _LENGTH.unpack(head)
    body = _read(file, length)
    return None if body is None else next(inbox.feed(head + body))


def _read(file: BinaryIO, size: int) -> bytes | None:
    data = b""
    while len(data) < size:
        piece = file.read(size - len(data))
        if not piece:
            return None
        data += piece
    return data
