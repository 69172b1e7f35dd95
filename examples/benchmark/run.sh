#!/usr/bin/env bash
# Builds and runs the benchmarks:  run.sh [options]        Barnabas beside Apache Kafka (run.sh --help)
#                                  run.sh start [options]  time from start() to usable (run.sh start --help)
set -euo pipefail
cd "$(dirname "$0")/../.."
main=dev.barnabas.benchmark.Benchmark
if [ "${1:-}" = start ]; then
    main=dev.barnabas.benchmark.StartBenchmark
    shift
fi
if [ ! -e examples/target/barnabas.jar ] || [ ! -e examples/benchmark/target/lib ] || [ -n "${REBUILD:-}" ]; then
    ./mvnw -q -Dquick -DskipTests -pl examples/runnable,examples/benchmark -am package
fi
exec java -cp "examples/benchmark/target/classes:examples/benchmark/target/lib/*" "$main" "$@"
