"""One recording, screened and shown: a page or a picture."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fetal_hemo.constants import WINDOW_S
from fetal_hemo.errors import FetalHemoError
from fetal_hemo.recordings.audio import load_samples, windows_of
from fetal_hemo.report.page import Section
from fetal_hemo.report.view_page import write_view_page
from fetal_hemo.report.view_sheet import write_view_sheet
from firmware_bridge.manifest import raised_from_mmhg
from firmware_bridge.result import Refused, Result, Screened
from firmware_bridge.screen import Screener

WRITERS = {".html": write_view_page, ".png": write_view_sheet, ".svg": write_view_sheet}


def view_recording(
    path: Path | str,
    out: Path | str,
    bundle: Path | str | None = None,
    trust: Iterable[Path | str] = (),
    explaining: bool = False,
) -> Result:
    """The result of screening a sound file, shown in `out`: .html, .png or .svg.

    A recording that is refused or abstained has its page too. The page names the recording by
    the hash of its bytes. With `explaining`, a page of a screened one says what the model needed.
    Raises `FetalHemoError` E-USAGE for another suffix, the E-BUNDLE codes, E-KEY or E-STORAGE.
    """
    out = Path(out)
    if out.suffix.lower() not in WRITERS:
        fix = f"end it with {', '.join(WRITERS)}"
        raise FetalHemoError("E-USAGE", "cannot write a view of this kind", str(out), fix)
    if explaining and out.suffix.lower() != ".html":
        what = "an explanation is written on a page"
        raise FetalHemoError("E-USAGE", what, str(out), "end it with .html")
    screener = Screener.load(bundle, trust)
    result = screener.screen_file(path)
    shown, samples = result.to_json(), None
    limits = raised_from_mmhg(screener.bundle.manifest)
    if not isinstance(result, Refused):
        samples = load_samples(path, result.evidence.recording.channel)
    if explaining and samples is not None and isinstance(result, Screened):
        write_view_page(shown, samples, out, limits, [_explained(screener, result, samples)])
    else:
        WRITERS[out.suffix.lower()](shown, samples, out, limits)
    return result


def _explained(screener: Screener, result: Screened, samples: NDArray[np.float32]) -> Section:
    """From the window at which the recording's time starts, as the device chose it."""
    from fetal_hemo.explain import explain
    from fetal_hemo.explain.bundle_hearing import BundleHearing
    from fetal_hemo.report.explanation_plot import explanation_plots, explanation_texts

    rows = result.evidence.windows
    used = [number for number, window in enumerate(rows) if window.attention is not None]
    windows = windows_of(samples)[used[0] :]
    usable = np.array([window.attention is not None for window in rows[used[0] :]])
    start_s = used[0] * WINDOW_S
    beats_s = [beat - start_s for beat in result.evidence.beats_s if beat >= start_s]
    found = explain(BundleHearing(screener.bundle), windows, usable, beats_s)
    texts = [
        f"Of at most a minute from {start_s:g} s on; times count from there.",
        *explanation_texts(found),
    ]
    return Section("Why", texts, explanation_plots(found, windows[found.window]))
