"""python -m benchmarks.hostile_pictures: what pictures that mean harm cost the process that decodes
them.

Each is given to a process that is as fresh as at the start of an import. The last column says what
its owner is told.
"""

import argparse
import multiprocessing
import os
import resource
import time
from contextlib import suppress

from benchmarks.hostile_pictures.corpus import HOSTILE
from tasks.imaging.decoder import Decoder
from tasks.imaging.pictures import BadImage

MOST_MEGABYTES, MOST_SECONDS = 512, 10


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("names", nargs="*", help="only these")
    names = parser.parse_args().names or list(HOSTILE)
    print(f"{len(os.sched_getaffinity(0))} cores, load {os.getloadavg()[0]:.1f}\n")
    print(f"{'picture':28} {'bytes':>10} {'MB':>5} {'s':>6} {'cpu s':>6}  outcome")
    worst = [0.0, 0.0]
    for name in names:
        with multiprocessing.get_context("fork").Pool(1) as pool:
            size, megabytes, seconds, of_processor, outcome = pool.apply(try_one, (name,))
        worst = [max(worst[0], megabytes), max(worst[1], seconds)]
        print(f"{name:28} {size:10,} {megabytes:5.0f} {seconds:6.2f} {of_processor:6.2f}  {outcome}", flush=True)
    print(f"\nworst: {worst[0]:.0f} MB (at most {MOST_MEGABYTES}), {worst[1]:.2f} s (at most {MOST_SECONDS})")


def try_one(name: str) -> tuple[int, float, float, float, str]:
    """Bytes of the picture, peak memory in MB and seconds of its decoding, and what became of
    it."""
    decoder = Decoder()
    with suppress(BadImage):
        decoder.reencode(b"")  # started while this process is small: its size then would be counted
    content = HOSTILE[name]()
    started = time.perf_counter()
    try:
        clean = decoder.reencode(content)
        outcome = f"taken: {clean.width} x {clean.height}{_in_full_size(decoder, content) if clean.is_scaled else ''}"
    except BadImage as error:
        outcome = f"rejected: {error}"
    seconds = time.perf_counter() - started
    decoder.close()
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return len(content), used.ru_maxrss * 1024 / 1e6, seconds, used.ru_utime + used.ru_stime, outcome


def _in_full_size(decoder: Decoder, content: bytes) -> str:
    """What becomes of its copy that is not scaled, as an import makes it."""
    try:
        return f", {len(decoder.full_size(content).content):,} bytes in full size"
    except BadImage as error:
        return f", in full size {error}"


if __name__ == "__main__":
    main()
