import { VitrineError } from '../../../numeric/errors.ts';

type Unfilter = (row: Uint8Array, above: Uint8Array, from: number) => void;

/**
 * Adds to the bytes of a row what was predicted of them, in place.
 *
 * Source: W3C, "Portable Network Graphics (PNG) Specification (Third Edition)", §9.2 and §9.4 (Paeth).
 *
 * @param method 0 to 4: nothing, the byte to the left, above, the mean of both, or Paeth's choice.
 * @param lines the row and the one above, each behind as many zeros as a pixel has bytes.
 * @param from that many.
 */
export function unfilter(method: number, [row, above]: readonly [Uint8Array, Uint8Array], from: number): void {
  const add = methods[method];
  if (!add) throw new VitrineError('bad-image', `a row has filter ${method}, expected 0 to 4`);
  add(row, above, from);
}

const methods: readonly Unfilter[] = [
  () => {},
  (row, _, from) => {
    for (let i = from; i < row.length; i++) row[i] = (row[i] as number) + (row[i - from] as number);
  },
  (row, above, from) => {
    for (let i = from; i < row.length; i++) row[i] = (row[i] as number) + (above[i] as number);
  },
  (row, above, from) => {
    for (let i = from; i < row.length; i++) {
      row[i] = (row[i] as number) + (((row[i - from] as number) + (above[i] as number)) >> 1);
    }
  },
  (row, above, from) => {
    for (let i = from; i < row.length; i++) {
      const [left, up, corner] = [row[i - from] as number, above[i] as number, above[i - from] as number];
      const [toLeft, toUp, toCorner] = [
        Math.abs(up - corner),
        Math.abs(left - corner),
        Math.abs(left + up - 2 * corner),
      ];
      const nearest = toLeft <= toUp && toLeft <= toCorner ? left : toUp <= toCorner ? up : corner;
      row[i] = (row[i] as number) + nearest;
    }
  },
];
