import type { NdArray } from '../../numeric/ndarray.ts';

/** Joins arrays along their first axis as they come. */
export interface RowJoiner {
  /** Takes the array of some of the rows, after those of the rows before. */
  add(array: NdArray, rows: { readonly start: number; readonly end: number }): void;
  joined(): NdArray;
}

/**
 * A joiner of what is made of `total` rows: room for all is made with the first array, so that none is in memory twice
 * and no time goes by at the end.
 */
export function rowJoiner(total: number): RowJoiner {
  let whole: NdArray = { shape: [0], data: new Float32Array() };
  let filled = 0;
  return {
    add(array, { start, end }) {
      if (start === 0 && end === total) {
        whole = array;
        filled = array.data.length;
        return;
      }
      const needed = filled + array.data.length;
      const rows = (whole.shape[0] as number) + (array.shape[0] as number);
      // As a rule each row is as long as those before.
      const data = needed > whole.data.length ? enlarged(whole.data, (needed / end) * total) : whole.data;
      data.set(array.data, filled);
      whole = { shape: [rows, ...array.shape.slice(1)], data };
      filled = needed;
    },
    joined: () => (filled === whole.data.length ? whole : { ...whole, data: whole.data.slice(0, filled) }),
  };
}

function enlarged(before: Float32Array, length: number): Float32Array<ArrayBuffer> {
  const data = new Float32Array(Math.ceil(length));
  data.set(before);
  return data;
}
