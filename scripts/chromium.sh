#!/bin/sh
# The tests of the chat page need a Chromium. Installs Debian's where that is possible; otherwise says why they will be skipped.
for name in chromium chromium-browser google-chrome; do
    command -v "$name" >/dev/null 2>&1 && exit 0
done
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "Installing chromium for the tests of the chat page ..."
    apt-get update -qq >/dev/null && apt-get install -y -qq --no-install-recommends chromium fonts-noto-color-emoji >/dev/null && exit 0
fi
echo "No Chromium found: the tests of the chat page are skipped (install the package chromium to run them)."
exit 0
