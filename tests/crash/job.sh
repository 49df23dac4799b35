#!/bin/sh
# job.sh FOLDER SECONDS CODE LOUD: writes to FOLDER/journal that it starts and ends, each as one write, with builtins
# only, so that the first word stands there within a millisecond of the exec. CODE is the exit code, or flaky:N: 1
# before attempt N, then 0. Times are seconds since the machine's boot, PID is followed by the birth in ticks.
folder=$1 seconds=$2 code=$3 loud=$4
key="$MINI_SCHEDULER_TASK_ID $MINI_SCHEDULER_EXECUTION_ID $MINI_SCHEDULER_ATTEMPT"
read -r stat </proc/$$/stat
set -- ${stat##*) }
born=${20}
read -r now rest </proc/uptime
upstream=$MINI_SCHEDULER_UPSTREAM_EXECUTION_ID
echo "start $key $$ $born $now ${upstream:+upstream:}${upstream:-$MINI_SCHEDULER_SCHEDULED_AT}" >>"$folder/journal"

# Does the run before this one still live? Seen here and now, it needs no comparing of times.
last="$folder/last.$MINI_SCHEDULER_TASK_ID"
if read -r pid before other 2>/dev/null <"$last" && read -r stat 2>/dev/null <"/proc/$pid/stat"; then
  set -- ${stat##*) }
  if [ "${20}" = "$before" ] && [ "$1" != Z ] && [ "$1" != X ]; then
    echo "overlap $key $$ $born $now $other" >>"$folder/journal"
  fi
fi
echo "$$ $born $MINI_SCHEDULER_EXECUTION_ID.$MINI_SCHEDULER_ATTEMPT" >"$last"

[ "$loud" = 0 ] || echo "begins $key"
[ "$seconds" = 0 ] || sleep "$seconds"
[ "$loud" = 0 ] || echo "ends $key"
case $code in
flaky:*) [ "$MINI_SCHEDULER_ATTEMPT" -ge "${code#flaky:}" ] && code=0 || code=1 ;;
esac
read -r now rest </proc/uptime
echo "end $key $$ $born $now $code" >>"$folder/journal"
exit "$code"
