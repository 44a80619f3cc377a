#!/usr/bin/env bash
# Tests grade.sh with a Slurm of one node, on loopback, in a temporary folder. It grades a class, kills a task in the middle, and grades the
# same class again. Needs Debian's slurmctld, slurmd, slurm-client and munge, and root, because slurmd needs root.
#
#   bash tests/grader/slurm/try.sh
set -euo pipefail
cd "$(dirname "$0")/../../.."
for program in munged slurmctld slurmd sbatch scancel; do
  command -v "$program" >/dev/null || { echo "NOT TRIED: there is no $program (apt-get install slurmctld slurmd slurm-client munge)" >&2; exit 3; }
done
[ "$(id -u)" = 0 ] || { echo "NOT TRIED: slurmd needs root" >&2; exit 3; }

place=$(mktemp -d /tmp/slurm-try-XXXXXX)
daemons=()
finish() {
  for process in "${daemons[@]}"; do kill "$process" 2>/dev/null || true; done
  for process in "${daemons[@]}"; do wait "$process" 2>/dev/null || true; done
  rm -rf "$place"
}
trap finish EXIT
chmod 755 "$place"
mkdir -p "$place/state" "$place/spool"
host=$(hostname -s)

dd if=/dev/urandom of="$place/munge.key" bs=128 count=1 status=none
chmod 600 "$place/munge.key"
munged --foreground --force --key-file="$place/munge.key" --socket="$place/munge.socket" --pid-file="$place/munge.pid" \
  --log-file="$place/munge.log" --seed-file="$place/munge.seed" 2>/dev/null &
daemons+=($!)

cat > "$place/slurm.conf" <<CONF
ClusterName=try
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=26817
SlurmdPort=26818
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket=$place/munge.socket
CredType=cred/munge
StateSaveLocation=$place/state
SlurmdSpoolDir=$place/spool
SlurmctldPidFile=$place/slurmctld.pid
SlurmdPidFile=$place/slurmd.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
MpiDefault=none
ReturnToService=2
SchedulerParameters=sched_interval=2
NodeName=$host NodeAddr=127.0.0.1 CPUs=$(nproc) State=UNKNOWN
PartitionName=all Nodes=$host Default=YES MaxTime=60 State=UP
CONF
export SLURM_CONF="$place/slurm.conf"
slurmctld -D -f "$SLURM_CONF" >"$place/slurmctld.log" 2>&1 &
daemons+=($!)
slurmd -D -f "$SLURM_CONF" >"$place/slurmd.log" 2>&1 &
daemons+=($!)
for _ in $(seq 100); do
  sinfo --noheader --format=%T 2>/dev/null | grep -q idle && break
  sleep 0.2
done
sinfo --noheader --format=%T | grep -q idle || { echo "NOT TRIED: Slurm does not come up here:" >&2; tail "$place"/slurm*.log >&2; exit 3; }

class=$place/class
count=0
# Every second solution: enough for a task to be killed in the middle.
for file in $(printf '%s\n' labs/*/grading/solutions/*.rs | awk 'NR % 2'); do
  student=$class/student-$((count % 12))
  mkdir -p "$student"
  cp "$file" "$student/$(sed -n '/^name = "lab-/{s/.*"lab-\(.*\)"/\1/p;q}' "${file%/grading/*}/Cargo.toml").rs"
  count=$((count + 1))
done
count=$(find "$class" -name '*.rs' | wc -l)
echo "a class of $count submissions"

# A task is killed as soon as it has graded something.
bash tests/grader/slurm/grade.sh "$class" "$place/out" 3 &
grading=$!
for _ in $(seq 600); do
  grep -q '^\[' "$place/out/slurm-2.log" 2>/dev/null && break
  sleep 0.1
done
scancel --signal=KILL --full --name=grade "$(squeue --noheader --name=grade --format=%A --states=RUNNING | sort | sed -n 2p)"
wait "$grading"
graded=$(find "$place/out" -name '*.json' | wc -l)
[ "$graded" = "$count" ] || { echo "$graded of $count were graded" >&2; exit 1; }
sum=$(find "$place/out" -name '*.json' -exec sha256sum {} + | sort | sha256sum)

again=$(bash tests/grader/slurm/grade.sh "$class" "$place/out" 3 | tail -n 1)
echo "$again" | grep -q "^0 graded, $count as before, 0 could not be graded" || { echo "the second time: $again" >&2; exit 1; }
[ "$sum" = "$(find "$place/out" -name '*.json' -exec sha256sum {} + | sort | sha256sum)" ] || { echo "a grade has changed" >&2; exit 1; }
[ "$(wc -l < "$place/out/grades.csv")" -gt 12 ] || { echo "grades.csv is short" >&2; exit 1; }
echo "all $count graded once, though a task was killed"
