"""python -m benchmarks.defaults [--seeds N]: a row a kind and quality, what the default gains on
plain majority."""

import argparse

from benchmarks.defaults import of_drawings, of_values
from benchmarks.defaults.crowds import QUALITIES, SIZES, scores


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=5, metavar="N", help="crowds of each kind, quality and size")
    parser.add_argument("--only", metavar="KIND", default="", help="kinds whose name begins so")
    arguments = parser.parse_args()
    print(f"| kind | crowd | plain | default | {' | '.join(f'of {size}' for size in SIZES)} |")
    print(f"| --- | --- | ---: | ---: | {' | '.join('---:' for _ in SIZES)} |")
    for name, subject in {**of_values.SUBJECTS, **of_drawings.SUBJECTS}.items():
        if not name.startswith(arguments.only):
            continue
        for quality in QUALITIES:
            found = [scores(subject, quality, size, range(arguments.seeds)) for size in SIZES]
            default, plain = (float(sum(each[side].mean() for each in found)) / len(found) for side in (0, 1))
            gains = [float((ours - plainly).mean()) for ours, plainly in found]
            print(
                f"| {name} | {quality} | {plain:.4f} | {default:.4f} | {' | '.join(f'{gain:+.4f}' for gain in gains)} |"
            )


if __name__ == "__main__":
    main()
