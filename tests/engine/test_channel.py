"""Messages come through whole, in whatever pieces, and nothing else does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forensics.engine.channel import BrokenChannelError, Inbox, frame
from forensics.engine.messages import Doing, FromWorker, Refused, Told
from forensics.model.outcome import Absent, ArtefactBytes, Outcome

TOLD = Told(
    Outcome("a.b", 1, ("0" * 64,), Absent("not_present", "nothing")),
    {"x": ArtefactBytes(bytes(range(256)), ".png")},
)


@given(st.lists(st.text(max_size=20), max_size=6), st.integers(1, 40))
def test_messages_come_through_in_any_pieces(texts, size):
    sent = [Doing(text, 1.5) for text in texts] + [TOLD]
    data = b"".join(map(frame, sent))
    inbox = Inbox(FromWorker)

    received = [
        message for at in range(0, len(data), size) for message in inbox.feed(data[at : at + size])
    ]

    assert received == sent


@given(st.binary(min_size=4, max_size=200))
def test_bytes_of_strangers_are_refused_or_waited_for(data):
    inbox = Inbox(FromWorker)

    try:
        received = list(inbox.feed(data))
    except BrokenChannelError:
        received = []

    assert all(isinstance(message, Doing | Told | Refused) or message for message in received)


@pytest.mark.parametrize(
    "data", [b"\xff" * 8, frame(TOLD)[:4] + b"\xc1" * 1000, b"\0\0\0\1\xc0", b"\0\0\0\2\x81\xa1"]
)
def test_what_is_no_message_is_refused(data):
    with pytest.raises(BrokenChannelError):
        list(Inbox(FromWorker).feed(data))
