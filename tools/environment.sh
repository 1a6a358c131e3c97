# Sourced by tools/quickstart and tools/test: a virtual environment with the package.
#
# LEARNED_UPDATE_VENV  its folder (default: .venv in the checkout)
# PYTHON               the interpreter that makes it (default: the first that fits)

ROOT=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
VENV=${LEARNED_UPDATE_VENV:-$ROOT/.venv}

fail() {
  printf '%s\n' "$@" >&2
  exit 1
}

fits() {
  "$1" -c 'import sys; sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 13))' \
    >/dev/null 2>&1 </dev/null
}

find_python() {
  local candidate
  for candidate in ${PYTHON:+"$PYTHON"} python3 python3.13 python3.12 python3.11 \
    python3.10; do
    if fits "$candidate" && "$candidate" -c 'import ensurepip, venv' 2>/dev/null; then
      printf '%s\n' "$candidate"
      return
    fi
  done
  fail "No Python 3.10 to 3.13 with the modules venv and ensurepip was found." \
    "Install one (Debian, Ubuntu: apt-get install python3 python3-venv)," \
    "or name it: PYTHON=/path/to/python3.12 $0"
}

checksum() {
  cat "$ROOT/setup.py" "$ROOT/setup.cfg" "$ROOT/pyproject.toml" "$ROOT/learned_update/version.py" \
    | cksum | tr -d ' '
}

# install [EXTRA]: makes the environment and installs the checkout, unless done before.
install() {
  local extra=${1:-} stamp python
  stamp="$VENV/.installed-${extra:-base}"
  if [[ -x $VENV/bin/python && -f $stamp ]] \
    && [[ $(cat "$stamp") == "$ROOT $(checksum)" ]]; then
    return
  fi
  if ! fits "$VENV/bin/python"; then
    python=$(find_python)
    echo "Making the virtual environment $VENV with $("$python" --version)."
    "$python" -m venv --clear "$VENV"
  fi
  echo "Installing learned_update${extra:+ with the extra '$extra'} (some minutes," \
    "3 GB on disk)."
  "$VENV/bin/python" -m pip install --quiet --editable "$ROOT${extra:+[$extra]}" \
    </dev/null
  echo "$ROOT $(checksum)" >"$stamp"
}
