#!/usr/bin/env bash
# Builds the clients and runs the two examples against a broker:  ./run.sh BOOTSTRAP_SERVERS [BUILD_DIR]
# Needs a C++17 compiler and librdkafka with its C++ API (Debian: librdkafka-dev). Exits 0 if everything held,
# 77 if the compiler or the library is missing.
set -euo pipefail
cd "$(dirname "$0")"
bootstrap=${1:?usage: run.sh BOOTSTRAP_SERVERS [BUILD_DIR]}
build=${2:-target}
cxx=${CXX:-c++}
topic=cpp-orders-$$
count=1000

command -v "$cxx" >/dev/null || { echo "SKIPPED no C++ compiler: $cxx"; exit 77; }
echo '#include <librdkafka/rdkafkacpp.h>' | "$cxx" -E -x c++ - >/dev/null 2>&1 || { echo "SKIPPED librdkafka's C++ header is not installed"; exit 77; }

mkdir -p "$build"
for client in producer consumer scenario; do
    if [ "$build/$client" -ot "$client.cpp" ]; then
        "$cxx" -std=c++17 -Wall -Wextra -O1 "$client.cpp" -o "$build/$client" -lrdkafka++ -lrdkafka
    fi
done

fail() { echo "FAILED $*"; exit 1; }
messages() { grep -h '^MESSAGE' "$@" | awk '{print $2, $3}' | sort; }

"$build/producer" "$bootstrap" "$topic" $count >"$build/produced.txt" || fail "producer: see $build/produced.txt"
grep -q "^SUMMARY delivered=$count failed=0 undelivered=0$" "$build/produced.txt" || fail "producer: delivery reports are missing"
echo "OK produced $count messages, each with its delivery report"

for commit in auto sync async; do
    out="$build/consumed-$commit"
    "$build/consumer" "$bootstrap" "cpp-$commit-$$" "$topic" $count "$commit" >"$out.txt" || fail "consumer $commit: see $out.txt"
    [ "$(messages "$out.txt" | uniq | wc -l)" = $count ] || fail "consumer $commit: messages are missing or double"
    grep -q '^ASSIGNED .*-' "$out.txt" || fail "consumer $commit: no rebalance callback"
    grep -q '^COMMITTED ' "$out.txt" || fail "consumer $commit: no offset commit callback"
    grep -q 'content-type=text/plain' "$out.txt" || fail "consumer $commit: no headers"
done
echo "OK consumed $count messages each with automatic, synchronous and asynchronous commits"

"$build/producer" "$bootstrap" "$topic" 100 >"$build/produced-more.txt" || fail "second producer: see $build/produced-more.txt"
for commit in auto sync async; do
    out="$build/resumed-$commit"
    "$build/consumer" "$bootstrap" "cpp-$commit-$$" "$topic" 100 "$commit" >"$out.txt" || fail "resumed consumer $commit: see $out.txt"
    [ -z "$(comm -12 <(messages "$out.txt") <(messages "$build/consumed-$commit.txt"))" ] || fail "resumed consumer $commit: read again what it had committed"
done
echo "OK resumed from the committed offsets"

# Two members of one group share the partitions; each is told of the rebalance.
"$build/consumer" "$bootstrap" "cpp-shared-$$" "$topic" 1000000 async >"$build/member-a.txt" & a=$!
"$build/consumer" "$bootstrap" "cpp-shared-$$" "$topic" 1000000 async >"$build/member-b.txt" & b=$!
trap 'kill $a $b 2>/dev/null || true' EXIT
for _ in $(seq 300); do
    if grep -q '^ASSIGNED .*-' "$build/member-a.txt" && grep -q '^ASSIGNED .*-' "$build/member-b.txt" \
        && [ "$(messages "$build/member-a.txt" "$build/member-b.txt" | uniq | wc -l)" = $((count + 100)) ]; then
        shared=yes
        break
    fi
    sleep 0.1
done
kill -TERM $a $b
wait $a $b || true
trap - EXIT
[ "${shared:-no}" = yes ] || fail "group of two: see $build/member-a.txt and $build/member-b.txt"
echo "OK a group of two shared the partitions"
