#!/bin/sh
# Prints the path of a Chromium or Chrome on this machine, or nothing. ORDERFLOW_CHROMIUM names one in another place.
set -eu
for name in "${ORDERFLOW_CHROMIUM:-chromium}" chromium-browser google-chrome google-chrome-stable chrome \
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome" "/Applications/Chromium.app/Contents/MacOS/Chromium"; do
  if program=$(command -v "$name"); then
    echo "$program"
    exit 0
  fi
done
