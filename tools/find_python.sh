#!/bin/sh
# Prints the path of the Python that Orderflow runs on: 3.13 (the Lambda runtime's) where it is installed, else any >= 3.11 with one warning.
# A shim on PATH may exist and still fail, so every candidate is run, never trusted. PYTHON=<path> overrides the search.
set -u

runs() { # <command> <minimum minor> <maximum minor>: print the real interpreter when it starts and has what a venv needs
  "$1" -c "
import sys
if not (3, $2) <= sys.version_info[:2] <= (3, $3): raise SystemExit(1)
import ensurepip, ssl, venv
print(sys.executable)" 2>/dev/null
}

if [ -n "${PYTHON:-}" ]; then
  runs "$PYTHON" 11 99 && exit 0
  echo "PYTHON=$PYTHON is not a Python >= 3.11 with venv: point PYTHON at one, or unset it." >&2
  exit 1
fi

pyenv_prefix() { pyenv prefix "$1" 2>/dev/null | head -n 1; }
uv_find() { uv python find --no-python-downloads "$1" 2>/dev/null; }
newest_pyenv() { ls -d "${PYENV_ROOT:-$HOME/.pyenv}"/versions/"$1"*/bin/python 2>/dev/null | sort -V | tail -n 1; }

candidates() { # every place where a Python <3.minor> is usually found, likeliest first
  echo "python3.$1"
  prefix=$(pyenv_prefix "3.$1") && [ -n "$prefix" ] && echo "$prefix/bin/python"
  newest_pyenv "3.$1"
  uv_find "3.$1"
  ls "/usr/local/bin/python3.$1" "/usr/bin/python3.$1" "/opt/homebrew/bin/python3.$1" 2>/dev/null
}

for minor in 13 12 14 11; do
  for candidate in $(candidates "$minor"); do
    if found=$(runs "$candidate" "$minor" "$minor"); then
      [ "$minor" = 13 ] || echo "warning: Python 3.13 not found, using 3.$minor: zips hold source only, and functions run locally on another minor version than on AWS." >&2
      echo "$found"
      exit 0
    fi
  done
done
for candidate in python3 python; do
  if found=$(runs "$candidate" 11 99); then
    echo "warning: Python 3.13 not found, using $("$found" -V): zips hold source only, and functions run locally on another minor version than on AWS." >&2
    echo "$found"
    exit 0
  fi
done
echo "No Python >= 3.11 with venv found: install Python 3.13 (python.org, your package manager or pyenv), or set PYTHON=<path to it>." >&2
exit 1
