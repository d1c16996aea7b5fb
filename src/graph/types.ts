import type { NdArray } from '../numeric/ndarray.ts';

/** The activations of a layer on some images, and where their positions lie in the images. */
export interface LayerMaps {
  /** `[n, h, w, u]`; negative values may be in it and count for the deviation only. */
  readonly activations: NdArray;
  /** The pixel that position (0, 0) stands for. */
  readonly centre: readonly [row: number, column: number];
  /** Pixels from a position to the next. */
  readonly jump: readonly [rows: number, columns: number];
}

/** Activations that were computed elsewhere. */
export interface FeatureMaps {
  /** Rows and columns of the images, in pixels. */
  readonly imageSize: readonly [rows: number, columns: number];
  /** By name, all of the same images. */
  readonly layers: Readonly<Record<string, LayerMaps>>;
}

/** One part pattern of a filter: a node of an explanatory graph. All positions are pixels. */
export interface PatternNode {
  /** The filter that it is a pattern of: a unit of the layer. */
  readonly filter: number;
  /** $\mu_V$: where it is when its neighbours are at their mean positions. */
  readonly position: readonly [row: number, column: number];
  /** $\bar\sigma_V$: how far from there it is looked for. */
  readonly width: number;
  /** How far it is found from where it is expected, per axis: the $\sigma$ with which nodes of the next layer trust it. */
  readonly deformation: number;
  /** $E_V$: nodes of the layer above that move along with it, by their places in that layer; none in the top layer. */
  readonly neighbours: readonly number[];
  /** The mean of $\hat p_V$ over the images of the fit. */
  readonly meanPosition: readonly [row: number, column: number];
  /** How much $\hat p_V$ varies, per axis: $\sqrt{(\operatorname{var} \text{row} + \operatorname{var} \text{column}) / 2}$. */
  readonly positionDeviation: number;
  /** The mean of its scores over the images of the fit. */
  readonly meanScore: number;
  /** How much of the filter's activation it explains, 0 to 1; the rest is explained by other nodes or by none. */
  readonly share: number;
}

/** A layer of an explanatory graph. */
export interface GraphLayer {
  readonly name: string;
  /** Rows and columns. */
  readonly size: readonly [rows: number, columns: number];
  /** Of the layer, whether in the graph or not. */
  readonly units: number;
  readonly centre: readonly [row: number, column: number];
  readonly jump: readonly [rows: number, columns: number];
  /** The units that are in the graph. */
  readonly filters: readonly number[];
  /** What the activations of each filter are divided by; 0 of one that never varied or was never positive: it has no nodes. */
  readonly deviations: readonly number[];
  /** Filter by filter, in the order of `filters`. */
  readonly nodes: readonly PatternNode[];
  /** $\log P(X|R, \theta)$ of the layer, summed over filters: at the start and after each step; neither list ever falls. */
  readonly logLikelihood: {
    /** While the nodes have no neighbours; of the top layer all there is. */
    readonly alone: readonly number[];
    /** With neighbours; another model, so that the two lists cannot be compared. */
    readonly withNeighbours: readonly number[];
  };
}

/** Part patterns of the filters of some layers, and how they move together: plain data that survives JSON. */
export interface ExplanatoryGraph {
  readonly schema: 'vitrine/explanatory-graph';
  readonly version: 1;
  readonly imageSize: readonly [rows: number, columns: number];
  /** The number of images of the fit. */
  readonly images: number;
  readonly tau: number;
  readonly seed: number;
  /** Whether $\hat p_V$ is the pixel of a position, or between positions. */
  readonly peaks: 'unit' | 'interpolated';
  /** From the lowest to the top. */
  readonly layers: readonly GraphLayer[];
}
