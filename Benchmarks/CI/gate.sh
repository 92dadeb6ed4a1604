#!/usr/bin/env bash
# Did this tree become slower than a revision? gate.sh REVISION [weir gate's options]
# Builds both, gates the primary cells, writes out/gate.md (a summary) and out/gate.xml (JUnit), and exits
# with the code of `weir gate`: 0 when nothing is slower, 2 for a confirmed regression, 7 inconclusive.
set -euo pipefail
cd "$(dirname "$0")/../.."
base=${1:-}
if [ -z "$base" ] || ! git rev-parse --quiet --verify "$base^{commit}" >/dev/null; then
  echo "weir: no revision \`$base\` to compare with; say make gate BASE=HEAD~1" >&2
  exit 64
fi
shift
tree=$PWD/.build/gate/tree
# Kept from one gate to the next are the build's products only.
cleanup() { git worktree remove --force "$tree" 2>/dev/null || true; }
trap cleanup EXIT
cleanup
git worktree prune
git worktree add --quiet --detach "$tree" "$base"
flags=(-c release --static-swift-stdlib --product weir)
swift build "${flags[@]}" --package-path "$tree" --scratch-path .build/gate/build
# Run from where it was built, and so under its own revision.
install -D .build/gate/build/release/weir "$tree/.build/release/weir"
swift build "${flags[@]}"
mkdir -p out
status=0
.build/release/weir gate --base "$tree/.build/release/weir" --head .build/release/weir \
  --budget 240s --markdown out/gate.md --junit out/gate.xml "$@" || status=$?
if [ -n "${GITHUB_ACTIONS:-}" ] && [ -f out/gate.md ]; then
  cat out/gate.md >> "${GITHUB_STEP_SUMMARY:-/dev/null}"
  summary=$(sed -n '1s/^# *//p' out/gate.md)
  case $status in
    0) echo "::notice title=weir gate::$summary" ;;
    7) echo "::warning title=weir gate::$summary" ;;
    *) echo "::error title=weir gate::$summary" ;;
  esac
fi
exit $status
