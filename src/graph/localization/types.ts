import type { PatternInference } from '../inference.ts';

/** Where a part is in an image, as somebody said. */
export interface PartAnnotation {
  /** The place of the image in the inference, from 0. */
  readonly image: number;
  /** The centre of the part in pixels. */
  readonly position: readonly [row: number, column: number];
  /** The height and width of the part in pixels. */
  readonly size?: readonly [height: number, width: number];
  /** The pose or variant that it shows; annotations of one template are learnt from together. `'part'` by default. */
  readonly template?: string;
}

/** What parts are learnt from. */
export interface PartExamples {
  /** Of `inferPatterns`, on images that hold the annotated ones. */
  readonly inference: PatternInference;
  readonly annotations: readonly PartAnnotation[];
}

/** A node that votes for where a part is. */
export interface VotingPattern {
  readonly layer: string;
  /** Its place in the layer's nodes. */
  readonly node: number;
  /** From the node to the centre of the part, in pixels. */
  readonly offset: readonly [rows: number, columns: number];
  /** How much the offset is expected to vary, per axis, in pixels. */
  readonly deviation: number;
  /** How much its vote counts. */
  readonly weight: number;
  /** The mean score of the node in the graph, which its score on an image is compared with. */
  readonly meanScore: number;
  /** Whether it votes; see `includePatterns`. */
  readonly included: boolean;
}

/** What a part looks like in one pose: an AND node over patterns of the graph. */
export interface PartTemplate {
  readonly name: string;
  readonly annotations: readonly PartAnnotation[];
  /** The mean height and width of the annotations that have one; `null` without any. */
  readonly size: readonly [height: number, width: number] | null;
  /** The one of the greatest weight first. */
  readonly patterns: readonly VotingPattern[];
}

/** A semantic part: an OR node over templates. Plain data that survives JSON. */
export interface PartTemplates {
  readonly format: 'vitrine/part-templates';
  readonly version: 1;
  readonly imageSize: readonly [rows: number, columns: number];
  /** By layer of the graph its number of nodes: what it can be used with. */
  readonly nodes: Readonly<Record<string, number>>;
  /** The share of all nodes that each template has for patterns. */
  readonly share: number;
  readonly templates: readonly PartTemplate[];
}

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
