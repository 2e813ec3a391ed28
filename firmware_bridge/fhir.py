"""A result as an HL7 FHIR R4B transaction, with nothing in it that points at a patient.

Sending it twice changes nothing: every resource is PUT under an id made from the hashes of the
recording and the model. The receiving system links it to a woman.
"""

from __future__ import annotations

import uuid
from typing import Any

from firmware_bridge.constants import QUALITY_CLASSES
from firmware_bridge.result import Abstained, Evidence, Screened

NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "urn:fetal-hemo:fhir")
LOINC, UCUM = "http://loinc.org", "http://unitsofmeasure.org"
ABSENT = "http://terminology.hl7.org/CodeSystem/data-absent-reason"
ABSENT_EXTENSION = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"

Resource = dict[str, Any]


def transaction_id(result: Screened | Abstained) -> str:
    """The UUID of a result's transaction: same recording and model, same id."""
    return _id(result.evidence, "Bundle")


def to_fhir(result: Screened | Abstained) -> Resource:
    """The transaction Bundle; an abstention says why in `dataAbsentReason`, without a risk."""
    evidence = result.evidence
    observations = [_heart_rate(evidence), _signal_quality(evidence)]
    resources = [_device(evidence), *observations, _judgement(result, observations)]
    entries = [_entry(resource) for resource in resources]
    bundle = {"resourceType": "Bundle", "id": transaction_id(result), "type": "transaction"}
    return {**bundle, "entry": entries}


def _id(evidence: Evidence, kind: str) -> str:
    return str(uuid.uuid5(NAMESPACE, f"{evidence.recording.sha256}/{evidence.model.sha256}/{kind}"))


def _device_id(evidence: Evidence) -> str:
    return str(uuid.uuid5(NAMESPACE, f"{evidence.model.sha256}/Device"))


def _entry(resource: Resource) -> Resource:
    kind, name = resource["resourceType"], resource["id"]
    request = {"method": "PUT", "url": f"{kind}/{name}"}
    return {"fullUrl": f"urn:uuid:{name}", "resource": resource, "request": request}


def _reference(name: str) -> Resource:
    return {"reference": f"urn:uuid:{name}"}


def _device(evidence: Evidence) -> Resource:
    model = evidence.model
    note = evidence.notice if not model.simulated else f"simulated training data: {evidence.notice}"
    return {
        "resourceType": "Device",
        "id": _device_id(evidence),
        "identifier": [{"system": "urn:fetal-hemo:bundle-sha256", "value": model.sha256}],
        "status": "active",
        "deviceName": [{"name": model.name, "type": "model-name"}],
        "version": [{"value": model.version}],
        "note": [{"text": note}],
    }


def _observation(evidence: Evidence, kind: str, code: Resource) -> Resource:
    return {
        "resourceType": "Observation",
        "id": _id(evidence, kind),
        "identifier": [
            {"system": "urn:fetal-hemo:recording-sha256", "value": evidence.recording.sha256}
        ],
        "status": "preliminary",
        "code": code,
        "device": _reference(_device_id(evidence)),
    }


def _heart_rate(evidence: Evidence) -> Resource:
    code = {
        "coding": [{"system": LOINC, "code": "55283-6", "display": "Fetal Heart rate"}],
        "text": "Fetal heart rate, mean of the recording",
    }
    base = _observation(evidence, "heart-rate", code)
    mean = evidence.heart_rate.mean_bpm
    if mean is None:
        return {**base, "dataAbsentReason": _absent("no fetal heart rate was found")}
    return {**base, "valueQuantity": _quantity(mean, "/min")}


def _signal_quality(evidence: Evidence) -> Resource:
    base = _observation(evidence, "quality", {"text": "Share of 3.75 s windows by signal quality"})
    names = [window.quality for window in evidence.windows]
    shares = {name: 100.0 * names.count(name) / len(names) for name in QUALITY_CLASSES}
    parts = [
        {"code": {"text": name}, "valueQuantity": _quantity(round(share, 1), "%")}
        for name, share in shares.items()
    ]
    return {**base, "component": parts}


def _judgement(result: Screened | Abstained, basis: list[Resource]) -> Resource:
    return _risk(result, basis) if isinstance(result, Screened) else _absent_risk(result)


def _raised(evidence: Evidence) -> str:
    """What the probability is of, in the limits that the bundle was trained with."""
    systolic, diastolic = evidence.model.raised_from_mmhg
    return f">= {systolic:g} or >= {diastolic:g} mmHg at this visit"


def _method(evidence: Evidence) -> str:
    return f"Probability of {_raised(evidence)} from fetal Doppler audio"


def _risk(result: Screened, basis: list[Resource]) -> Resource:
    evidence = result.evidence
    prediction = {
        "outcome": {"text": _raised(evidence)},
        "probabilityDecimal": round(100.0 * result.probability, 4),  # FHIR counts in percent
        "qualitativeRisk": {"text": result.band},
    }
    return {
        "resourceType": "RiskAssessment",
        "id": _id(evidence, "risk"),
        "status": "preliminary",
        "method": {"text": f"{_method(evidence)}; {evidence.model.name} {evidence.model.version}"},
        # R4B demands a subject; the receiving system knows whose recording it is
        "subject": {"extension": [{"url": ABSENT_EXTENSION, "valueCode": "masked"}]},
        "performer": _reference(_device_id(evidence)),
        "basis": [_reference(observation["id"]) for observation in basis],
        "prediction": [prediction],
        "mitigation": "Measure blood pressure with a cuff. This ranks; it does not diagnose.",
        "note": [{"text": evidence.notice}],
    }


def _absent_risk(result: Abstained) -> Resource:
    """What stands in the place of the risk: that there is none, and why."""
    base = _observation(result.evidence, "abstained", {"text": _method(result.evidence)})
    return {**base, "dataAbsentReason": _absent(", ".join(result.reasons))}


def _absent(text: str) -> Resource:
    return {"coding": [{"system": ABSENT, "code": "unknown"}], "text": text}


def _quantity(value: float, unit: str) -> Resource:
    return {"value": value, "unit": unit, "system": UCUM, "code": unit}
