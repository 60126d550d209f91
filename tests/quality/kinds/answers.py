"""What a contract on answers has to know of each kind: one answer that is right, one that is wrong,
and what is none."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Answers:
    """As programs send and get them. `text` is how people read the right one; `detail` is what
    programs are told of a task of which everybody gave the right one; `control` stands in the page
    that asks for it."""

    schema: Mapping[str, Any]
    right: Any
    wrong: Any
    invalid: Sequence[Any]
    text: str
    detail: str
    control: str = "data-answer="
    asked: Callable[[int], Mapping[str, Any]] = lambda n: {"text": f"Bird {n}?"}
    """The data of the task of this number."""

    @property
    def invalid_cell(self) -> str:
        """What is no answer, in a table of text."""
        return next(each for each in self.invalid if isinstance(each, str) and each)

    @property
    def cell(self) -> str:
        """The right answer in a table of text."""
        return self.right if isinstance(self.right, str) else json.dumps(self.right, ensure_ascii=False)

    @property
    def csv_cell(self) -> str:
        """The same between the commas of a CSV."""
        return '"' + self.cell.replace('"', '""') + '"'


ANSWERS: Mapping[str, Answers] = {
    "choice": Answers(
        schema={"type": "choice", "classes": [{"name": "yes", "title": "Yes!"}, {"name": "no"}]},
        right="yes",
        wrong="no",
        invalid=["maybe", 0, ["yes"], {"answer": "yes"}, ""],
        text="Yes!",
        detail="distribution",
    ),
    "rating": Answers(
        schema={"type": "rating", "low": 1, "high": 5, "titles": {"1": "poor", "4": "good"}},
        right=4,
        wrong=1,
        invalid=["good", 0, 6, 2.5, True, [4], {}, "", 10**400, "nan"],
        text="4 · good",
        detail="distribution",
        control='data-answer="4"',
    ),
    "number": Answers(
        schema={"type": "number", "low": -10, "high": 100, "decimals": 1, "unit": "kg"},
        right=12.5,
        wrong=80,
        invalid=["many", -10.5, 100.5, 12.55, True, [12.5], {}, "", 10**400, "nan", "inf"],
        text="12.5 kg",
        detail="detail",
        control='inputmode="decimal"',
    ),
    "pairwise": Answers(
        schema={"type": "pairwise", "ties": True},
        right="tie",
        wrong="a",
        invalid=["left", "A", 0, True, ["a"], {"a": 1}, ""],
        text="Tie",
        detail="distribution",
        control='data-answer="tie"',
        asked=lambda n: {
            side: {"id": f"Bird {item}?", "text": f"Bird {item}?"} for side, item in (("a", n), ("b", n + 500))
        },
    ),
    "text": Answers(
        schema={"type": "text", "max_length": 20},
        right="two dogs",
        wrong="a cat",
        invalid=["x" * 21, 0, ["two dogs"], {"text": "two dogs"}, True, "a\x1bb"],
        text="two dogs",
        detail="detail",
        control="<textarea",
    ),
    "choices": Answers(
        schema={"type": "choices", "classes": [{"name": "cat", "title": "Cat!"}, "dog", "a|b"], "most": 2},
        right=["cat", "dog"],
        wrong=[],
        invalid=[
            "bird",
            ["bird"],
            ["cat", None],
            ["cat", ["dog"]],
            ["cat", "dog", "a|b"],
            "cat|bird",
            '["cat", 1]',
            {"cat": True},
            7,
            "",
            "[" * 100_000,
            ["cat"] * 100_000,
        ],
        text="Cat!, dog",
        detail="distribution",
        control="data-class=",
    ),
    "spans": Answers(
        schema={"type": "spans", "classes": [{"name": "bird", "title": "Bird!"}, {"name": "other"}]},
        right=[{"class": "bird", "start": 0, "end": 4}],
        wrong=[{"class": "bird", "start": 2, "end": 5}],
        invalid=[
            "bird",
            4,
            {},
            ["bird"],
            [[0, 4, "bird"]],
            [{"class": "bird", "start": 0}],
            [{"class": "cat", "start": 0, "end": 4}],
            [{"class": ["bird"], "start": 0, "end": 4}],
            [{"class": "bird", "start": 4, "end": 4}],
            [{"class": "bird", "start": -1, "end": 4}],
            [{"class": "bird", "start": 0, "end": 99}],
            [{"class": "bird", "start": 0.0, "end": 4}],
            [{"class": "bird", "start": False, "end": True}],
            [{"class": "bird", "start": 0, "end": 10**400}],
            [{"class": "bird", "start": 0, "end": 4, "score": 0.5}],
            '[{"class": "bird", "start": 0, "end": NaN}]',
            "[" * 100_000,
            [{"class": "bird", "start": 0, "end": 4}] * 10_001,
        ],
        text="Bird! 0–4",  # noqa: RUF001
        detail="detail",
        control="data-nothing",
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
