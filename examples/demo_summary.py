"""What `make demo` did, in ten lines.

python examples/demo_summary.py runs/demo
"""

from __future__ import annotations

import json
import sys
from pathlib import Path


def main() -> None:
    demo = Path(sys.argv[1])
    metrics = json.loads((demo / "metrics.json").read_text(encoding="utf-8"))
    counts, bundle = metrics["counts"], demo / "demo.fhb"
    systolic, diastolic = metrics["limits"]
    print(f"""
Done. Everything below is simulated; only differences between rows mean anything.
  test women: {counts["women"]} with {counts["recordings"]} recordings, \
{counts["positive_recordings"]} of them at >= {systolic:g} or >= {diastolic:g} mmHg
  AUROC of the model: {interval(metrics["auroc"])}
  AUROC of what stands beside it:""")
    for control in metrics["controls"].values():
        print(f"    {control['meaning']}: {interval(control['auroc'])}")
    print(f"  {metrics['verdict']}")
    print(f"report: {demo / 'report.html'}")
    print(f"bundle: {bundle} ({bundle.stat().st_size / 1000:.0f} kB)")


def interval(estimate: dict) -> str:
    if estimate["value"] is None:
        return estimate["reason"]
    if estimate["low"] is None:
        return f"{estimate['value']:.2f} (no interval: {estimate['reason']})"
    return f"{estimate['value']:.2f} (95 % {estimate['low']:.2f} to {estimate['high']:.2f})"


if __name__ == "__main__":
    main()
