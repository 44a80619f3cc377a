#!/usr/bin/env bash
# Grades a class under Slurm with an array of tasks, one per part of the class. A last job grades what is missing and writes the summary. All
# of them share the folders and the grader, so the workspace must be on a file system that every node can read.
#
#   bash tests/grader/slurm/grade.sh DIR OUT [PARTS]        DIR/STUDENT/EXERCISE.rs; PARTS is 4 by default
#
# Waits until all grades are written. If a task is killed, run it again: it continues where it stopped.
set -euo pipefail
[ $# -ge 2 ] || { echo "usage: bash tests/grader/slurm/grade.sh DIR OUT [PARTS]" >&2; exit 2; }
submissions=$(realpath "$1")
mkdir -p "$2"
out=$(realpath "$2")
parts=${3:-4}
cd "$(dirname "$0")/../../.."

# Build once, so that no task has to build.
cargo build --quiet --package grader --package checks
grade=$(realpath "${CARGO_TARGET_DIR:-target}")/debug/grade

quoted() { printf '%q ' "$@"; }
array=$(sbatch --parsable --job-name=grade --array="1-$parts" --ntasks=1 --cpus-per-task=1 --output="$out/slurm-%a.log" \
  --wrap "$(quoted "$grade" --all "$submissions" --out "$out" --jobs 1) --shard \$SLURM_ARRAY_TASK_ID/$parts")
echo "array $array: $parts parts"
# This job runs however the tasks ended, and grades what is missing.
sbatch --wait --job-name=grade-merge --dependency="afterany:$array" --ntasks=1 --output="$out/slurm-merge.log" \
  --wrap "$(quoted "$grade" --all "$submissions" --out "$out")"
tail -n 1 "$out/slurm-merge.log"
