"""One recording, screened and shown: a page or a picture."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from fetal_hemo.errors import FetalHemoError
from fetal_hemo.recordings.audio import load_samples
from fetal_hemo.report.view_page import write_view_page
from fetal_hemo.report.view_sheet import write_view_sheet
from firmware_bridge.result import Refused, Result
from firmware_bridge.screen import Screener

WRITERS = {".html": write_view_page, ".png": write_view_sheet, ".svg": write_view_sheet}


def view_recording(
    path: Path | str,
    out: Path | str,
    bundle: Path | str | None = None,
    trust: Iterable[Path | str] = (),
) -> Result:
    """The result of screening a sound file, shown in `out`: .html, .png or .svg.

    A recording that is refused or abstained has its page too. The page names the recording by
    the hash of its bytes. Raises `FetalHemoError` E-USAGE for another suffix, the E-BUNDLE codes,
    E-KEY or E-STORAGE.
    """
    out = Path(out)
    if out.suffix not in WRITERS:
        fix = f"end it with {', '.join(WRITERS)}"
        raise FetalHemoError("E-USAGE", "cannot write a view of this kind", str(out), fix)
    result = Screener.load(bundle, trust).screen_file(path)
    shown, samples = result.to_json(), None
    if not isinstance(result, Refused):
        samples = load_samples(path, result.evidence.recording.channel)
    WRITERS[out.suffix](shown, samples, out)
    return result
