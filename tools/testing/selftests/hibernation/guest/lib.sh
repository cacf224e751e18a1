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

used_swap()
{
	awk 'NR > 1 { sum += $4 } END { print sum + 0 }' /proc/swaps
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
