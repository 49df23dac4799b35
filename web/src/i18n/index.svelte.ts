// Words in the reader's language. Only one language is loaded; the other comes when it is chosen.
import type en from './en';
import { fill } from './fill';

export type Messages = typeof en;
export type MessageKey = keyof Messages;
export type Language = 'en' | 'zh';
export type Params = Record<string, string | number>;

type Say = (sentence: string) => string;
const asItIs: Say = (sentence) => sentence;
const LOADERS: Record<Language, () => Promise<{ default: Record<MessageKey, string>; said?: Say }>> = {
  en: () => import('./en'),
  zh: () => import('./zh'),
};

class I18n {
  language = $state<Language>('en');
  messages = $state.raw<Record<MessageKey, string>>({} as Record<MessageKey, string>);
  said = $state.raw(asItIs);
}
export const i18n = new I18n();

export function preferredLanguage(): Language {
  let chosen: string | null = null;
  try {
    chosen = localStorage.getItem('language');
  } catch {
    // Storage may be forbidden.
  }
  return /^zh/i.test(chosen ?? navigator.language ?? '') ? 'zh' : 'en';
}

export async function loadLanguage(language: Language): Promise<void> {
  const { default: messages, said: say = asItIs } = await LOADERS[language]();
  i18n.messages = messages;
  i18n.said = say;
  i18n.language = language;
  document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
}

export async function chooseLanguage(language: Language): Promise<void> {
  await loadLanguage(language);
  try {
    localStorage.setItem('language', language);
  } catch {
    // Then it holds for this visit.
  }
}

export function t(key: MessageKey, params?: Params): string {
  return fill(i18n.messages[key] ?? key, params);
}

// For words named by what the server says ("status.RUNNING"); its own word where we have none.
export function tOr(key: string, fallback: string): string {
  return (i18n.messages as Record<string, string>)[key] ?? fallback;
}

// A sentence of the server, which speaks English: why a run failed, what is wrong with a field.
export function said(sentence: string): string {
  return i18n.said(sentence);
}

export function locale(): string {
  return i18n.language === 'zh' ? 'zh-CN' : 'en-GB';
}
