"""What each verb does: arguments in, a function called, an answer printed, an exit status out.

Imports of torch, scipy and the like stand inside the verbs, so that a device needs none of them.
"""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from fetal_hemo.progress import ProgressLine
from firmware_bridge.errors import EXIT_DATA, EXIT_OK
from firmware_bridge.output import print_json, print_text


def run_doctor(args: Namespace) -> int:
    """0 when the device install is complete and the shipped model is right here."""
    from fetal_hemo.doctor import as_text, doctor

    facts = doctor()
    print_json(facts) if args.json else print_text(as_text(facts))
    return EXIT_OK if facts["device"]["complete"] and facts["default_bundle"]["ok"] else 1


def run_simulate(args: Namespace) -> int:
    """0 when the simulated cohort is complete."""
    from fetal_hemo.simulate import simulate_cohort

    made = simulate_cohort(
        Path(args.out),
        women=args.women,
        seed=args.seed,
        effect=args.effect,
        minutes=args.minutes,
        prevalence=args.prevalence,
        jobs=args.jobs,
        progress=ProgressLine("simulate"),
    )
    print_text(
        f"simulated: {made.women} women, {made.recordings} recordings, {made.hours:.1f} h, "
        f"{made.labelled} with a reading, {made.positive} of them positive: {args.out}"
    )
    return EXIT_OK


def run_check(args: Namespace) -> int:
    """0 when training can begin, 3 when not."""
    from fetal_hemo.recordings.check import check_cohort

    report = check_cohort(args.cohort, progress=ProgressLine("check"))
    if args.json:
        print_json(report.to_dict())
    else:
        lines = [f"defect: {line}" for line in report.defects]
        lines += [f"warning: {line}" for line in report.warnings]
        print_text("\n".join([*lines, report.verdict]))
    return EXIT_OK if report.ready else EXIT_DATA


def run_pretrain(args: Namespace) -> int:
    """0 when the run is finished, 130 when it was interrupted and can be resumed."""
    from fetal_hemo.training import pretrain

    survey, steps = ProgressLine("survey"), ProgressLine("pretrain")
    run = pretrain(args.cohort, args.out, args.recipe, args.resume, survey, steps)
    print_text(f"pretrained: {run / 'report.html'}")
    return EXIT_OK


def run_finetune(args: Namespace) -> int:
    """0 when the run is finished, 130 when it was interrupted and can be resumed."""
    from fetal_hemo.training import finetune

    survey, steps = ProgressLine("survey"), ProgressLine("finetune")
    run = finetune(args.cohort, args.pretrained, args.out, args.recipe, args.resume, survey, steps)
    print_text(f"fine-tuned: {run / 'report.html'}")
    return EXIT_OK


def run_evaluate(args: Namespace) -> int:
    """0 when the study is written."""
    from fetal_hemo.training import evaluate

    metrics = evaluate(args.run_folder, args.cohort, args.out, ProgressLine("evaluate"))
    if args.json:
        print_json(metrics)
    else:
        print_text(f"{metrics['verdict']}\nreport: {Path(args.out) / 'report.html'}")
    return EXIT_OK


def run_report(args: Namespace) -> int:
    """0 when the report of a run is written anew from its numbers."""
    from fetal_hemo.training.rewrite_report import rewrite_report

    print_text(f"report: {rewrite_report(args.run_folder)}")
    return EXIT_OK


def run_export(args: Namespace) -> int:
    """0 when the bundle passed the gate and was written."""
    from export.pipeline import export_run

    bundle = export_run(args.run_folder, args.out, args.key, args.name, args.version)
    gate = bundle.manifest["quantisation"]["gate"]
    print_text(
        f"exported: {args.out}, {bundle.size / 1000:.0f} kB, sha256 {bundle.sha256[:16]}...\n"
        f"agreement on {gate['recordings']} recordings of validation women: "
        f"float {gate['float_logit_max_abs']:.1e}, int8 {gate['int8_logit_max_abs']:.1e} "
        f"(largest logit difference), {gate['label_flip_share']:.1%} of decisions changed"
    )
    return EXIT_OK


def run_bench(args: Namespace) -> int:
    """0 when the bundle was measured."""
    from fetal_hemo.bench import as_text, bench

    measured = bench(args.bundle, tuple(args.trust))
    print_json(measured) if args.json else print_text(as_text(measured))
    return EXIT_OK
