// The dialogs that can be opened from anywhere; Shell shows the one that is open.
export type DialogName = 'palette' | 'shortcuts' | 'password' | 'security' | 'import';

class Dialogs {
  open = $state<DialogName | null>(null);
  // Grows when tasks were made by a dialog, so that a list can look anew.
  made = $state(0);
}
export const dialogs = new Dialogs();
