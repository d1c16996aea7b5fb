import type { PatternInference } from '../inferPatterns.ts';

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
  readonly schema: 'vitrine/part-templates';
  readonly version: 1;
  readonly imageSize: readonly [rows: number, columns: number];
  /** By layer of the graph its number of nodes: what it can be used with. */
  readonly nodes: Readonly<Record<string, number>>;
  /** The share of all nodes that each template has for patterns. */
  readonly share: number;
  readonly templates: readonly PartTemplate[];
}
