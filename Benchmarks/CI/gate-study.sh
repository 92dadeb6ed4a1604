#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# How often does the gate err? gate-study.sh WEIR FOLDER [RUNS]
# Gates a build against itself again and again, as it is and with a head that is made slower on purpose, on
# a quiet machine and beside a program that takes one CPU every other second; what came of each gate is a
# line of FOLDER/runs.csv, and what came of all a table in FOLDER/README.md. The conditions take turns, so
# that an hour in which the host is slow is no condition's own. What is in FOLDER already goes on counting.
#
#   STUDY_SECONDS=3600   ends with the turn in which this time is over
set -euo pipefail
[ $# -ge 2 ] || { sed -n '4,11s/^# \{0,1\}//p' "$0"; exit 64; }
weir=$1 folder=$2 runs=${3:-100} limit=${STUDY_SECONDS:-86400}
job=Benchmarks/Jobs/gate.yaml
# A short job: one cell, these in turn.
cells=('stream/shm/large/64KiB/*' 'pingpong/shm/large/64B/*')
# name, slower by per cent, hog, margin, budget in seconds, one turn in so many
conditions=(
  'aa-quiet 0 no 5% 12 1' 'aa-hog 0 yes 5% 12 1'
  'slow10-quiet 10 no 5% 60 5' 'slow10-hog 10 yes 5% 120 5' 'slow3-quiet 3 no 1% 120 5'
)
mkdir -p "$folder"
log=$folder/runs.csv
[ -s "$log" ] || echo 'condition,turn,exit,seconds' > "$log"

hog_pid=
# Takes CPU 0, where producers are, for every other second.
start_hog() {
  # A session of its own, so that all of it goes at once.
  setsid bash -c 'while :; do timeout 1 taskset -c 0 sh -c "while :; do :; done"; sleep 1; done' &
  hog_pid=$!
}
stop_hog() {
  [ -z "$hog_pid" ] || { kill -- "-$hog_pid" 2>/dev/null || true; wait "$hog_pid" 2>/dev/null || true; }
  hog_pid=
}
trap stop_hog EXIT

gate() {
  local name=$1 slow=$2 hog=$3 delta=$4 budget=$5 turn=$6 status=0 begin slowing=()
  # Not the turn's parity, which some conditions share.
  local cell=${cells[turn / 5 % 2]}
  [ "$slow" = 0 ] || slowing=(--slow-head "$slow")
  [ "$hog" = no ] || start_hog
  begin=$(date +%s)
  # Strict, so that faster has a code of its own: a difference of the wrong sign would be seen.
  "$weir" gate --base "$weir" --head "$weir" "$job" --primary "$cell" "${slowing[@]}" --strict \
    --delta "$delta" --budget "${budget}s" --seed "$turn" > "$folder/last.txt" 2>&1 || status=$?
  echo "$name,$turn,$status,$(($(date +%s) - begin))" >> "$log"
  stop_hog
  case $status in 0 | 2 | 4 | 7 | 9) ;; *) cat "$folder/last.txt"; exit "$status" ;; esac
}

# The share of a condition's gates by exit code.
table() {
  echo '| condition | gates | slower (2) | faster (4) | same (0) | inconclusive (7) | invalid (9) | median s | longest s |'
  echo '|:--|--:|--:|--:|--:|--:|--:|--:|--:|'
  local condition name slow hog delta budget _
  for condition in "${conditions[@]}"; do
    read -r name slow hog delta budget _ <<< "$condition"
    awk -F, -v name="$name" -v label="head +$slow %, hog: $hog, margin $delta, budget $budget s" '
      $1 == name { n++; by[$3]++; all[n] = $4; if ($4 > most) most = $4 }
      END {
        if (!n) exit
        for (i = 2; i <= n; i++) for (j = i; j > 1 && all[j] < all[j - 1]; j--) {
          t = all[j]; all[j] = all[j - 1]; all[j - 1] = t }
        printf "| %s | %d | %d | %d | %d | %d | %d | %d | %d |\n", label, n, by[2], by[4], by[0], by[7], by[9],
          all[int((n + 1) / 2)], most
      }' "$log"
  done
}

report() {
  {
    echo '# How often the gate errs'
    echo
    echo "A gate of one cell (in turn a stream of 64 KiB and a round trip of 64 B through shm), one build against itself;"
    echo "\`make gate-study\` repeats it. Machine: $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1),"
    echo "$(nproc) CPUs, Linux $(uname -r); weir $("$weir" --version)"
    echo "of commit $(git describe --always --dirty --exclude '*'); $(date +%Y-%m-%d)."
    echo
    table
    echo
    echo 'A head that is not slower must not be found slower or faster; one that is must be found so, and'
    echo 'never faster. Inconclusive is no error, but an answer that more budget would have given; invalid is'
    echo 'a control that differed from the base, so that the gate withholds its verdict.'
    echo 'The hog takes one CPU, that of the producer, every other second.'
  } > "$folder/README.md"
}

begin=$(date +%s)
first=$(($(awk -F, 'NR > 1 && $2 > most { most = $2 } END { print most + 0 }' "$log") + 1))
for ((turn = first; turn < first + runs; turn++)); do
  for condition in "${conditions[@]}"; do
    read -r name slow hog delta budget every <<< "$condition"
    [ $((turn % every)) -ne 0 ] || gate "$name" "$slow" "$hog" "$delta" "$budget" "$turn"
  done
  report
  [ $(($(date +%s) - begin)) -lt "$limit" ] || break
done
rm -f "$folder/last.txt"
cat "$folder/README.md"
