#!/bin/bash
# Installs VERSION of the GitHub Actions runner, whose archive has the checksum SHA256, in /opt/actions-runner.
set -euo pipefail

readonly folder=/opt/actions-runner
archive=$(mktemp)
trap 'rm -f "$archive"' EXIT
curl --fail --silent --show-error --location --proto '=https' --retry 5 --output "$archive" \
  "https://github.com/actions/runner/releases/download/v$VERSION/actions-runner-linux-x64-$VERSION.tar.gz"
printf '%s  %s\n' "$SHA256" "$archive" | sha256sum --check --quiet

rm -rf "$folder"
install -d -o runner -g runner "$folder"
tar --extract --gzip --file "$archive" --directory "$folder" --no-same-owner
"$folder/bin/installdependencies.sh"
chown -R runner:runner "$folder"
