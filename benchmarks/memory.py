"""python -m benchmarks.memory: what the idle service needs, process by process, on SQLite and the
broker it brings.

Prints MiB of each process's own share (PSS: a page that n processes share counts 1/n in each),
after the start and after people have looked at some pages. The exit status is 1 if the sum after
the start is above the bar.
"""

import argparse
import sys
import time
import urllib.request
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.journeys.site import Site, environment

MOST = 350  # MiB
PAGES = ("/accounts/login/", "/readyz", "/api/v1/schema", "/api/v1/docs")
LOOKS = 8  # at each page, so that every web process shows each


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rest", type=float, default=30, help="seconds of idleness before it is measured")
    options = parser.parse_args()
    with TemporaryDirectory() as folder:
        began = time.monotonic()
        site = Site(Path(folder) / "data", environment("embedded")).wait_until_announced()
        print(f"started within {time.monotonic() - began:.1f} s")
        try:
            idle = told(site, "idle", options.rest)
            for page in PAGES * LOOKS:
                urllib.request.urlopen(site.url + page).close()
            told(site, "after some pages", options.rest)
        finally:
            site.end()
    return int(idle > MOST)


def told(site: Site, when: str, rest: float) -> float:
    time.sleep(rest)
    shares = {process: share(process.pid) for process in site.family()}
    for process, mebibytes in sorted(shares.items(), key=lambda one: one[0].pid):
        print(f"  {mebibytes:6.1f}  {process.command[:80]}")
    total = sum(shares.values())
    print(f"{when}: {total:.0f} MiB (at most {MOST} when idle)\n", flush=True)
    return total


def share(pid: int) -> float:
    """MiB of memory that this process is to be charged with."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


if __name__ == "__main__":
    sys.exit(main())
