"""The words of a view: what is known is said, what is not known is not."""

from __future__ import annotations

from fetal_hemo.report.view_words import SIMULATED_MODEL, facts, lead, title

WINDOWS = [("good", 140.0, 0.9)] * 3 + [("no_fetal_signal", None, 0.1)]
LIMITS = (140.0, 90.0)


def test_a_screened_recording(make_result) -> None:
    result = make_result(WINDOWS)
    said = dict(facts(result, LIMITS))
    assert said["Probability"] == "0.25, below threshold (threshold 0.30)"
    assert said["What it means"].startswith("of 100 simulated visits")
    assert "expects 25 with" in said["What it means"]
    assert said["What it means"].endswith("a reading of at least 140 or at least 90 mmHg")
    other = dict(facts(result, (137.5, 85.0)))["What it means"]
    assert other.endswith("a reading of at least 137.5 or at least 85 mmHg")
    assert said["Heart rate"] == "mean 140 bpm"
    assert said["Variation"] == "short-term 6.2 ms"
    assert said["Signal"] == "3 of 4 windows good enough, 3 with a heart rate"
    assert said["Windows"] == "good 3, no fetal signal 1"
    assert said["Recording"] == "15.0 s, sampled at 1,000 Hz, channel 2 of 2"
    assert not {"Events", "Signal loss", "Why not"} & set(said)
    assert lead(result)[0].endswith("This is not a diagnosis.")
    assert lead(result)[1] == SIMULATED_MODEL
    assert title(result) == "Fetal Doppler recording 0123456789ab"


def test_what_newer_results_hold(make_result) -> None:
    event = {"start_s": 1.0, "end_s": 20.0, "peak_bpm": 170.0}
    added = {
        "baseline_bpm": 138.4,
        "signal_loss_share": 0.25,
        "accelerations": [event, event],
        "decelerations": [],
    }
    said = dict(facts(make_result(WINDOWS, heart_rate=added), LIMITS))
    assert said["Heart rate"] == "mean 140 bpm, baseline 138 bpm"
    assert said["Events"] == "accelerations: 2, decelerations: 0"
    assert said["Signal loss"] == "25 % of the time"


def test_an_abstained_recording_says_every_reason(make_result) -> None:
    result = make_result(
        [("talking", None, 0.1)],
        outcome="abstained",
        probability=None,
        band=None,
        reasons=["A-TALKING", "A-NO-HEARTBEAT"],
        heart_rate={"accelerations": [], "decelerations": []},
    )
    why = [text for label, text in facts(result, LIMITS) if label == "Why not"]
    assert [text.split("(")[-1] for text in why] == ["A-TALKING)", "A-NO-HEARTBEAT)"]
    said = dict(facts(result, LIMITS))
    assert said["Heart rate"] == "not found"
    assert not {"Probability", "What it means", "Events", "Variation"} & set(said)


def test_the_notice_is_not_said_twice(make_result) -> None:
    result = make_result(WINDOWS, sentence="This ranks who needs one; it is not a diagnosis.")
    assert lead(result)[0].count("diagnosis") == 1


def test_a_model_of_recorded_data_has_no_warning(make_result) -> None:
    model = {"name": "m", "version": "1", "sha256": "f" * 64, "simulated": False}
    result = make_result(WINDOWS, model=model)
    assert len(lead(result)) == 1
    assert dict(facts(result, LIMITS))["What it means"].startswith("of 100 visits")


def test_a_refused_recording_has_no_signal(make_result) -> None:
    result = make_result(
        [], outcome="refused", recording=None, probability=None, reasons=["E-EMPTY"]
    )
    said = dict(facts(result, LIMITS))
    assert title(result) == "A recording that was not screened"
    assert said["Why not"] == "the file holds no data (E-EMPTY)"
    assert not {"Signal", "Recording", "Heart rate"} & set(said)
