import type { LayerGrid, Placement } from '../readings/placement.ts';

/**
 * One part pattern of a unit: a node of an explanatory graph. All positions are pixels. What is a unit of a layer here,
 * the literature on these graphs calls a filter.
 */
export interface PatternNode {
  /** The unit of the layer that it is a pattern of. */
  readonly unit: number;
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
  /** How much of the unit's activation it explains, 0 to 1; the rest is explained by other nodes or by none. */
  readonly share: number;
}

/** A layer of an explanatory graph. */
export interface GraphLayer extends LayerGrid {
  readonly name: string;
  /** How many units the layer has, whether in the graph or not. */
  readonly unitCount: number;
  /** The units that are in the graph. */
  readonly units: readonly number[];
  /** What the activations of each unit are divided by; 0 of one that never varied or was never positive: it has no nodes. */
  readonly deviations: readonly number[];
  /** Unit by unit, in the order of `units`. */
  readonly nodes: readonly PatternNode[];
  /** $\log P(X|R, \theta)$ of the layer, summed over units: at the start and after each step; neither list ever falls. */
  readonly logLikelihood: {
    /** While the nodes have no neighbours; of the top layer all there is. */
    readonly alone: readonly number[];
    /** With neighbours; another model, so that the two lists cannot be compared. */
    readonly withNeighbours: readonly number[];
  };
}

/** Part patterns of the units of some layers, and how they move together: plain data that survives JSON. */
export interface ExplanatoryGraph extends Pick<Placement, 'imageSize'> {
  readonly format: 'vitrine/explanatory-graph';
  readonly version: 1;
  /** How many images it was fitted to. */
  readonly imageCount: number;
  readonly tau: number;
  readonly seed: number;
  /** Whether $\hat p_V$ is the pixel of a position, or between positions. */
  readonly peaks: 'unit' | 'interpolated';
  /** From the lowest to the top. */
  readonly layers: readonly GraphLayer[];
}
