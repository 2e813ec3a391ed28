"""Train the bundle that ships, from simulated women to firmware_bridge/models/default.fhb.

    python examples/train_default_bundle.py --work FOLDER

A new key signs it: the public half is shipped beside it, the private half is never stored, so
nobody can sign another bundle with it. Takes some 80 minutes on two cores, and 10 GB of disk until
pretraining ends. What was stopped goes on where it was.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from export.keys import write_private_key, write_public_key
from export.pipeline import export_run
from fetal_hemo.progress import ProgressLine
from fetal_hemo.simulate import simulate_cohort
from fetal_hemo.training import evaluate, finetune, pretrain

PROJECT = Path(__file__).resolve().parents[1]
MODELS = PROJECT / "firmware_bridge" / "models"
RECIPES = PROJECT / "recipes"
MINUTES = 1.0
# Hearts that an illness moves too: told of healthy ones alone, a network measures ill ones worse.
HEARTS, HEARTS_SEED = 3_600, 4_026
WOMEN, SEED, EFFECT = 1_200, 1, 1.0
# Case-enriched: at the natural 5 % some 80 positive visits would have to teach everything.
PREVALENCE = 0.2


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--work", type=Path, required=True, help="folder for cohort and runs")
    work = parser.parse_args().work
    hearts, cohort, study = work / "hearts", work / "cohort", work / "study"
    for folder, women, seed in ((hearts, HEARTS, HEARTS_SEED), (cohort, WOMEN, SEED)):
        line = ProgressLine(f"simulate {folder.name}")
        simulate_cohort(folder, women, seed, EFFECT, MINUTES, PREVALENCE, progress=line)
    pretrained, finetuned = work / "pretrained", work / "finetuned"
    pretrain(
        hearts,
        pretrained,
        RECIPES / "hearts.toml",
        resume=True,
        progress=ProgressLine("pretrain"),
    )
    finetune(
        cohort,
        pretrained,
        finetuned,
        RECIPES / "default_bundle.toml",
        resume=True,
        other_women=True,
        progress=ProgressLine("finetune"),
    )
    print(evaluate(finetuned, cohort, study)["verdict"])
    key, key_file = Ed25519PrivateKey.generate(), work / "throwaway.key"
    write_private_key(key, key_file)
    try:
        bundle = export_run(
            finetuned, MODELS / "default.fhb", key_file, "fetal-hemo-default", study=study
        )
    finally:
        key_file.unlink()
    write_public_key(key, MODELS / "default.pub", "signs default.fhb; no private half is kept")
    print(f"default.fhb: {bundle.size} bytes, sha256 {bundle.sha256}")


if __name__ == "__main__":
    main()
