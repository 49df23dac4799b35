import { describe, expect, it } from 'vitest';
import { hitPieces } from './logHits';

const span = (text: string, className = '') => ({ text, className });

describe('the places of words in a line', () => {
  it.each([
    ['nowhere', [span('fine')], 'error', null, [span('fine')]],
    ['in the middle', [span('an Error here')], 'eRRor', null, [span('an '), span('Error', ' hit'), span(' here')]],
    ['across colours', [span('er', 'red'), span('ror!')], 'error', 0, [span('er', 'red hit now'), span('ror', ' hit now'), span('!')]],
    ['more than once', [span('aaaa')], 'aa', 1, [span('aa', ' hit'), span('aa', ' hit now')]],
  ])('%s', (_, spans, words, nth, expected) => {
    const text = spans.map((one) => one.text).join('');
    expect(hitPieces(spans, text, words, nth)).toEqual(expected);
  });
});
