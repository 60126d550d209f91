"""The masks that workers painted: who marked which pixels of which task."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
import numpy.typing as npt

from quality.aggregation.codes import Codes, checked_codes, checked_size

Mask = npt.NDArray[np.bool_]
Bits = npt.NDArray[np.uint8]
Shape = tuple[int, int]


@dataclass(frozen=True, eq=False)
class MaskVotes:
    """Masks in one canonical order: by task, worker and pixels. Build them with `from_codes` or
    `from_packed`.

    tasks, workers: (masks,) codes; a mask that is given twice counts twice.
    bits: each mask's pixels row by row, eight to a byte (`numpy.packbits`), which is how most
        memory is saved.
    shapes: (tasks,) height and width of each task's masks; None where a task has none, known or
        painted.
    known: the packed true mask of each task that has a known one.
    """

    tasks: Codes
    workers: Codes
    bits: tuple[Bits, ...]
    shapes: tuple[Shape | None, ...]
    known: Mapping[int, Bits]
    n_workers: int

    @classmethod
    def from_codes(
        cls,
        tasks: npt.ArrayLike,
        workers: npt.ArrayLike,
        masks: Sequence[npt.ArrayLike],
        *,
        n_tasks: int | None = None,
        n_workers: int | None = None,
        known: Mapping[int, npt.ArrayLike] | None = None,
    ) -> Self:
        """Masks (height, width) of True and False, or 1 and 0, one a row; those of one task have
        one shape.

        known: true masks by task code. Raises ValueError naming the array and the row at fault.
        """
        painted = [_checked_mask(f"masks[{row}]", mask) for row, mask in enumerate(masks)]
        truth = {int(task): _checked_mask(f"known[{task}]", mask) for task, mask in (known or {}).items()}
        bits = [np.packbits(mask) for mask in painted]
        shapes = [mask.shape for mask in painted]
        packed = {task: (np.packbits(mask), mask.shape) for task, mask in truth.items()}
        return cls.from_packed(tasks, workers, bits, shapes, n_tasks=n_tasks, n_workers=n_workers, known=packed)

    @classmethod
    def from_packed(
        cls,
        tasks: npt.ArrayLike,
        workers: npt.ArrayLike,
        bits: Sequence[Bits],
        shapes: Sequence[Shape],
        *,
        n_tasks: int | None = None,
        n_workers: int | None = None,
        known: Mapping[int, tuple[Bits, Shape]] | None = None,
    ) -> Self:
        """The same from `numpy.packbits` of each mask and its (height, width), one a row."""
        task, worker = checked_codes("tasks", tasks), checked_codes("workers", workers)
        lengths = {"tasks": len(task), "workers": len(worker), "masks": len(bits), "shapes": len(shapes)}
        if len(set(lengths.values())) > 1:
            raise ValueError(f"one row a mask, but {', '.join(f'{name} has {n}' for name, n in lengths.items())}")
        truth = known or {}
        answered = checked_codes("known", sorted(truth))
        n_tasks = checked_size("n_tasks", n_tasks, tasks=task, known=answered)
        n_workers = checked_size("n_workers", n_workers, workers=worker)
        rows = [
            (f"masks[{row}]", code, each, shapes[row]) for row, (code, each) in enumerate(zip(task, bits, strict=True))
        ]
        rows += [(f"known[{code}]", code, *truth[code]) for code in answered.tolist()]
        shape_of = _shapes(rows, n_tasks)
        packed = [_trimmed(name, each, shape) for name, _, each, shape in rows]
        order = sorted(range(len(task)), key=lambda row: (task[row], worker[row], packed[row].tobytes()))
        columns = task[order], worker[order]
        for column in columns:
            column.flags.writeable = False
        for each in packed:
            each.flags.writeable = False
        true_bits = dict(zip(answered.tolist(), packed[len(task) :], strict=True))
        return cls(*columns, tuple(packed[row] for row in order), shape_of, true_bits, n_workers)

    @property
    def n_tasks(self) -> int:
        return len(self.shapes)

    @cached_property
    def starts(self) -> npt.NDArray[np.int64]:
        """(tasks + 1,) where the masks of each task begin; the last entry is where they end."""
        return np.searchsorted(self.tasks, np.arange(self.n_tasks + 1))

    def pixels(self, task: int) -> Mask:
        """(masks of the task, pixels) which pixels each of them marks."""
        start, stop = self.starts[task], self.starts[task + 1]
        height, width = self.shapes[task] or (0, 0)
        if start == stop:
            return np.zeros((0, height * width), dtype=bool)
        packed = np.stack(self.bits[start:stop])
        return np.unpackbits(packed, axis=1, count=height * width).astype(bool)

    def known_pixels(self, task: int) -> Mask:
        """(pixels,) the true mask of a task that has a known one."""
        height, width = self.shapes[task] or (0, 0)
        return np.unpackbits(self.known[task], count=height * width).astype(bool)


def _checked_mask(name: str, mask: npt.ArrayLike) -> Mask:
    array = np.asarray(mask)
    if array.ndim != 2:
        raise ValueError(f"{name} must have a height and a width, got shape {array.shape}")
    if array.dtype != np.bool_ and not np.isin(array, (0, 1)).all():
        raise ValueError(f"{name} must be True and False, or 1 and 0")
    return array.astype(bool)


def _shapes(rows: Sequence[tuple[str, int, Bits, Shape]], n_tasks: int) -> tuple[Shape | None, ...]:
    """The shape of each task's masks; ValueError naming the mask that differs."""
    shapes: list[Shape | None] = [None] * n_tasks
    for name, task, _, (height, width) in rows:
        shape = (int(height), int(width))
        if shapes[task] not in {None, shape}:
            raise ValueError(f"{name} has shape {shape}, but task {task} has masks of shape {shapes[task]}")
        shapes[task] = shape
    return tuple(shapes)


def _trimmed(name: str, bits: Bits, shape: Shape) -> Bits:
    """A copy of the bytes that hold the pixels, the bits after the last pixel set to 0."""
    packed, pixels = np.asarray(bits), int(shape[0]) * int(shape[1])
    needed = -(-pixels // 8)
    if packed.ndim != 1 or packed.dtype != np.uint8 or len(packed) < needed:
        raise ValueError(f"{name} must have {needed} bytes for {pixels} pixels, got {packed.dtype} {packed.shape}")
    return np.packbits(np.unpackbits(packed, count=pixels))
