#!/bin/bash
# Runs the browser and Dawn tests in a root file system that holds Node, a shell and the C and C++ run time, nothing else:
# no NSS, NSPR, expat, Vulkan, fontconfig or fonts. Needs root and linux x64.
#
#   sudo scripts/slim-root.sh [arguments of vitest]
set -euo pipefail
cd "$(dirname "$0")/.."

root=$(mktemp -d)
node=$(readlink -f "$(command -v node)")
shell=$(readlink -f /bin/sh)

copy() {
  for file in "$@"; do
    mkdir -p "$root$(dirname "$file")"
    cp -L "$file" "$root$file"
  done
}

libraries() {
  ldd "$1" | grep -o '/[^ ]*'
}

copy $(libraries "$node") $(libraries "$shell")
# The parts of the C library that Node does not load but Vite's compiler does.
libc=$(dirname "$(libraries "$node" | grep '/libc\.so')")
copy "$libc"/{librt.so.1,libresolv.so.2}
mkdir -p "$root"/{bin,dev,etc,proc,tmp,project}
cp "$node" "$root/bin/node"
cp "$shell" "$root/bin/sh"
echo 'root:x:0:0::/tmp:/bin/sh' >"$root/etc/passwd"
echo '127.0.0.1 localhost' >"$root/etc/hosts"

export root project="$PWD" chroot
chroot=$(command -v chroot)
arguments=("$@")
[ $# -gt 0 ] || arguments=(--project 'dawn' --project 'chromium-*')

unshare --mount --pid --fork bash -c '
  mount --bind "$project" "$root/project"
  # A project whose packages are linked from elsewhere brings them along.
  modules=$(readlink -f "$project/node_modules")
  if [ "$modules" != "$project/node_modules" ]; then
    mkdir -p "$root$modules"
    mount --bind "$modules" "$root$modules"
  fi
  mount -t proc proc "$root/proc"
  mount --rbind /dev "$root/dev"
  for name in libnss3.so libnspr4.so libexpat.so.1 libvulkan.so.1 libfontconfig.so.1; do
    found=$(find "$root" -xdev -name "$name" -not -path "$root/project/*")
    echo "$name in the root file system: ${found:-none}"
  done
  exec env -i PATH=/bin HOME=/tmp CI=true "$chroot" "$root" /bin/sh -c "cd /project && exec node node_modules/vitest/vitest.mjs run \"\$@\"" sh "$@"
' bash "${arguments[@]}" && status=0 || status=$?

ls "$root"/tmp/vitrine-chromium-*/lib
rm -rf "$root"
exit $status
