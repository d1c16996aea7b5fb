import type { OutputHead } from '../../network/graph/graph.ts';
import type { Network } from '../../network/network.ts';
import type { LayerDamping } from './allLayers/curvature.ts';
import type { GradientProblem } from './allLayers/gradientProblem.ts';
import { dampingWarnings } from './head/headReport.ts';
import type { InfluenceMethod, InfluenceOptions, InfluenceReport, InfluenceWarning } from './types.ts';

/** Gradients by the weights that options name. */
export function gradientProblem(network: Network, head: OutputHead, options: InfluenceOptions): GradientProblem {
  const { parameters = 'head', seed = 0, batchSize, signal, onProgress } = options;
  return {
    ...{ network, head, parameters, seed },
    ...(batchSize !== undefined && { batchSize }),
    ...(signal && { signal }),
    ...(onProgress && { onProgress }),
  };
}

/** What an estimate by any layers tells of itself. */
export function allLayersReport(
  method: InfluenceMethod,
  { damping = [], leftOut }: { readonly damping?: readonly LayerDamping[]; readonly leftOut: readonly string[] },
): InfluenceReport {
  return {
    ...{ method, damping, gradientShare: undefined, traces: [] },
    warnings: [...dampingWarnings(damping), ...leftOutWarnings(leftOut)],
  };
}

function leftOutWarnings(leftOut: readonly string[]): readonly InfluenceWarning[] {
  if (leftOut.length === 0) return [];
  return [
    { kind: 'leftOut', text: `the weights of ${leftOut.map((layer) => `"${layer}"`).join(', ')} are taken for fixed` },
  ];
}
