# SPDX-License-Identifier: GPL-2.0
#
# What the scripts of the boots share. A script talks to the host with `tell`;
# the host's cases say which words they wait for.

power=/sys/power

# Words of failure that the host looks for in every boot.
fail()
{
	tell "failed $*"
	exit 1
}

setting()
{
	result=$(put "$1" "$2")
	[ "$result" = ok ] || fail "writing $2 to $1: $result"
}

# hibernate [MODE]: one transition; tells its result, and leaves it in $result.
hibernate()
{
	[ -z "$1" ] || setting $power/disk "$1"
	tell "hibernating $(cat $power/disk)"
	result=$(put $power/state disk)
	tell "hibernated $result"
}

swap_on()
{
	swapon "${1:-/dev/vda}" || fail "swapon ${1:-/dev/vda}"
}

# KiB in use; of all areas, or of the one that is named.
used_swap()
{
	awk -v area="$1" 'NR > 1 && (area == "" || $1 == area) { sum += $4 } END { print sum + 0 }' /proc/swaps
}

tell_cpus()
{
	tell "cpus $(cat /sys/devices/system/cpu/online)"
}

# The device that a name in /dev stands for, as MAJ:MIN.
number_of()
{
	cat "/sys/class/block/${1#/dev/}/dev"
}

# resume_by_hand DEVICE: what an initramfs does; returns when nothing was resumed.
resume_by_hand()
{
	put $power/resume "$(number_of "$1")"
}

mount_files()
{
	mount -t ext4 "${1:-/dev/vdb}" /mnt || fail "mount ${1:-/dev/vdb}"
}

# A boot that was to resume and did not: says so, and whether the swap is sound.
fresh()
{
	if swapon "${1:-/dev/vda}"; then
		tell "fresh swap=usable"
		swapoff "${1:-/dev/vda}"
	else
		tell "fresh swap=unusable"
	fi
}

# room_for PERCENT: MiB that are to be filled until so much of MemTotal is in
# use; a 512th of it goes into page tables.
room_for()
{
	awk -v percent="$1" '/^MemTotal:/ { total = $2 } /^MemFree:/ { free = $2 }
		END { printf "%d\n", (free - total * (100 - percent) / 100) * 511 / 512 / 1024 }' /proc/meminfo
}

# How full memory is, in KiB.
tell_memory()
{
	tell "memory $1 $(awk '/^(MemTotal|MemFree|MemAvailable|Cached|SwapTotal|SwapFree|Dirty|CmaTotal|CmaFree):/ \
		{ sub(":", "="); printf "%s%s ", $1, $2 }' /proc/meminfo)"
}

tell_stats()
{
	[ ! -e $power/hibernate/stats ] || tell "stats $1 $(tr '\n' ' ' <$power/hibernate/stats)"
}

# efi_variables: mounts them where there are some.
efi_variables()
{
	[ -d /sys/firmware/efi/efivars ] || return 1
	grep -q efivarfs /proc/mounts || mount -t efivarfs efivarfs /sys/firmware/efi/efivars
}

# tell_efi WORD: asks firmware for one of its variables, and tells what came: "efi WORD BYTES SUM", or "efi WORD refused".
tell_efi()
{
	efi_variables || return 0
	set -- "$1" /sys/firmware/efi/efivars/PlatformLang-8be4df61-93ca-11d2-aa0d-00e098032b8c
	if cat "$2" >/tmp/variable 2>/dev/null; then
		tell "efi $1 $(wc -c </tmp/variable) $(md5sum </tmp/variable | cut -c 1-8)"
	else
		tell "efi $1 refused"
	fi
}

# wait_for SECONDS COMMAND...: until it succeeds.
wait_for()
{
	left=$1
	shift
	until "$@"; do
		[ "$left" -gt 0 ] || fail "waiting in vain for $*"
		left=$((left - 1))
		sleep 1
	done
}

# steps_of WAY: the steps of a transition, as the kernel lists them.
steps_of()
{
	awk -v way="$1" '$1 == way { print $2 }' /sys/kernel/debug/hibernation/steps
}
