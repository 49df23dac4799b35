#!/bin/sh
# under-systemd.sh DIR: the packaged units on a kernel and a systemd of their own. Makes a Debian 12 root in DIR, puts the
# release binary and packaging/ where a package would, boots it in a virtual machine (by emulation: no hardware is needed;
# about three minutes), runs tests/acceptance/under_systemd.py in it, and ends as that ends. For root, since it needs
# debootstrap; needs the packages debootstrap, busybox-static, e2fsprogs, cpio, qemu-system-x86 and linux-image-cloud-amd64.
set -eu
work=$(realpath -m "$1")
cd "$(dirname "$0")/.."
root=$work/root
kernel=$(ls -v /boot/vmlinuz-*-cloud-amd64 | tail -n 1)
modules=/lib/modules/${kernel#/boot/vmlinuz-}/kernel/drivers

if [ ! -e "$root/etc/debian_version" ]; then
  mirror=$(sed -n 's/^URIs: //p' /etc/apt/sources.list.d/debian.sources 2>/dev/null | head -n 1)
  debootstrap --variant=minbase --include=systemd-sysv,dbus,procps,python3,tzdata bookworm "$root" \
    "${mirror:-http://deb.debian.org/debian}"
fi
install -D build/release/mini-scheduler "$root/usr/bin/mini-scheduler"
install -D -m 644 -t "$root/etc/systemd/system" packaging/*.service
install -D -m 644 packaging/mini-scheduler.sysusers "$root/usr/lib/sysusers.d/mini-scheduler.conf"
install -D -m 644 packaging/mini-scheduler.tmpfiles "$root/usr/lib/tmpfiles.d/mini-scheduler.conf"
mkdir -p "$root/etc/mini-scheduler"
printf '[scheduler]\ntimezone = "UTC"\n' >"$root/etc/mini-scheduler/config.toml"
install -m 644 tests/acceptance/under_systemd.py tests/harness/server.py "$root/opt/"
cat >"$root/etc/systemd/system/acceptance.service" <<UNIT
[Unit]
After=mini-scheduler.service mini-scheduler-runner.service
[Service]
Type=oneshot
TimeoutStartSec=infinity
StandardOutput=file:/dev/ttyS0
StandardError=inherit
ExecStart=/bin/sh -c '/usr/bin/python3 /opt/under_systemd.py; echo "ended with \$?"; sync; systemctl poweroff --force'
UNIT
for unit in mini-scheduler mini-scheduler-runner acceptance; do
  ln -sf "/etc/systemd/system/$unit.service" "$root/etc/systemd/system/multi-user.target.wants/$unit.service"
done

# the first files that the kernel sees: enough to find the disk
rm -rf "$work/first"
mkdir -p "$work/first/bin"
cp "$root/bin/busybox" "$work/first/bin/" 2>/dev/null || cp "$(command -v busybox)" "$work/first/bin/"
cp "$modules"/virtio/virtio*.ko "$modules/block/virtio_blk.ko" "$work/first/"
cat >"$work/first/init" <<'INIT'
#!/bin/busybox sh
for module in virtio_ring virtio virtio_pci_legacy_dev virtio_pci_modern_dev virtio_pci virtio_blk; do
  /bin/busybox insmod /$module.ko
done
/bin/busybox mkdir -p /dev /root
/bin/busybox mount -t devtmpfs none /dev
/bin/busybox mount -t ext4 /dev/vda /root
exec /bin/busybox switch_root /root /sbin/init
INIT
chmod +x "$work/first/init"
(cd "$work/first" && find . | cpio --quiet -o -H newc | gzip) >"$work/first.img"
rm -f "$work/disk.img"
mke2fs -q -t ext4 -d "$root" "$work/disk.img" 1500M

timeout 1800 qemu-system-x86_64 -accel tcg -smp 2 -m 1024 -nographic -no-reboot -net none \
  -drive "file=$work/disk.img,format=raw,if=virtio" -kernel "$kernel" -initrd "$work/first.img" \
  -append "console=ttyS0 quiet panic=-1 systemd.show_status=no" </dev/null | tee "$work/console.log"
grep -q '^ended with 0' "$work/console.log"
