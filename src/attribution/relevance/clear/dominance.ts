import { type NdArray, sizeOf } from '../../../numeric/ndarray.ts';

/** Which class leads at each position, and its response there. */
export interface DominantResponse {
  /** Ĉ, `[n, …places]`; −1 where no class responds. */
  readonly classMap: NdArray<Int32Array>;
  /** D, `[n, …places]`. */
  readonly response: NdArray;
}

/** Every class's response `[n, k, …places]` and what the k classes of each example are, `[n, k]`. */
export interface ClassResponses {
  readonly responses: NdArray;
  readonly classes: NdArray<Int32Array>;
}

/** Ĉ(p) = argmax_c R(p | c), the first of equals, and D(p) = max_c R(p | c). */
export function strongest(given: ClassResponses): DominantResponse {
  return lead(given, { better: (value, best) => value > best, bound: (value) => value, isSeen: () => true });
}

/** What speaks most for a class, where anything does. */
export function mostFor(given: ClassResponses): DominantResponse {
  const bound = (value: number): number => Math.max(value, 0);
  return lead(given, { better: (value, best) => value > best, bound, isSeen: (value) => value > 0 });
}

/** What speaks most against a class, where anything does. */
export function mostAgainst(given: ClassResponses): DominantResponse {
  const bound = (value: number): number => Math.min(value, 0);
  return lead(given, { better: (value, best) => value < best, bound, isSeen: (value) => value < 0 });
}

interface Lead {
  readonly better: (value: number, best: number) => boolean;
  readonly bound: (value: number) => number;
  readonly isSeen: (value: number) => boolean;
}

function lead({ responses, classes }: ClassResponses, { better, bound, isSeen }: Lead): DominantResponse {
  const [count, k, ...places] = responses.shape as [number, number, ...number[]];
  const shape = [count, ...places];
  const positions = sizeOf(places);
  const classMap = new Int32Array(count * positions);
  const response = new Float32Array(count * positions);
  for (let i = 0; i < classMap.length; i++) {
    const example = Math.floor(i / positions);
    const at = (rank: number): number => responses.data[i + (example * (k - 1) + rank) * positions] as number;
    let best = 0;
    for (let rank = 1; rank < k; rank++) if (Number.isNaN(at(rank)) || better(at(rank), at(best))) best = rank;
    response[i] = bound(at(best));
    classMap[i] = isSeen(at(best)) ? (classes.data[example * k + best] as number) : -1;
  }
  return { classMap: { shape, data: classMap }, response: { shape, data: response } };
}
