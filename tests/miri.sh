#!/usr/bin/env bash
# Runs the labs' counters and the unsafe code of common under Miri, an interpreter that detects undefined behaviour. Miri must find the
# data race of `plain`, and none in the others. It runs one schedule per seed, so a run without a finding is not a proof.
#
#   bash tests/miri.sh          32 seeds for every counter
#   bash tests/miri.sh 1000     more seeds, more schedules
set -euo pipefail
cd "$(dirname "$0")/.."
seeds=${1:-32}

not_checked() { printf '\n!! NOT CHECKED: Miri: %s\n' "$*"; exit 0; }
refuse() { printf '\n%s\n' "$*" >&2; exit 1; }

# With fewer seeds, it would depend on chance whether one of them loses an update.
[[ $seeds =~ ^[1-9][0-9]+$ ]] || refuse "bash tests/miri.sh [SEEDS]: how many seeds, from 10 on"

# Miri needs a nightly toolchain with its source. The default toolchain does not change.
installed() {
  cargo +nightly miri --version >/dev/null 2>&1 &&
    [ -d "$(rustc +nightly --print sysroot)/lib/rustlib/src/rust/library" ]
}
installed || not_checked "needs: rustup toolchain install nightly --profile minimal --component miri --component rust-src"
cargo +nightly miri setup || not_checked "its standard library cannot be built here"

log=$(mktemp) errors=$(mktemp)
trap 'rm -f "$log" "$errors"' EXIT
count() { grep -c "$1" "$log" || true; }

printf '\nDataRace: undefined behaviour. LostUpdates: none, but schedules that lose an update. Exact: neither was found.\n'
printf 'The figures count seeds: tried, with a data race, with a lost update.\n\n'
printf '%-24s %5s  %10s  %13s  %-12s %s\n' counter seeds 'data races' 'lost updates' found expected
export CARGO_TERM_COLOR=never # the lines are counted below, so they must not contain colours
# There are few increments, so preempt ten times as often as by default. Do not reuse the memory of one thread for another, because that
# would order the two threads and could hide a race.
export MIRIFLAGS="-Zmiri-many-seeds=0..$seeds -Zmiri-many-seeds-keep-going -Zmiri-preemption-rate=0.1
  -Zmiri-address-reuse-cross-thread-rate=0 -Zmiri-no-short-fd-operations"
variants=$(MIRIFLAGS='' cargo +nightly miri run --quiet --package under-miri 2>"$log") || refuse "$(cat "$log")"
wrong=()
while read -r variant expected; do
  ended=well
  cargo +nightly miri run --quiet --package under-miri -- "$variant" >"$log" 2>&1 </dev/null || ended=badly
  tried=$(count '^Trying seed') failures=$(count '^FAILING SEED')
  races=$(count '^error: Undefined Behavior: Data race') lost=$(count '^lost an update$')
  # Anything else is trouble: a panic, a deadlock, other undefined behaviour, or a Miri that does not know the flags.
  case $((tried == seeds)),$ended,$((races > 0 && races == failures)),$((lost > 0)) in
    1,badly,1,*) found=DataRace ;;
    1,well,0,1) found=LostUpdates ;;
    1,well,0,0) found=Exact ;;
    *) found=trouble ;;
  esac
  printf '%-24s %5d  %10d  %13d  %-12s %s\n' "$variant" "$tried" "$races" "$lost" "$found" "$expected"
  if [ "$found" != "$expected" ]; then
    wrong+=("$variant")
    grep -v '^Trying seed' "$log" | sed -n '1,40p' >&2
  fi
done <<<"$variants"
[ ${#wrong[@]} = 0 ] || refuse "Not as expected: ${wrong[*]}"
# A counter without a finding proves something only if Miri finds the mistakes of the wrong counters.
[ "$(cut -d ' ' -f 2 <<<"$variants" | sort -u | xargs)" = "DataRace Exact LostUpdates" ] || refuse "Counters are missing."

printf '\nThe modules of common that have unsafe code\n'
modules=$(cd common/src && grep -rlw unsafe . | sed 's|^\./||; s|\.rs$|::|; s|/|::|g')
# Standard error goes to its own file, because Miri's warnings would break the lines that are read below.
# shellcheck disable=SC2086 # one word per module
MIRIFLAGS='-Zmiri-disable-isolation -Zmiri-num-cpus=4' \
  cargo +nightly miri test --quiet --package common --lib -- --format pretty $modules >"$log" 2>"$errors" ||
  refuse "$(cat "$log" "$errors")"
grep '^test ' "$log"
for module in $modules; do
  grep -q "^test $module.*ok$" "$log" || refuse "Miri did not run a test of common::${module%::}."
done
