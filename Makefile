# Two commands: `make demo` goes the whole way on a small simulated cohort, `make test` checks it all.

PYTHON ?= python3
BIN := .venv/bin
RUN := $(BIN)/fetal-hemo
DEMO := runs/demo

.PHONY: demo test torture audit clean

.venv/ready: setup.cfg pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check torch==2.13.0
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[train,test,formats,cluster]'
	touch $@

demo: .venv/ready
	rm -rf $(DEMO)
	$(RUN) simulate --women 60 --seed 7 --minutes 2 --prevalence 0.3 --out $(DEMO)/cohort
	$(RUN) check $(DEMO)/cohort
	$(RUN) pretrain $(DEMO)/cohort --recipe recipes/demo.toml --out $(DEMO)/pretrained
	$(RUN) finetune $(DEMO)/cohort --from $(DEMO)/pretrained --out $(DEMO)/finetuned
	$(RUN) evaluate $(DEMO)/finetuned $(DEMO)/cohort --out $(DEMO)
	$(RUN) export $(DEMO)/finetuned --out $(DEMO)/demo.fhb --name fetal-hemo-demo
	$(RUN) verify $(DEMO)/demo.fhb
	$(RUN) screen $(DEMO)/cohort/audio/W0001-V1.flac --bundle $(DEMO)/demo.fhb || [ $$? -eq 4 ]
	@$(BIN)/python examples/demo_summary.py $(DEMO)

test: .venv/ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -m 'not slow' -n 2

# What is broken on purpose, in its long form scaled to about an hour on two idle cores; one line a
# programme in runs/torture.jsonl. `make torture TORTURE_SHARE=1` runs all tries.
TORTURE_SHARE ?= 0.3
BROKEN = attacks coverage_sim crash firmware_bridge fetal_hemo/ingest torture
torture: .venv/ready
	mkdir -p runs
	TORTURE_LOG=runs/torture.jsonl TORTURE_SHARE=$(TORTURE_SHARE) \
	    $(BIN)/python -m pytest -m slow -n 2 $(BROKEN:%=tests/%)

# A software bill and a scan for known vulnerabilities, in runs/audit.
audit: .venv/ready
	.ci/audit

clean:
	rm -rf .venv runs build *.egg-info
