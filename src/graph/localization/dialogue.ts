import type { PartTemplates } from './types.ts';

/** What somebody says of an explanation of an image. */
export type PartAnswer =
  /** The part is where it was found. */
  | { readonly kind: 'correct' }
  /** The template is right, and the part elsewhere. */
  | ({ readonly kind: 'moved' } & PartPlace)
  /** The part looks like another template that is known; it is where it was found, or where it is said to be. */
  | ({ readonly kind: 'other'; readonly template: string } & Partial<PartPlace>)
  /** The part shows a pose that no template has. */
  | ({ readonly kind: 'new'; readonly template: string } & PartPlace)
  /** The part is not in the image. */
  | { readonly kind: 'absent' };

/** Where a part is. */
export interface PartPlace {
  /** The centre in pixels. */
  readonly position: readonly [row: number, column: number];
  readonly size?: readonly [height: number, width: number];
}

/** A question: is this the part? */
export interface PartQuestion {
  readonly image: number;
  /** `null` where nothing is known of the part so far, or no pattern of it is seen. */
  readonly template: string | null;
  /** Where the part was found, in pixels. */
  readonly position: readonly [row: number, column: number] | null;
  /** How well the template agrees with the image, 0 to 1. */
  readonly score: number;
  /** By how much an answer is expected to lower the divergence, in nats. */
  readonly gain: number;
}

/** What was asked and learnt so far: plain data that survives JSON. */
export interface PartDialogue {
  /** `null` before the first part was shown. */
  readonly part: PartTemplates | null;
  /** What was said, in order. */
  readonly answers: readonly { readonly image: number; readonly kind: PartAnswer['kind'] }[];
}
