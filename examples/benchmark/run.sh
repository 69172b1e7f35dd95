#!/usr/bin/env bash
# Builds, where a source is newer than what was built, and runs the benchmarks. See README.md.
#   run.sh [options]        whole brokers: Barnabas beside Apache Kafka   (run.sh --help)
#   run.sh start [options]  time from start() to usable                   (run.sh start --help)
#   run.sh parts [options]  JMH benchmarks of the parts                   (run.sh parts -h)
set -euo pipefail
cd "$(dirname "$0")/../.."

jar=examples/target/barnabas.jar
lib=examples/benchmark/target/lib
sources=(pom.xml broker-*/src broker-*/pom.xml examples/pom.xml examples/runnable/{src,pom.xml} examples/benchmark/{src,pom.xml})
if [ ! -e "$jar" ] || [ ! -e "$lib" ] || [ -n "$(find "${sources[@]}" -newer "$lib" -type f -print -quit)" ]; then
    ./mvnw -q -Dquick -DskipTests -pl examples/runnable,examples/benchmark -am package
    touch "$lib"
fi

case "${1:-}" in
    start) main=dev.barnabas.benchmark.StartBenchmark; shift ;;
    parts) main=org.openjdk.jmh.Main; shift ;;
    *) main=dev.barnabas.benchmark.Benchmark ;;
esac
exec "${JAVA_HOME:+$JAVA_HOME/bin/}java" -Xms1g -Xmx1g -cp "examples/benchmark/target/classes:$lib/*" "$main" "$@"
