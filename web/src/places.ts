// The places of the page, for its navigation and the palette.
import type { IconName } from './components/icons';
import type { MessageKey } from './i18n/index.svelte';

export interface Place {
  href: string;
  label: MessageKey;
  icon: IconName;
  // Shown in the bar of a phone.
  main?: boolean;
  admin?: boolean;
}
export const PLACES: Place[] = [
  { href: '/ui/overview', label: 'nav.overview', icon: 'gauge', main: true },
  { href: '/ui/tasks', label: 'nav.tasks', icon: 'listChecks', main: true },
  { href: '/ui/executions', label: 'nav.executions', icon: 'history', main: true },
  { href: '/ui/timeline', label: 'nav.timeline', icon: 'timeline', main: true },
  { href: '/ui/upcoming', label: 'nav.upcoming', icon: 'calendar', main: true },
  { href: '/ui/admin/tokens', label: 'nav.tokens', icon: 'key' },
  { href: '/ui/admin/users', label: 'nav.users', icon: 'users', admin: true },
  { href: '/ui/admin/secrets', label: 'nav.secrets', icon: 'lock', admin: true },
  { href: '/ui/admin/audit', label: 'nav.audit', icon: 'shield', admin: true },
  { href: '/ui/admin/system', label: 'nav.system', icon: 'server', admin: true },
];
