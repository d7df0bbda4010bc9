#!/bin/bash
# Evaluates the SCAP profile of the recipe, after remediating it if SCAP_MODE says so. Fails if the score is below SCAP_MINIMUM.
set -euo pipefail

readonly content=/usr/share/xml/scap/ssg/content/ssg-al2023-ds.xml
readonly reports=/var/log/openscap
install -d -m 0700 "$reports"

# evaluate [OPTION…]: 2 is the exit code of an evaluation with rules that are not met.
evaluate() {
  oscap xccdf eval --profile "$SCAP_PROFILE" --results "$reports/results.xml" --report "$reports/report.html" \
    "$@" "$content" >"$reports/rules.txt" || [ "$?" -eq 2 ]
}

# The score is that of a scan after the remediation, since some remedies take effect for others.
if [[ $SCAP_MODE == remediate ]]; then evaluate --remediate; fi
evaluate

score=$(grep -oP '<score system="urn:xccdf:scoring:default"[^>]*>\K[0-9]+' "$reports/results.xml" | tail -n 1)
grep -B 3 -E '^Result[[:space:]]+fail$' "$reports/rules.txt" | grep -E '^Rule' || true
printf 'score %s, at least %s\n' "$score" "$SCAP_MINIMUM"
((score >= SCAP_MINIMUM))
