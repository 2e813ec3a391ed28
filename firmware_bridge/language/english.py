"""English. What a code means is in the catalogue of errors."""

WORDS = {
    "above": "Above the threshold, so she comes first; this is not a diagnosis: "
    "measure blood pressure with a cuff.",
    "below": "Below the threshold, which does not rule out raised blood pressure; this is not a "
    "diagnosis: measure blood pressure with a cuff as usual.",
    "abstained": "No probability is given ({why}); record again if you can; this is not a "
    "diagnosis: measure blood pressure with a cuff.",
    "signal": "{good:.0f} s of good signal, {needed:.0f} s needed",
    "refused": "Not screened: {what}.",
    "to do": "To do: {fix}.",
    "not screened": "not screened ({code})",
    "above threshold": "above threshold",
    "below threshold": "below threshold",
    "answer": "{band}: probability {probability:.3f} (threshold {threshold:.3f})",
    "ppv": "where {prevalence:.0f} of 100 women have raised blood pressure, about {value:.0f} of "
    "100 above the threshold have it",
    "npv": "where {prevalence:.0f} of 100 women have raised blood pressure, about {value:.0f} of "
    "100 below the threshold do not",
    "no answer": "no probability ({reasons})",
    "no rate": "heart rate: not found",
    "rate": "heart rate: {mean:.0f} bpm",
    "short term": ", short-term variation {value:.1f} ms",
    "long term": ", long-term variation {value:.1f} ms",
    "windows": "windows: {usable} of {all} usable; model {name} {version}, trained on {data} data",
    "simulated": "simulated",
    "recorded": "recorded",
}
