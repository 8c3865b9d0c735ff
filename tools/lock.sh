#!/bin/sh
# Resolves requirements/*.in into hash-pinned *.txt that hold for every platform and name no index. `tools/lock.sh --upgrade` takes newer versions.
set -eu
[ -x .venv-bootstrap/bin/uv ] || tools/venv.sh .venv requirements/dev.txt
cd requirements

lock() { # <name> <lowest Python> [more options]
  name=$1 python=$2
  shift 2
  ../.venv-bootstrap/bin/uv pip compile -q --no-config --universal --generate-hashes --no-emit-index-url --no-emit-find-links \
    --no-annotate --custom-compile-command "make lock" --python-version "$python" "$name.in" -o "$name.txt" "$@"
  echo "requirements/$name.txt"
}

lock bootstrap 3.11 "$@"
# Redoc comes in a Django app, of which only the static files are read.
lock dev 3.11 --no-emit-package django --no-emit-package asgiref --no-emit-package sqlparse --no-emit-package tzdata "$@"
# What the Lambda runtime brings itself never enters a zip.
lock lambda 3.11 -c dev.txt --no-emit-package boto3 --no-emit-package botocore --no-emit-package s3transfer \
  --no-emit-package jmespath --no-emit-package urllib3 --no-emit-package python-dateutil --no-emit-package six
lock workflow 3.12 --override workflow.override "$@"
lock scan 3.11 "$@"
lock conformance 3.11 "$@"
lock assistant 3.11 "$@"
