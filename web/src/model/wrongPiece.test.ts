import { describe, expect, it } from 'vitest';
import { wrongPiece } from './wrongPiece';

// As the server tells them: the expression, the position of the piece, the message, and the piece.
describe('the wrong piece of an expression', () => {
  it.each([
    ['0 25 * * *', 2, 'hour 25 is outside 0-23', '25'],
    ['*/0 * * * *', 2, 'a step of 0 never moves on; write 1 or more', '0'],
    ['1- * * * *', 0, "the range '1-' has no end; write one such as 1-5", '1-'],
    ['1–5 * * * *', 0, "minute '1–5' is not a number in 0-59", '1–5'],
    ['0 1–2 9x * *', 2, "hour '1–2' is not a number in 0-23", '1–2'],
    ['* ü 9x * *', 5, "day-of-month '9x' is not a number in 1-31", '9x'],
    ['1,,3 * * * *', 2, "an item is missing beside a ',' in '1,,3'; take the comma out or fill it in", ','],
    ['@every 5x', 7, "'5x' is no duration; write days, hours, minutes and seconds in this order", '5x'],
    ['@dayly', 0, "nickname '@dayly' is unknown; write @yearly", '@dayly'],
    ['* * * *', 0, "'* * * *' has 4 fields; write 5", '* * * *'],
    ['0 9 * * mon-fry', 12, "day-of-week 'fry' is not a number in 0-7", 'fry'],
    ['0 9 * * 1#6', 10, "'6' after '#' is outside 1-5; write MON#1 for the first Monday", '6'],
    ['0 9', 3, 'something ends too soon', ''],
  ])('%s', (text, position, message, piece) => expect(text.slice(...wrongPiece(text, position, message))).toBe(piece));
});
