// "every weekday at 9", "每个工作日 9 点": wishes in words as a cron expression, which the server then explains. Null
// where a word is left over or cron cannot say exactly that.
import { cronOfWish, needsSeveral, type Wish } from './wish';
import { wishFromChinese } from './wordsChinese';
import { wishFromEnglish } from './wordsEnglish';

const LONGEST_WISH = 300;

function wishFromWords(words: string): Wish | null {
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
  return /[\u4e00-\u9fff]/.test(text) ? wishFromChinese(text) : wishFromEnglish(text);
}

export function cronFromWords(words: string): string | null {
  const wish = wishFromWords(words);
  return wish && cronOfWish(wish);
}
// Whether they are understood, but take several schedules.
export function wordsNeedSeveral(words: string): boolean {
  const wish = wishFromWords(words);
  return wish !== null && needsSeveral(wish);
}
