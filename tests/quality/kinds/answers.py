"""What a contract on answers has to know of each kind: one answer that is right, one that is wrong,
and what is none."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Answers:
    """As programs send and get them. `text` is how people read the right one; `detail` is what
    programs are told of a task of which everybody gave the right one."""

    schema: Mapping[str, Any]
    right: Any
    wrong: Any
    invalid: Sequence[Any]
    text: str
    detail: str


ANSWERS: Mapping[str, Answers] = {
    "choice": Answers(
        schema={"type": "choice", "classes": [{"name": "yes", "title": "Yes!"}, {"name": "no"}]},
        right="yes",
        wrong="no",
        invalid=["maybe", 0, ["yes"], {"answer": "yes"}, ""],
        text="Yes!",
        detail="distribution",
    ),
    "words": Answers(
        schema={"type": "words", "most": 12},
        right="seven",
        wrong="one",
        invalid=["thirteen", 7, ["seven"], {}, ""],
        text="Seven",
        detail="detail",
    ),
}
