"""What happens to replies on their way, as strategies of hypothesis."""

from hypothesis import strategies as st

Edits = list[tuple[float, bytes, int]]
"""Each at a share of the reply's length: bytes that are put in, and how many go."""

EDITS: st.SearchStrategy[Edits] = st.lists(
    st.tuples(st.floats(0, 1, exclude_max=True), st.binary(max_size=3), st.integers(0, 60)),
    min_size=1,
    max_size=6,
)


def edited(body: bytes, edits: Edits) -> bytes:
    """The reply after some edits."""
    for share, inserted, removed in edits:
        start = int(share * len(body))
        body = body[:start] + inserted + body[start + removed :]
    return body
