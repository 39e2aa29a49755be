#!/bin/bash
# Runs a command with a virtual sound card: a private PipeWire with WirePlumber, its PulseAudio server, and a null sink `null1`.
#
#   with-pipewire.sh [-o REC.wav] [--] CMD…      stereo, 48 kHz, 32-bit float; the exit code is the command's
#
# RIG_SINK_PROPERTIES: properties of the null sink, such as device.bus=bluetooth
# RIG_HIGH_PRIORITY=yes: the servers have a higher priority than other processes, as sound servers do, if the system allows it.
# The command finds PULSE_SERVER, XDG_RUNTIME_DIR, RIG_PULSE_PID and, with -o, RIG_RECORDING in its environment, as within with-sound.sh.
# `pactl` loads further sinks, moves streams and changes the default sink. RIG_PIPEWIRE_PID is the daemon.
# Needs the packages pipewire and wireplumber. PipeWire's PulseAudio server is started with a configuration of its own, so that the package
# pipewire-pulse, which would replace PulseAudio, is not needed.
# Exit code 125: the sound could not be set up.
set -u

fail() { echo "with-pipewire: $*" >&2; exit 125; }

recording=''
while [ $# -gt 0 ]; do
    case $1 in
        -o) [ $# -ge 2 ] || fail "-o needs a file name"; recording=$(realpath -m -- "$2"); shift 2 ;;
        --) shift; break ;;
        -h | --help) sed -n '2,/^set/s/^# \{0,1\}//p' "$0"; exit 0 ;;
        *) break ;;
    esac
done
[ $# -gt 0 ] || fail "no command given"

place=$(mktemp -d "${TMPDIR:-/tmp}/rig.XXXXXX") || fail "no temporary folder"
pids=() command_pid=''
teardown() {
    local code=$?
    trap '' INT TERM HUP
    trap - EXIT
    # The last frames are still on their way through the monitor.
    [ -z "$recording" ] || sleep 0.2
    for ((i = ${#pids[@]} - 1; i >= 0; i--)); do
        kill -CONT "${pids[i]}" 2>/dev/null
        kill "${pids[i]}" 2>/dev/null
        wait "${pids[i]}" 2>/dev/null
    done
    rm -rf -- "$place"
    exit "$code"
}
trap teardown EXIT
trap '[ -z "$command_pid" ] || kill -TERM "$command_pid" 2>/dev/null' TERM HUP

# await SECONDS CONDITION…: polls until the condition holds; fails after that time.
await() {
    local deadline=$((${EPOCHREALTIME//[!0-9]/} + $1 * 1000000)); shift
    until "$@" >/dev/null 2>&1; do
        [ "${EPOCHREALTIME//[!0-9]/}" -lt "$deadline" ] || fail "timed out: $*"
        sleep 0.02
    done
}
# Ends with its parent, even if that is killed.
bound() { setpriv --pdeathsig KILL -- "$@"; }
prompt() {
    if [ "${RIG_HIGH_PRIORITY:-no}" = yes ]; then nice -n -11 setpriv --pdeathsig KILL -- "$@"; else bound "$@"; fi
}

unset PULSE_RUNTIME_PATH PULSE_SINK PULSE_SOURCE PULSE_LATENCY_MSEC PULSE_COOKIE DISPLAY WAYLAND_DISPLAY
# WirePlumber remembers a stream's target by its name, so that its state begins empty.
export XDG_RUNTIME_DIR=$place HOME=$place XDG_STATE_HOME=$place/state XDG_CONFIG_HOME=$place/config
export PULSE_SERVER=unix:$place/pulse/native DBUS_SESSION_BUS_ADDRESS=unix:path=$place/bus ALSA_CONFIG_PATH=$place/asound.conf
: > "$ALSA_CONFIG_PATH"
wireplumber=$XDG_CONFIG_HOME/wireplumber
mkdir -p "$wireplumber/main.lua.d" "$wireplumber/bluetooth.lua.d" "$XDG_CONFIG_HOME/pipewire"
printf '%s.enabled = false\n' alsa_monitor v4l2_monitor libcamera_monitor > "$wireplumber/main.lua.d/80-headless.lua"
printf 'bluez_monitor.enabled = false\nbluez_monitor.properties["with-logind"] = false\n' \
    > "$wireplumber/bluetooth.lua.d/80-headless.lua"
cat > "$XDG_CONFIG_HOME/pipewire/pulse.conf" <<'CONF'
context.spa-libs = { audio.convert.* = audioconvert/libspa-audioconvert  support.* = support/libspa-support }
context.modules = [
    { name = libpipewire-module-protocol-native }  { name = libpipewire-module-client-node }
    { name = libpipewire-module-adapter }  { name = libpipewire-module-metadata }
    { name = libpipewire-module-protocol-pulse  args = { server.address = [ "unix:native" ] } }
]
CONF

bound dbus-daemon --session --address="$DBUS_SESSION_BUS_ADDRESS" --nofork --nopidfile >/dev/null 2>&1 & pids+=($!)
await 10 test -S "$place/bus"
prompt pipewire >"$place/pipewire.log" 2>&1 & pids+=($!)
export RIG_PIPEWIRE_PID=$!
await 10 test -S "$place/pipewire-0"
bound wireplumber >"$place/wireplumber.log" 2>&1 & pids+=($!)
prompt pipewire -c pulse.conf >"$place/pulse.log" 2>&1 & pids+=($!)
export RIG_PULSE_PID=$!
await 10 pactl info
pactl load-module module-null-sink sink_name=null1 rate=48000 channels=2 \
    ${RIG_SINK_PROPERTIES:+"sink_properties=$RIG_SINK_PROPERTIES"} >/dev/null || fail "the null sink could not be loaded"
select_default() { pactl set-default-sink null1 && [ "$(pactl get-default-sink)" = null1 ]; }
await 10 select_default

if [ -n "$recording" ]; then
    export RIG_RECORDING=$recording
    # The header of a WAV file of unknown length.
    printf 'RIFF\377\377\377\377WAVEfmt \020\0\0\0\003\0\002\0\200\273\0\0\0\334\005\0\010\0\040\0data\377\377\377\377' > "$recording"
    prompt parec --record -d null1.monitor --latency-msec=10 --raw --format=float32le --rate=48000 --channels=2 \
        >> "$recording" 2>/dev/null & pids+=($!)
    has_recorded() { [ "$(stat -c %s -- "$recording")" -gt 7724 ]; }
    await 10 has_recorded
fi

# In the background, so that this script receives signals. Without job control, INT and QUIT would otherwise be ignored.
env --default-signal=INT,QUIT setpriv --pdeathsig KILL -- "$@" <&0 & command_pid=$!
wait "$command_pid"; code=$?
while kill -0 "$command_pid" 2>/dev/null; do wait "$command_pid"; code=$?; done
exit "$code"
