"""The one error type and the catalogue of codes, shared by device and workstation.

It lives here because `firmware_bridge` imports nothing of ours; `fetal_hemo.errors` re-exports it.
"""

from __future__ import annotations

from dataclasses import dataclass

from firmware_bridge.printable import printable

EXIT_OK, EXIT_BUG, EXIT_USAGE, EXIT_DATA, EXIT_ABSTAINED = 0, 1, 2, 3, 4
EXIT_BUNDLE, EXIT_STORAGE, EXIT_PARTIAL, EXIT_INTERRUPTED = 5, 6, 7, 130


@dataclass(frozen=True)
class Code:
    """What a code means and the exit status it leads to when it stops a command."""

    meaning: str
    exit_status: int


CATALOGUE: dict[str, Code] = {
    # audio
    "E-NOT-FOUND": Code("there is no such file", EXIT_DATA),
    "E-IS-DIRECTORY": Code("a folder was given where a file is needed", EXIT_DATA),
    "E-UNREADABLE": Code("the operating system refused to read the file", EXIT_DATA),
    "E-EMPTY": Code("the file holds no data", EXIT_DATA),
    "E-NOT-AUDIO": Code("the content is not audio that can be decoded", EXIT_DATA),
    "E-TRUNCATED": Code("the file ends before its header says it should", EXIT_DATA),
    "E-DAMAGED": Code("the samples cannot be decoded to their end", EXIT_DATA),
    "E-CHANNELS": Code("the number of channels is outside 1 to 8", EXIT_DATA),
    "E-SAMPLE-RATE": Code("the sample rate is outside 1 kHz to 192 kHz", EXIT_DATA),
    "E-TOO-SHORT": Code("the recording is shorter than one 3.75 s window", EXIT_DATA),
    "E-TOO-LONG": Code("the recording is longer than the limit", EXIT_DATA),
    "E-TOO-BIG": Code("the file is larger than the limit", EXIT_DATA),
    "E-NOT-FINITE": Code("the samples hold NaN, infinity or impossible values", EXIT_DATA),
    "E-CONSTANT": Code("every sample is the same", EXIT_DATA),
    "E-NO-RATE": Code("the file does not say its sample rate", EXIT_DATA),
    "E-NO-SIGNAL": Code("the file has no such signal", EXIT_DATA),
    "E-DUPLICATE": Code("the same recording is there twice", EXIT_DATA),
    # live sound
    "E-SOURCE": Code("there is no such live source, or it cannot be opened", EXIT_DATA),
    "E-LINK": Code("the probe does not speak the link's protocol", EXIT_DATA),
    # bundle
    "E-BUNDLE-NOT-FOUND": Code("there is no readable bundle there", EXIT_BUNDLE),
    "E-BUNDLE-FORMAT": Code("the bundle is not a well-formed .fhb file", EXIT_BUNDLE),
    "E-BUNDLE-SCHEMA": Code("the bundle's manifest is of an unknown or broken schema", EXIT_BUNDLE),
    "E-BUNDLE-HASH": Code(
        "a member of the bundle does not have the bytes its manifest names", EXIT_BUNDLE
    ),
    "E-BUNDLE-SIGNATURE": Code("the bundle's signature does not fit its manifest", EXIT_BUNDLE),
    "E-BUNDLE-UNTRUSTED": Code(
        "the bundle is signed by a key this device does not trust", EXIT_BUNDLE
    ),
    "E-BUNDLE-OLDER": Code("the device has adopted a newer release of this model", EXIT_BUNDLE),
    "E-BUNDLE-RUNTIME": Code("the bundle needs a newer runtime", EXIT_BUNDLE),
    "E-BUNDLE-SELF-TEST": Code("the bundle does not give its own golden outputs here", EXIT_BUNDLE),
    "E-KEY": Code("the key file cannot be used", EXIT_USAGE),
    # data on the workstation
    "E-MANIFEST": Code("the manifest cannot be used", EXIT_DATA),
    "E-NETWORK": Code("the network did not give what was asked for", EXIT_DATA),
    "E-COHORT": Code("the cohort cannot be used for this step", EXIT_DATA),
    "E-SPLIT": Code("the split of women cannot be made or does not fit", EXIT_DATA),
    "E-RECIPE": Code("the recipe holds an unknown key or a bad value", EXIT_USAGE),
    "E-RUN": Code("the run folder is missing something this step needs", EXIT_DATA),
    "E-DIVERGED": Code("training left the finite numbers", EXIT_USAGE),
    "E-USAGE": Code("the command line cannot be understood", EXIT_USAGE),
    "E-NEEDS-EXTRA": Code("a package that this verb needs is not installed", EXIT_USAGE),
    "E-EXPORT-GATE": Code("the exported model does not agree with the trained one", EXIT_BUNDLE),
    "E-EXPORT-C": Code("the exported graph holds something that cannot become C", EXIT_BUNDLE),
    "E-STORAGE": Code("the result could not be written", EXIT_STORAGE),
    "E-WORKER": Code("a worker process ended before its work was done", EXIT_STORAGE),
    "E-CLUSTER": Code("the Dask cluster does not answer", EXIT_STORAGE),
    "E-INTERRUPTED": Code("stopped by the user; the run can be resumed", EXIT_INTERRUPTED),
    "E-BUG": Code("an error of ours; the trace is in the log", EXIT_BUG),
    # reasons to abstain (a result, not an error)
    "A-SILENT": Code("most of the recording is silence: is the probe plugged in?", EXIT_ABSTAINED),
    "A-TALKING": Code("most of the recording is speech or room noise", EXIT_ABSTAINED),
    "A-INTERFERENCE": Code("most of the recording is under radio interference", EXIT_ABSTAINED),
    "A-NO-FETAL-SIGNAL": Code(
        "most of the recording holds no fetal beat: move the probe, and feel the mother's pulse, "
        "which it may hear instead",
        EXIT_ABSTAINED,
    ),
    "A-CLIPPED": Code("most of the recording is clipped", EXIT_ABSTAINED),
    "A-LITTLE-SIGNAL": Code("too few windows are good enough for a probability", EXIT_ABSTAINED),
    "A-MATERNAL-PULSE": Code(
        "the only pulse found is in the mother's range: feel her pulse, then move the probe",
        EXIT_ABSTAINED,
    ),
    "A-FAST-RHYTHM": Code(
        "a rhythm above 200 a minute is heard, too fast to be told: have the heart listened to",
        EXIT_ABSTAINED,
    ),
    "A-NO-HEARTBEAT": Code("no fetal heart rate was found", EXIT_ABSTAINED),
    "A-UNCERTAIN": Code("the sound does not decide between the two groups", EXIT_ABSTAINED),
}


class FetalHemoError(Exception):
    """One line a person can act on: code, what happened, where, and what to do."""

    def __init__(self, code: str, what: str, where: str = "", fix: str = ""):
        if code not in CATALOGUE:
            raise KeyError(f"{code} is not in the catalogue")
        self.code, self.what, self.where, self.fix = code, what, where, fix
        super().__init__(self.line())

    def __reduce__(self) -> tuple[type[FetalHemoError], tuple[str, ...]]:
        """From one process to another with its parts; the default would keep the line alone."""
        return type(self), (self.code, self.what, self.where, self.fix)

    @property
    def exit_status(self) -> int:
        """The exit status of a command that this error stops."""
        return CATALOGUE[self.code].exit_status

    def line(self) -> str:
        """`E-CODE: what happened: where; what to do`, on one line and printable."""
        text = f"{self.code}: {self.what}"
        if self.where:
            text += f": {self.where}"
        if self.fix:
            text += f"; {self.fix}"
        return printable(" ".join(text.split()))
