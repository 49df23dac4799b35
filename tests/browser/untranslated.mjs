// What a page says in another language than its own: words that it has in Chinese, shown in English, names of words
// that it has not got at all, and sentences of the server that nobody put into Chinese.
import { readFileSync } from 'node:fs';

// The messages of a language: an object of plain strings, after whatever else the file holds.
function messagesOf(language) {
  const source = readFileSync(new URL(`../../web/src/i18n/${language}.ts`, import.meta.url), 'utf8');
  return new Function(`return {${/^export default \{$([\s\S]*?)^\}/m.exec(source)[1]}}`)();
}
export const MESSAGES = { en: messagesOf('en'), zh: messagesOf('zh') };
const { en: english, zh: chinese } = MESSAGES;
const literal = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
// Said in Chinese in other words, and in so many letters that it cannot be anything else.
const translated = Object.entries(english).filter(([key, text]) => text !== chinese[key] && text.replace(/\{[^}]*\}/g, '').match(/[a-z]{3}/i));
const PLAIN = translated.filter(([, text]) => !text.includes('{')).map(([, text]) => text);
const FILLED = translated.filter(([, text]) => text.includes('{')).map(([, text]) => `^${text.split(/\{[^}]*\}/).map(literal).join('.*')}$`);

// `own`: words of the user, which are nobody's to translate.
export async function untranslated(page, language, own) {
  return page.evaluate(
    ({ isChinese, keys, plain, filled, own }) => {
      const said = [];
      // What a program or a user wrote, and what is named in its own language.
      const FOREIGN = 'code, pre, kbd, .mono, .line, .content, [lang], [contenteditable], .CodeMirror, .cm-editor, textarea';
      const isForeign = (node) => {
        const foreign = node.closest(FOREIGN);
        return foreign !== null && foreign !== document.documentElement;
      };
      const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      while (walker.nextNode()) {
        const node = walker.currentNode;
        if (!isForeign(node.parentElement) && node.parentElement.checkVisibility()) said.push(node.data);
      }
      for (const name of ['aria-label', 'title', 'placeholder', 'alt']) {
        for (const node of document.querySelectorAll(`[${name}]`)) if (!isForeign(node)) said.push(node.getAttribute(name));
      }
      said.push(document.title.replace(' · Mini Scheduler', ''));
      const [keySet, plainSet, patterns] = [new Set(keys), new Set(plain), filled.map((source) => new RegExp(source))];
      const isWrong = (text) => {
        if (keySet.has(text)) return true;
        if (!isChinese || own.some((word) => text === word)) return false;
        if (plainSet.has(text) || patterns.some((pattern) => pattern.test(text))) return true;
        const rest = own.reduce((left, word) => left.replaceAll(word, ''), text);
        return /[a-z]{2,}( [a-z]{2,}){2,}/i.test(rest);
      };
      return [...new Set(said.map((text) => text.trim()).filter((text) => text && isWrong(text)))];
    },
    { isChinese: language === 'zh', keys: Object.keys(english), plain: PLAIN, filled: FILLED, own },
  );
}
