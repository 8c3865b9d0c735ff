#!/bin/sh
# Makes one virtual environment exactly as its lock file says: tools/venv.sh <folder> <lock file> [oldest Python 3.minor it works with]
# uv installs (seconds); where uv cannot reach an index that pip is configured for, pip installs the same hashes.
# Either installs what the lock names and nothing else.
set -eu
venv=$1 lock=$2 oldest=${3:-11}

# An option that names a folder this machine does not have only produces noise.
case "${PIP_FIND_LINKS:-}" in /*) [ -e "$PIP_FIND_LINKS" ] || unset PIP_FIND_LINKS ;; esac
export PIP_DISABLE_PIP_VERSION_CHECK=1

bootstrap=.venv-bootstrap
if ! "$bootstrap/bin/uv" --version >/dev/null 2>&1; then
  python=$(tools/find_python.sh)
  rm -rf "$bootstrap"
  "$python" -m venv "$bootstrap"
  "$bootstrap/bin/python" -m pip install -qq --require-hashes -r requirements/bootstrap.txt ||
    { echo "Could not install uv from requirements/bootstrap.txt: check that pip reaches a package index (see the lines above)." >&2; exit 1; }
fi

if ! "$bootstrap/bin/python" -c "import sys; sys.exit(sys.version_info < (3, $oldest))"; then
  # Whoever needs this environment says so, with its reason; everything else works without it.
  echo "warning: $lock needs Python >= 3.$oldest, so $venv is not made and the tests that need it are skipped." >&2
  exit 0
fi
echo "installing $lock into $venv" >&2
"$bootstrap/bin/uv" venv -q --allow-existing --no-project --python "$bootstrap/bin/python" "$venv"
"$bootstrap/bin/uv" pip sync -q --require-hashes --python "$venv/bin/python" "$lock" || {
  echo "uv could not install $lock: trying pip with the same hashes." >&2
  "$bootstrap/bin/python" -m pip --python "$venv/bin/python" install -qq --no-deps --require-hashes -r "$lock" ||
    { echo "Could not install $lock: check that a package index is reachable, then run the same command again." >&2; exit 1; }
}
touch "$venv/.installed"
