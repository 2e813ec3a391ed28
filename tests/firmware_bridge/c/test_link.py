"""The encoder in C writes the very bytes of the one in Python, and never past its room."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

import firmware_bridge
from firmware_bridge.link import Header, LinkReceiver
from firmware_bridge.link.frames import encode_header, encode_samples

SOURCES = Path(firmware_bridge.__file__).parent / "c" / "link"
# Frames of `argv[1]` samples from standard input to standard output, a header before them.
PROBE = r"""
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "fh_link.h"

int main(int argc, char **argv)
{
    size_t count = (size_t)atoi(argv[1]), size, less;
    uint32_t number = (uint32_t)strtoul(argv[2], 0, 10);
    fh_link_header_t header = {65535, 4000, -1536, (uint16_t)count};
    int16_t samples[FH_LINK_MAX_SAMPLES];
    uint8_t frame[FH_LINK_SAMPLES_BYTES(FH_LINK_MAX_SAMPLES)];

    (void)argc;
    size = fh_link_header(frame, FH_LINK_HEADER_BYTES, &header);
    fwrite(frame, 1, size, stdout);
    while (fread(samples, 2, count, stdin) == count) {
        size = fh_link_samples(frame, FH_LINK_SAMPLES_BYTES(count), number, samples, count);
        if (size == 0) return 1;
        for (less = 0; less < size; less += 1 + size / 7) {
            uint8_t *small = malloc(less + 1); /* so that a sanitizer sees a byte too many */
            if (fh_link_samples(small, less, number, samples, count) != 0) return 2;
            free(small);
        }
        fwrite(frame, 1, size, stdout);
        number++;
    }
    header.frame_samples = 0;
    if (fh_link_header(frame, sizeof frame, &header) != 0) return 3;
    return fh_link_samples(frame, sizeof frame, 0, samples, FH_LINK_MAX_SAMPLES + 1) != 0 ? 4 : 0;
}
"""


@pytest.fixture(scope="module")
def probe(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A program that sends samples as a probe does."""
    if shutil.which("gcc") is None:
        pytest.skip("no gcc")
    folder = tmp_path_factory.mktemp("probe")
    (folder / "probe.c").write_text(PROBE)
    strict = ["-std=c99", "-pedantic", "-Wall", "-Wextra", "-Werror", "-Wconversion"]
    checks = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all"]
    files = [folder / "probe.c", SOURCES / "fh_link.c"]
    command = ["gcc", *strict, *checks, f"-I{SOURCES}", *files, "-o", folder / "probe"]
    subprocess.run(list(map(str, command)), check=True)
    return folder / "probe"


@pytest.mark.parametrize("kind", ["noise", "silence", "loud", "few values"])
@pytest.mark.parametrize("count", [1, 25, 100, 120, 125, 1_000])
def test_both_encoders_write_the_same(probe: Path, count: int, kind: str) -> None:
    rng = np.random.default_rng(count)
    size = 12 * count
    samples = {
        "noise": rng.integers(-32_768, 32_767, size),
        "silence": np.zeros(size),
        "loud": np.full(size, -1),
        "few values": rng.choice([0, 1, 256, -1], size, p=[0.02, 0.4, 0.08, 0.5]),
    }[kind].astype(np.int16)
    first = 2**32 - 6  # the number goes round
    done = subprocess.run(
        [str(probe), str(count), str(first)], input=samples.tobytes(), capture_output=True
    )
    assert (done.returncode, done.stderr) == (0, b"")
    header = encode_header(Header(65_535, 4_000, -6.0, count))
    frames = [encode_samples(first + i, row) for i, row in enumerate(samples.reshape(-1, count))]
    assert done.stdout == header + b"".join(frames)
    heard = LinkReceiver().feed(done.stdout)
    assert np.array_equal(np.concatenate([piece.samples for piece in heard]), samples)


def test_it_is_small_and_needs_nothing(tmp_path: Path) -> None:
    """No heap, no library, no state: what a microcontroller's build would pull in."""
    compiler = shutil.which("arm-none-eabi-gcc") or shutil.which("gcc")
    if compiler is None:
        pytest.skip("no gcc")
    out = tmp_path / "fh_link.o"
    subprocess.run(
        [compiler, "-std=c99", "-Os", "-c", str(SOURCES / "fh_link.c"), "-o", out], check=True
    )
    symbols = subprocess.run(["nm", str(out)], capture_output=True, text=True, check=True).stdout
    kinds = {line.split()[-1]: line.split()[-2] for line in symbols.splitlines() if line.split()}
    assert {name for name, kind in kinds.items() if kind == "T"} == {
        "fh_link_header",
        "fh_link_samples",
    }
    assert not [
        name for name, kind in kinds.items() if kind in "UBbDdC" and "stack_chk" not in name
    ]
