#!/usr/bin/env bash
# Goes through the scenario with a client:  ./run.sh kafkajs|kafka-python BOOTSTRAP_SERVERS TOPIC [BUILD_DIR]
# Prints RESTART when the broker is to be restarted, and reads a line when it was. Exits 0 if everything held, 77 if the
# language or the client is missing: kafkajs comes from the npm registry, kafka-python from the system (Debian: python3-kafka).
set -euo pipefail
client=${1:?usage: run.sh kafkajs|kafka-python BOOTSTRAP_SERVERS TOPIC [BUILD_DIR]}
bootstrap=$2
topic=$3
here=$(cd "$(dirname "$0")" && pwd)
build=${4:-$here/target}

skip() { echo "SKIPPED $*"; exit 77; }

case $client in
    kafkajs)
        command -v node >/dev/null && command -v npm >/dev/null || skip "no node, or no npm"
        mkdir -p "$build/kafkajs"
        cp "$here"/kafkajs/* "$build/kafkajs"
        cd "$build/kafkajs"
        if [ ! -e node_modules/kafkajs ]; then
            timeout 60 npm ci --ignore-scripts --no-audit --no-fund >npm.txt 2>&1 || skip "npm did not bring kafkajs: see $PWD/npm.txt"
        fi
        exec node scenario.js "$bootstrap" "$topic"
        ;;
    kafka-python)
        python=${PYTHON:-/usr/bin/python3}
        command -v "$python" >/dev/null || skip "no python: $python"
        "$python" -c 'import kafka' 2>/dev/null || skip "kafka-python is not installed for $python"
        exec "$python" -u "$here/kafka-python/scenario.py" "$bootstrap" "$topic"
        ;;
    *)
        echo "FAILED client: $client (expected: kafkajs or kafka-python)"
        exit 1
        ;;
esac
