// The icons that are used, from one set. Each is drawn as one path: a reference into a sprite would copy the
// sprite's nodes, and of a table's hundreds of icons that is most of what the browser has to lay out.
import ban from 'lucide/dist/esm/icons/ban.mjs';
import bell from 'lucide/dist/esm/icons/bell.mjs';
import calendar from 'lucide/dist/esm/icons/calendar-days.mjs';
import calendarX from 'lucide/dist/esm/icons/calendar-x.mjs';
import check from 'lucide/dist/esm/icons/check.mjs';
import chevronDown from 'lucide/dist/esm/icons/chevron-down.mjs';
import chevronLeft from 'lucide/dist/esm/icons/chevron-left.mjs';
import chevronRight from 'lucide/dist/esm/icons/chevron-right.mjs';
import chevronUp from 'lucide/dist/esm/icons/chevron-up.mjs';
import circleAlert from 'lucide/dist/esm/icons/circle-alert.mjs';
import circleCheck from 'lucide/dist/esm/icons/circle-check.mjs';
import circleDashed from 'lucide/dist/esm/icons/circle-dashed.mjs';
import circleHelp from 'lucide/dist/esm/icons/circle-question-mark.mjs';
import circlePause from 'lucide/dist/esm/icons/circle-pause.mjs';
import circleX from 'lucide/dist/esm/icons/circle-x.mjs';
import clock from 'lucide/dist/esm/icons/clock.mjs';
import copy from 'lucide/dist/esm/icons/copy.mjs';
import ellipsis from 'lucide/dist/esm/icons/ellipsis.mjs';
import flask from 'lucide/dist/esm/icons/flask-conical.mjs';
import gauge from 'lucide/dist/esm/icons/gauge.mjs';
import history from 'lucide/dist/esm/icons/rotate-ccw-clock.mjs';
import info from 'lucide/dist/esm/icons/info.mjs';
import keyRound from 'lucide/dist/esm/icons/key-round.mjs';
import languages from 'lucide/dist/esm/icons/languages.mjs';
import listChecks from 'lucide/dist/esm/icons/list-checks.mjs';
import loader from 'lucide/dist/esm/icons/loader-circle.mjs';
import lock from 'lucide/dist/esm/icons/lock.mjs';
import logOut from 'lucide/dist/esm/icons/log-out.mjs';
import monitor from 'lucide/dist/esm/icons/monitor.mjs';
import moon from 'lucide/dist/esm/icons/moon.mjs';
import pause from 'lucide/dist/esm/icons/pause.mjs';
import pencil from 'lucide/dist/esm/icons/pencil.mjs';
import play from 'lucide/dist/esm/icons/play.mjs';
import plus from 'lucide/dist/esm/icons/plus.mjs';
import refresh from 'lucide/dist/esm/icons/refresh-cw.mjs';
import search from 'lucide/dist/esm/icons/search.mjs';
import settings from 'lucide/dist/esm/icons/settings.mjs';
import skip from 'lucide/dist/esm/icons/skip-forward.mjs';
import sun from 'lucide/dist/esm/icons/sun.mjs';
import tag from 'lucide/dist/esm/icons/tag.mjs';
import timeline from 'lucide/dist/esm/icons/chart-gantt.mjs';
import timer from 'lucide/dist/esm/icons/alarm-clock.mjs';
import trash from 'lucide/dist/esm/icons/trash.mjs';
import triangleAlert from 'lucide/dist/esm/icons/triangle-alert.mjs';
import user from 'lucide/dist/esm/icons/circle-user-round.mjs';
import users from 'lucide/dist/esm/icons/users.mjs';
import x from 'lucide/dist/esm/icons/x.mjs';
import arrowDown from 'lucide/dist/esm/icons/arrow-down-to-line.mjs';
import bookmark from 'lucide/dist/esm/icons/bookmark.mjs';
import calendarClock from 'lucide/dist/esm/icons/calendar-clock.mjs';
import command from 'lucide/dist/esm/icons/command.mjs';
import download from 'lucide/dist/esm/icons/download.mjs';
import file from 'lucide/dist/esm/icons/file-clock.mjs';
import gitCompare from 'lucide/dist/esm/icons/git-compare.mjs';
import globe from 'lucide/dist/esm/icons/globe.mjs';
import hash from 'lucide/dist/esm/icons/hash.mjs';
import key from 'lucide/dist/esm/icons/key.mjs';
import link from 'lucide/dist/esm/icons/link.mjs';
import pin from 'lucide/dist/esm/icons/pin.mjs';
import pinOff from 'lucide/dist/esm/icons/pin-off.mjs';
import resume from 'lucide/dist/esm/icons/circle-play.mjs';
import server from 'lucide/dist/esm/icons/server.mjs';
import shield from 'lucide/dist/esm/icons/shield-check.mjs';
import square from 'lucide/dist/esm/icons/square.mjs';
import terminal from 'lucide/dist/esm/icons/square-terminal.mjs';
import upload from 'lucide/dist/esm/icons/upload.mjs';
import wrap from 'lucide/dist/esm/icons/text-wrap.mjs';
import zap from 'lucide/dist/esm/icons/zap.mjs';
import { iconPath } from '../model/iconPath';

const ICONS = {
  ban, bell, calendar, calendarX, check, chevronDown, chevronLeft, chevronRight, chevronUp, circleAlert,
  circleCheck, circleDashed, circleHelp, circlePause, circleX, clock, copy, ellipsis, flask, gauge, history, info,
  keyRound, languages, listChecks, loader, logOut, monitor, moon, pause, pencil, play, plus, refresh, search,
  settings, skip, arrowDown, bookmark, calendarClock, command, download, file, gitCompare, globe, hash, key, link, lock, pin, pinOff, resume, server, shield, square, terminal, upload, wrap, zap, sun, tag, timeline, timer, trash, triangleAlert, user, users, x,
};
export type IconName = keyof typeof ICONS;

const paths = new Map<IconName, string>();
// What draws it in a box of 24 by 24.
export function pathOf(name: IconName): string {
  let path = paths.get(name);
  if (path === undefined) paths.set(name, (path = iconPath(ICONS[name])));
  return path;
}
