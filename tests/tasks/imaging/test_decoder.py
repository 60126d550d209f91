"""Hostile pictures cost little, and harm none but themselves. All of them: `python -m
benchmarks.hostile_pictures`."""

import os
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from benchmarks.hostile_pictures.corpus import HOSTILE
from tasks.imaging import BadImage, CostlyImage
from tasks.imaging.decoder import Decoder
from tests.cast import picture

MEMORY = 512 * 1000 * 1000


@pytest.fixture
def decoder() -> Iterator[Decoder]:
    """One of our own, which allows a second for each picture."""
    made = Decoder(seconds=1)
    yield made
    made.close()


def process_of(decoder: Decoder) -> int:
    assert decoder._child is not None
    return decoder._child.pid


def peak_memory(decoder: Decoder) -> int:
    """Bytes that its process has ever held at once."""
    with open(f"/proc/{process_of(decoder)}/status") as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM"))


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("PNG of 1,600 Mpx", "more than 50 million pixels"),
        ("WebP of 34 bytes, extended", "more than 50 million pixels"),
        ("WebP, lossless header", "more than 50 million pixels"),
        ("WebP, 50 Mpx", "takes more than 460 MB"),
        ("JPEG, 50 Mpx, progressive", "takes more than 460 MB"),
        ("PNG of 2,000 texts", "damaged"),
        ("PNG, profile of 64 MB", "damaged"),
        ("TIFF, strip of 4 GB", "damaged"),
        ("PostScript", "not a picture"),
    ],
)
def test_what_is_not_taken_is_told_why_by_a_process_that_lives_on(decoder: Decoder, name: str, reason: str) -> None:
    decoder.reencode(picture())
    before = process_of(decoder)
    with pytest.raises(BadImage, match=reason):
        decoder.reencode(HOSTILE[name]())
    assert peak_memory(decoder) < MEMORY
    assert decoder.reencode(picture()).width == 6
    assert process_of(decoder) == before


@pytest.mark.parametrize("name", ["PNG of 2^31 frames", "TIFF in a circle", "JPEG, one of 16 M pictures"])
def test_what_only_promises_much_is_taken_for_what_it_is(decoder: Decoder, name: str) -> None:
    assert decoder.reencode(HOSTILE[name]()).width == 8
    assert peak_memory(decoder) < MEMORY


def test_what_takes_too_long_is_given_up_and_the_next_picture_is_decoded(decoder: Decoder) -> None:
    with pytest.raises(CostlyImage, match="seconds to decode"):
        decoder.reencode(HOSTILE["PNG of 3 M chunks"]())
    assert decoder.reencode(picture()).width == 6


def test_a_process_that_somebody_else_ended_is_replaced_and_the_picture_decoded(decoder: Decoder) -> None:
    decoder.reencode(picture())
    ended = process_of(decoder)
    os.kill(ended, signal.SIGKILL)
    assert decoder.reencode(picture()).width == 6
    assert process_of(decoder) != ended


def test_threads_get_the_picture_that_they_asked_for(decoder: Decoder) -> None:
    sizes = [(n + 1, 3) for n in range(40)]
    with ThreadPoolExecutor(8) as threads:
        made = list(threads.map(lambda size: decoder.reencode(picture(size=size)), sizes))
    assert [(clean.width, clean.height) for clean in made] == sizes


def test_the_process_knows_no_secrets(decoder: Decoder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "hidden")
    decoder.reencode(picture())
    with open(f"/proc/{process_of(decoder)}/environ", "rb") as environment:
        assert b"SECRET" not in environment.read()
    open_files = {
        os.readlink(f"/proc/{process_of(decoder)}/fd/{fd}") for fd in os.listdir(f"/proc/{process_of(decoder)}/fd")
    }
    assert {path.partition(":")[0] for path in open_files} == {"pipe", "/dev/null"}
