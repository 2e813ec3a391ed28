"""Programs for Cortex-M boards, built with budgets and run under qemu-system-arm."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

BOARD = Path(__file__).resolve().parents[1] / "firmware_bridge" / "c" / "mcu" / "board"
COMPILER, ARCHIVER, SIZE = (f"arm-none-eabi-{tool}" for tool in ("gcc", "ar", "size"))
EMULATOR = "qemu-system-arm"
FLAGS = (
    *("-std=c99", "-O2", "-mthumb", "-Wall", "-Wextra", "-Werror", "-ffp-contract=off"),
    *("-ffunction-sections", "-fdata-sections", "-nostartfiles", "-Wl,--gc-sections"),
    *("-T", str(BOARD / "cortex_m.ld"), "-I", str(BOARD)),
)
INSTRUCTION_NS = 64  # of qemu's time, with -icount shift=6


@dataclass(frozen=True)
class Core:
    """A processor, the emulated board that has it, and the clock of that board's SysTick."""

    name: str
    flags: tuple[str, ...]
    board: str
    clock_hz: int

    def instructions(self, ticks: float) -> float:
        """How many instructions took so many SysTick ticks."""
        return ticks / self.clock_hz * 1e9 / INSTRUCTION_NS


CORES = {
    core.name: core
    for core in (
        Core("cortex-m3", ("-mcpu=cortex-m3",), "mps2-an385", 25_000_000),
        Core(
            "cortex-m4f",
            ("-mcpu=cortex-m4", "-mfloat-abi=hard", "-mfpu=fpv4-sp-d16"),
            "mps2-an386",
            25_000_000,
        ),
        Core(
            "cortex-m7",
            ("-mcpu=cortex-m7", "-mfloat-abi=hard", "-mfpu=fpv5-d16"),
            "mps2-an500",
            25_000_000,
        ),
        Core("cortex-m55", ("-mcpu=cortex-m55", "-mfloat-abi=hard"), "mps3-an547", 32_000_000),
    )
}


@dataclass(frozen=True)
class Budget:
    """Bytes that a program may take; beyond them it does not link."""

    flash: int
    ram: int
    stack: int  # part of the RAM


@dataclass(frozen=True)
class Image:
    """A linked program; `ram_bytes` includes the stack it reserves."""

    path: Path
    core: Core
    flash_bytes: int
    ram_bytes: int


def missing_tools() -> list[str]:
    """Which of the compiler, its size tool, the emulator and make are not installed."""
    return [tool for tool in (COMPILER, SIZE, EMULATOR, "make") if shutil.which(tool) is None]


def build(
    core: Core, sources: Sequence[Path], out: Path, budget: Budget, options: Sequence[str] = ()
) -> Image:
    """The program of `sources` and our start-up; raises `CalledProcessError` beyond the budget."""
    limits = {"FLASH_BYTES": budget.flash, "RAM_BYTES": budget.ram, "STACK_BYTES": budget.stack}
    symbols = [f"-Wl,--defsym={name}={value}" for name, value in limits.items()]
    board = [BOARD / "start.c", BOARD / "semihosting.c"]
    command = [COMPILER, *FLAGS, *core.flags, *symbols, *options, *board, *sources, "-o", out]
    subprocess.run(list(map(str, command)), check=True, capture_output=True, text=True)
    table = subprocess.run([SIZE, str(out)], check=True, capture_output=True, text=True).stdout
    text, data, bss = map(int, table.splitlines()[1].split()[:3])
    return Image(out, core, text + data, data + bss)


def build_library(core: Core, folder: Path) -> Path:
    """`libfh.a` of the folder that `fetal-hemo export --c` wrote, by its own Makefile."""
    tools = [f"CC={COMPILER}", f"AR={ARCHIVER}", f"CPU=-mthumb {' '.join(core.flags)}"]
    command = ["make", "--always-make", *tools]
    subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True)
    return folder / "libfh.a"


def run(image: Image, folder: Path, timeout_s: float = 120.0) -> None:
    """Run to the end in `folder`, whose files the program reads and writes.

    Raises `CalledProcessError` if main returned anything but 0, `TimeoutExpired` if it hangs.
    """
    command = (
        f"{EMULATOR} -M {image.core.board} -display none -monitor none -serial null "
        f"-semihosting-config enable=on,target=native -icount shift=6,sleep=off -kernel"
    )
    subprocess.run(
        [*command.split(), str(image.path)],
        cwd=folder,
        check=True,
        capture_output=True,
        stdin=subprocess.DEVNULL,
        timeout=timeout_s,
    )
