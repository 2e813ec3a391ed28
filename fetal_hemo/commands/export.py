"""`fetal-hemo export`: a fine-tuned run becomes a signed int8 bundle."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from fetal_hemo.progress import ProgressLine
from firmware_bridge.errors import EXIT_OK
from firmware_bridge.output import print_text

if TYPE_CHECKING:
    from firmware_bridge.bundle import Bundle

HELP = "turn a fine-tuned run into a signed int8 bundle"
DETAILS = (
    "The bundle is written only if it agrees with the trained model; RUN/export.html says how well."
)


def add_arguments(parser: ArgumentParser) -> None:
    """Run, bundle, its key and its name."""
    parser.add_argument("run_folder", metavar="RUN", help="fine-tuned run")
    parser.add_argument("--out", required=True, metavar="MODEL.fhb", help="bundle to write")
    text = "private key to sign with (default: your own, made on first use)"
    parser.add_argument("--key", metavar="FILE", help=text)
    text = "also write the model as C99 for microcontrollers into this folder"
    parser.add_argument("--c", dest="c_folder", metavar="DIR", help=text)
    text = "study of this run; what it found is put into the model card"
    parser.add_argument("--study", metavar="STUDY", help=text)
    parser.add_argument("--name", default="fetal-hemo", help="name of the model in the bundle")
    text = "rises with every release of a name (default: the second in which the run ended)"
    parser.add_argument("--counter", type=int, metavar="N", help=text)
    text = "also write both graphs in onnxruntime's format, and the operators they need"
    parser.add_argument("--ort", metavar="FOLDER", help=text)
    parser.add_argument("--version", default="0.1.0", help="version of the model (default 0.1.0)")


def run(args: Namespace) -> int:
    """0 when the bundle passed the gate and was written."""
    from export.pipeline import export_run

    bundle = export_run(
        args.run_folder,
        args.out,
        args.key,
        args.name,
        args.version,
        args.counter,
        args.study,
        lambda text: ProgressLine("export").say(f"export: {text}"),
    )
    if args.ort:
        from export.ort_format import write_ort

        write_ort(bundle, args.ort)
    gate = bundle.manifest["quantisation"]["gate"]
    print_text(
        f"exported: {args.out}, {bundle.size / 1000:.0f} kB, sha256 {bundle.sha256[:16]}...\n"
        f"agreement on {gate['recordings']} recordings of validation women: "
        f"float {gate['float_logit_max_abs']:.1e}, int8 {gate['int8_logit_max_abs']:.1e} "
        f"(largest logit difference), {gate['label_flip_share']:.1%} of decisions changed, "
        f"AUROC {-gate['delta_auroc']:+.4f} (at worst {-gate['delta_auroc_upper']:+.4f})\n"
        f"what was measured: {args.run_folder}/export.html"
    )
    if args.c_folder:
        _write_c(bundle, args.c_folder)
    return EXIT_OK


def _write_c(bundle: Bundle, folder: str) -> None:
    from export.c_source.plan import arena_bytes
    from export.c_source.write import write_screening_c

    trunks = write_screening_c(bundle, folder)
    print_text(
        f"C99: {folder}, {sum(trunk.multiply_adds for trunk in trunks):,} multiply-adds a window, "
        f"arena of {arena_bytes(trunks):,} bytes; fh_check.c compares the golden vectors"
    )
