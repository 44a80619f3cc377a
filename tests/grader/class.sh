#!/usr/bin/env bash
# Grades a class of 300 submissions with one job per CPU, kills the grader three times, and starts it again. Prints the times, and checks that
# no grade is lost and none is made twice.
#
#   bash tests/grader/class.sh [SUBMISSIONS]
set -euo pipefail
cd "$(dirname "$0")/../.."
wanted=${1:-300}
place=$(mktemp -d /tmp/class-XXXXXX)
trap 'rm -rf "$place"' EXIT
class=$place/class
out=$place/out
cargo build --quiet --package grader
grade=${CARGO_TARGET_DIR:-target}/debug/grade

# The students hand in different files: right solutions, wrong ones, and a hostile file now and then.
files=(labs/*/grading/solutions/*.rs)
count=0
while [ "$count" -lt "$wanted" ]; do
  student=$class/student-$(printf %03d $((count / 2)))
  mkdir -p "$student"
  file=${files[$((count % ${#files[@]}))]}
  exercise=$(sed -n '/^name = "lab-/{s/.*"lab-\(.*\)"/\1/p;q}' "${file%/grading/*}/Cargo.toml")
  if [ -e "$student/$exercise.rs" ]; then file=tests/grader/corpus/forging-exit.rs exercise=shm; fi
  [ ! -e "$student/$exercise.rs" ] || exercise=mutex
  { cat "$file"; echo "// $count"; } >"$student/$exercise.rs"
  count=$((count + 1))
done
# Three students whose folders are odd: one is empty, and two have names that are not ordinary.
mkdir -p "$class/empty" "$class/index.html" "$class/"$'\xff'
cp labs/data-race/grading/solutions/reference.rs "$class/index.html/race.rs"
cp labs/data-race/grading/solutions/reference.rs "$class/"$'\xff/race.rs'
count=$(find "$class" -name '*.rs' | wc -l)
echo "a class of $count submissions, $(nproc) jobs"

results() { find "$out" -name '*.json' 2>/dev/null | wc -l; }
for killed in 1 2 3; do
  "$grade" --all "$class" --out "$out" >/dev/null 2>&1 &
  grading=$!
  until [ "$(results)" -ge $((count * killed / 8)) ]; do
    kill -0 "$grading" || { echo "the grader ended before it was killed" >&2; exit 1; }
    sleep 0.1
  done
  kill -KILL "$grading"
  wait "$grading" 2>/dev/null || true
  echo "killed after $(results) grades"
done
find "$out" -name '*.json' -exec sha256sum {} + | sort >"$place/before"
# Prints the CPU time of the whole machine, in hundredths of a second: that of the grader does not contain all of its sandboxes.
busy() { awk '/^cpu / { print $2 + $3 + $4 }' /proc/stat; }
TIMEFORMAT=%R
before=$(busy)
took=$({ time "$grade" --all "$class" --out "$out" >"$place/said" 2>"$place/progress"; } 2>&1)
used=$(($(busy) - before))
cat "$place/said"
grep -q ", $(wc -l <"$place/before") as before, 0 could not be graded" "$place/said" || { echo "a submission was graded twice, or not at all" >&2; exit 1; }
[ "$(results)" = "$count" ] || { echo "$(results) of $count were graded" >&2; exit 1; }
sha256sum --quiet --check "$place/before"
[ "$(tail -n +2 "$out/grades.csv" | wc -l)" = "$(find "$class" -mindepth 1 -type d | wc -l)" ] || { echo "grades.csv lacks students" >&2; exit 1; }
rest=$((count - $(wc -l <"$place/before")))
awk -v n="$rest" -v took="$took" -v used="$used" 'BEGIN {
  printf "the last %d: %.1f s by the clock, %.2f per second; %.2f CPU seconds each (mean, of the whole machine)\n", n, took, n / took, used / 100 / n
}'

# Compares one job with one per CPU, on a part of the class.
for part in a b; do
  for jobs in 1 "$(nproc)"; do
    rm -rf "$out"
    took=$({ time "$grade" --all "$class" --out "$out" --shard 1/6 --jobs "$jobs" >/dev/null 2>&1; } 2>&1)
    echo "$part: $jobs jobs: $took s for $(results)"
  done
done
