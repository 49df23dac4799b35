// "every weekday at 9", "每个工作日 9 点": wishes in words as a cron expression, which the server then explains. Null
// where a word is left over or cron cannot say exactly that.
import { cronOfWish } from './wish';
import { wishFromChinese } from './wordsChinese';
import { wishFromEnglish } from './wordsEnglish';

const LONGEST_WISH = 300;

export function cronFromWords(words: string): string | null {
  if (words.length > LONGEST_WISH) return null;
  const text = words
    .normalize('NFKC')
    .trim()
    .toLowerCase()
    .replace(/[。.]$/, '')
    .replace(/[–—~〜]/g, '-')
    .replace(/[、，]/g, ',')
    .replace(/’/g, "'")
    .replace(/\b([ap])\.m\.?/g, '$1m')
    .replace(/\s+/g, ' ');
  const wish = /[\u4e00-\u9fff]/.test(text) ? wishFromChinese(text) : wishFromEnglish(text);
  return wish && cronOfWish(wish);
}
