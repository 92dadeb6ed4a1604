#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# boot.sh WEIR NUMAGUEST [TESTS]
#
# Boots machines with several NUMA nodes under software emulation and runs NumaGuest in each, with the
# real weir beside it; given a test bundle, its TopologyTests too. Prints the guests' consoles, exits with
# 0 when all of them are content, and with 0 and a line "test-numa: skipped: REASON" where they cannot be
# had. What emulation costs is time: nothing here says how fast anything is.
#
#   WEIR_NUMA_CACHE=.build/numa        where the kernel is kept, and the guests' files are made
#   WEIR_NUMA_GUESTS="2x2 4x1 2x1+1"   which guests to boot
set -euo pipefail

[ $# -ge 2 ] || { sed -n '4,9s/^# \{0,1\}//p' "$0"; exit 64; }
weir=$(realpath "$1") guest=$(realpath "$2") tests=${3:+$(realpath "$3")}
cache=${WEIR_NUMA_CACHE:-.build/numa}
guests=" ${WEIR_NUMA_GUESTS:-2x2 4x1 2x1+1} "
# A guest takes tens of seconds on an idle machine; one that hangs must not hang who waits for it.
limit_seconds=400

skip() { echo "test-numa: skipped: $*"; exit 0; }

# ---- what it takes, by Debian's names ----------------------------------------------------------------

install_packages() {
  local missing=()
  command -v qemu-system-x86_64 >/dev/null || missing+=(qemu-system-x86 seabios)
  [ -x /bin/busybox ] || missing+=(busybox-static)
  [ ${#missing[@]} -gt 0 ] || return 0
  command -v apt-get >/dev/null || skip "install these packages (Debian's names): ${missing[*]}"
  [ "$(id -u)" = 0 ] || skip "run this once: sudo apt-get install --no-install-recommends ${missing[*]}"
  apt-get update -qq || skip "no package lists (no network?) for ${missing[*]}"
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null ||
    skip "these packages cannot be installed here: ${missing[*]}"
}

# Debian's kernel for virtual machines: small, and it has NUMA, ACPI tables and a serial console built in.
fetch_kernel() {
  kernel=$(find "$cache" -name 'vmlinuz-*' 2>/dev/null | sort -V | tail -1)
  [ -z "$kernel" ] || return 0
  command -v apt-get >/dev/null || skip "no apt-get to fetch linux-image-cloud-amd64 with"
  local package
  package=$(kernel_package)
  if [ -z "$package" ] && [ "$(id -u)" = 0 ]; then
    apt-get update -qq || skip "no package lists (no network?) for linux-image-cloud-amd64"
    package=$(kernel_package)
  fi
  [ -n "$package" ] || skip "no package linux-image-cloud-amd64 is known here: sudo apt-get update"
  (cd "$cache" && { apt-get download -qq "$package-unsigned" 2>/dev/null || apt-get download -qq "$package"; }) ||
    skip "$package cannot be fetched (no network?)"
  dpkg-deb --fsys-tarfile "$cache"/linux-image-*.deb |
    tar -x -C "$cache" --strip-components=2 --wildcards './boot/vmlinuz-*'
  rm -f "$cache"/linux-image-*.deb
  kernel=$(find "$cache" -name 'vmlinuz-*' | sort -V | tail -1)
}

kernel_package() { apt-cache depends linux-image-cloud-amd64 2>/dev/null | sed -n 's/.*Depends: //p' | head -1; }

# ---- the guests' file system -------------------------------------------------------------------------

# carry FILE NAME: a program and the libraries that the loader would find for it.
carry() {
  install -D "$1" "$root/bin/$2"
  strip --strip-debug "$root/bin/$2" 2>/dev/null || true
  { ldd "$1" || true; } | grep -oE '/[^ ]+' | while read -r library; do
    [ -e "$root$library" ] || install -D "$(realpath "$library")" "$root$library"
  done
}

make_files() {
  root=$cache/root
  rm -rf "$root"
  mkdir -p "$root"/{bin,dev,proc,sys,tmp,etc,root}
  cp /bin/busybox "$root/bin/busybox"
  carry "$weir" weir
  carry "$guest" NumaGuest
  [ -z "$tests" ] || carry "$tests" tests.xctest
  cat > "$root/init" <<'END'
#!/bin/busybox sh
/bin/busybox --install -s /bin
export PATH=/bin HOME=/root NO_COLOR=1
mount -t proc proc /proc; mount -t sysfs sys /sys; mount -t devtmpfs dev /dev
ip link set lo up; mkdir -p /dev/shm; mount -t tmpfs shm /dev/shm; mount -t cgroup2 cgroup /sys/fs/cgroup
stages=$(sed -n 's/.*weir_stages=\([^ ]*\).*/\1/p' /proc/cmdline | tr , ' ')
code=0
case " $stages " in *" tests "*) /bin/tests.xctest --testing-library swift-testing --filter TopologyTests || code=1;; esac
/bin/NumaGuest /bin/weir $(echo " $stages " | sed 's/ tests / /') || code=1
echo "guest: exit $code"
poweroff -f
END
  chmod +x "$root/init"
  # Not compressed: to unpack it would cost the emulator more than to read it.
  (cd "$root" && find . | busybox cpio -o -H newc 2>/dev/null) > "$cache/initramfs"
}

# ---- the guests --------------------------------------------------------------------------------------

# boot NAME STAGES NODE...   a node is CPUS:MEGABYTES, such as 0-1:640, without CPUS one of memory alone.
boot() {
  local name=$1 stages=$2 count=0 sockets=0 node=0 total=0 spec cpus other arguments=()
  shift 2
  [[ $guests = *" $name "* ]] || return 0
  for spec in "$@"; do
    cpus=${spec%:*}
    total=$((total + ${spec#*:}))
    arguments+=(-object "memory-backend-ram,id=m$node,size=${spec#*:}M")
    arguments+=(-numa "node,nodeid=$node,memdev=m$node${cpus:+,cpus=$cpus}")
    [ -z "$cpus" ] || { count=$((${cpus#*-} + 1)) sockets=$((sockets + 1)); }
    for ((other = 0; other < node; other++)); do
      # Each pair its own distance, so that a table read the wrong way round shows.
      arguments+=(-numa "dist,src=$other,dst=$node,val=$((20 + node + 2 * other))")
    done
    node=$((node + 1))
  done
  echo "test-numa: guest $name: $node nodes, $count CPUs, stages $stages"
  timeout --foreground "$limit_seconds" qemu-system-x86_64 -accel tcg,thread=multi -cpu max -machine pc \
    -m "${total}M" -smp "$count,sockets=$sockets,cores=$((count / sockets)),threads=1" \
    "${arguments[@]}" -kernel "$kernel" -initrd "$cache/initramfs" \
    -append "console=ttyS0 panic=-1 quiet tsc=reliable numa_balancing=disable weir_stages=$stages" \
    -display none -monitor none -nodefaults -no-user-config -no-reboot -serial stdio </dev/null |
    sed -u "s/\r//g; s/^/$name: /" | tee "$cache/$name.log" || true
  if grep -q 'guest: exit 0$' "$cache/$name.log"; then
    passed="$passed $name"
  else
    failed="$failed $name"
  fi
}

mkdir -p "$cache"
install_packages
fetch_kernel
make_files
passed="" failed=""
with_tests=${tests:+tests,}
boot 2x2 "${with_tests}views,placement,sabotage,full-node,refusals" 0-1:896 2-3:384
boot 4x1 "${with_tests}views,placement" 0:384 1:384 2:384 3:384
boot 2x1+1 views,memory-node 0:384 1:384 :384
echo "test-numa: passed:${passed:- none}${failed:+; failed:$failed}"
[ -z "$failed" ]
