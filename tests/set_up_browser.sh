#!/bin/sh
# Chromium, its driver and a Chinese font for the browser tests, where they are missing and can be had: as root, with apt.
# Never fails: without a browser the tests say loudly that they are skipped.
if command -v chromium >/dev/null 2>&1 && command -v chromedriver >/dev/null 2>&1; then
    exit 0
fi
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null 2>&1; then
    echo "set_up_browser: no Chromium here, and installing it takes root and apt; the browser tests will be skipped" >&2
    exit 0
fi
echo "set_up_browser: installing Chromium for the browser tests" >&2
log=$(mktemp)
if { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends chromium chromium-driver fonts-noto-cjk; } >"$log" 2>&1; then
    rm -f "$log"
else
    echo "set_up_browser: Chromium could not be installed ($(tail -n 1 "$log")); the browser tests will be skipped" >&2
fi
exit 0
