// A pasted user's crontab, line by line, as tasks to be. The command line's import knows more (system
// crontabs, files); this is what fits a text box, and each line that it leaves out says why.
export interface CrontabTask {
  line: number;
  name: string;
  cron: string;
  command: string;
  timezone: string;
  env: Record<string, string>;
}
export interface CrontabProblem {
  line: number;
  text: string;
  key: 'import.percent' | 'import.unreadable';
}

const MOST_LINES = 500;
const NAME_LENGTH = 80;
const ASSIGNMENT = /^([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*)$/;

function unquote(value: string): string {
  const text = value.trim();
  return /^(["']).*\1$/.test(text) && text.length > 1 ? text.slice(1, -1) : text;
}

function nameFor(comment: string, command: string): string {
  if (comment) return comment.slice(0, NAME_LENGTH);
  const words = command.split(/\s+/).map((word) => word.replace(/^.*\/(?=[^/])/, ''));
  return words.slice(0, 3).join(' ').slice(0, NAME_LENGTH);
}

export function readCrontab(text: string): { tasks: CrontabTask[]; problems: CrontabProblem[] } {
  const tasks: CrontabTask[] = [];
  const problems: CrontabProblem[] = [];
  const env: Record<string, string> = {};
  const names = new Set<string>();
  let timezone = '';
  let comment = '';
  text.split('\n').slice(0, MOST_LINES).forEach((raw, index) => {
    const row = raw.trim();
    const line = index + 1;
    if (row === '') {
      comment = '';
      return;
    }
    if (row.startsWith('#')) {
      comment = row.replace(/^#+\s*/, '');
      return;
    }
    const assignment = ASSIGNMENT.exec(row);
    if (assignment) {
      const value = unquote(assignment[2]!);
      if (assignment[1] === 'CRON_TZ') timezone = value;
      else if (assignment[1] !== 'MAILTO') env[assignment[1]!] = value;
      return;
    }
    const parts = /^(@\w+|(?:\S+\s+){4}\S+)\s+(.+)$/.exec(row);
    if (!parts) problems.push({ line, text: row, key: 'import.unreadable' });
    // An unescaped % begins the standard input, which only the command line's import can pass on.
    else if (/(^|[^\\])%/.test(parts[2]!)) problems.push({ line, text: row, key: 'import.percent' });
    else {
      const command = parts[2]!.replace(/\\%/g, '%');
      let name = nameFor(comment, command);
      for (let copy = 2; names.has(name); copy += 1) name = `${nameFor(comment, command)} ${copy}`;
      names.add(name);
      tasks.push({ line, name, cron: parts[1]!.replace(/\s+/g, ' '), command, timezone, env: { ...env } });
    }
    comment = '';
  });
  return { tasks, problems };
}
