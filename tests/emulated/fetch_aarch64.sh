#!/bin/sh
# Put an aarch64 Debian 12 Python with the device's packages into a folder (about 250 MB), for qemu-user.
#
#     tests/emulated/fetch_aarch64.sh [FOLDER]      default: $FETAL_HEMO_AARCH64,
#     else $XDG_CACHE_HOME/fetal-hemo/aarch64
#
# Needs Debian's apt and dpkg-deb, pip and a network; no root, no chroot. Files come from the
# machine's own apt sources and pip index. A folder that is complete is left alone.
set -eu

FOLDER=${1:-${FETAL_HEMO_AARCH64:-${XDG_CACHE_HOME:-$HOME/.cache}/fetal-hemo/aarch64}}
PYTHON=${PYTHON:-python3}
PACKAGES='python3.11-minimal libpython3.11-minimal libpython3.11-stdlib libc6 libgcc-s1 libstdc++6
    libexpat1 zlib1g libffi8 libssl3 libbz2-1.0 liblzma5 libuuid1'
WHEELS='numpy==2.4.6 onnxruntime==1.32.0 soundfile==0.14.0 soxr==1.1.0 cryptography==50.0.2
    cffi==2.1.1 pycparser==3.12 typing_extensions==4.16.0'

[ -e "$FOLDER/complete" ] && exit 0
mkdir -p "$FOLDER"
WORK=$(mktemp -d "$FOLDER/fetch.XXXXXX")
trap 'rm -rf "$WORK"' EXIT
mkdir -p "$WORK/apt/lists/partial" "$WORK/apt/cache/archives/partial" "$WORK/deb" "$WORK/wheels"
: > "$WORK/apt/status"

apt_arm64() {
    apt-get -qq -o APT::Architecture=arm64 -o APT::Architectures::=arm64 \
        -o Dir::State="$WORK/apt" -o Dir::State::lists="$WORK/apt/lists" \
        -o Dir::State::status="$WORK/apt/status" -o Dir::Cache="$WORK/apt/cache" \
        -o APT::Sandbox::User="$(id -un)" -o Debug::NoLocking=1 "$@"
}
apt_arm64 update
(cd "$WORK/deb" && apt_arm64 download $PACKAGES)
for package in "$WORK"/deb/*.deb; do dpkg-deb -x "$package" "$WORK/root"; done

"$PYTHON" -m pip download --quiet --no-deps --dest "$WORK/wheels" --only-binary=:all: \
    --python-version 3.11 --implementation cp --abi cp311 --abi abi3 --abi none \
    --platform manylinux_2_34_aarch64 --platform manylinux_2_28_aarch64 \
    --platform manylinux_2_27_aarch64 --platform manylinux_2_26_aarch64 \
    --platform manylinux_2_17_aarch64 --platform manylinux2014_aarch64 --platform any $WHEELS
for wheel in "$WORK"/wheels/*.whl; do "$PYTHON" -m zipfile -e "$wheel" "$WORK/site"; done

# onnxruntime's cpuinfo reads the host's x86 /proc/cpuinfo and dies of it. qemu-user looks under its
# root first, so an ARM one stands there.
mkdir -p "$WORK/root/proc"
for core in 0 1; do
    printf 'processor\t: %s\nFeatures\t: fp asimd evtstrm crc32 cpuid\nCPU implementer\t: 0x41\n' $core
    printf 'CPU architecture: 8\nCPU variant\t: 0x0\nCPU part\t: 0xd08\nCPU revision\t: 3\n\n'
done > "$WORK/root/proc/cpuinfo"

rm -rf "$FOLDER/root" "$FOLDER/site"
mv "$WORK/root" "$WORK/site" "$FOLDER/"
touch "$FOLDER/complete"
