import type { LayerDamping } from '../allLayers/curvature.ts';
import type { InfluenceReport, InfluenceWarning } from '../types.ts';
import type { HeadMethod, HeadReport } from './headInfluence.ts';

/** The share of a mean eigenvalue above which a damping changes what is found. */
const STRONG = 0.1;

/** The share of an example's gradient above which a head is no optimum. */
const FLAT = 0.01;

/** What an estimate by the head tells of itself. */
export function headReport(method: HeadMethod, layer: string, found: HeadReport): InfluenceReport {
  const usesCurvature = method !== 'tracIn' && method !== 'representer';
  const damping = usesCurvature ? [{ layer, damping: found.damping, meanEigenvalue: found.meanEigenvalue }] : [];
  const gradientShare = found.meanGradient > 0 ? found.gradientNorm / found.meanGradient : 0;
  return {
    method,
    damping,
    gradientShare,
    traces: found.traces,
    warnings: [...(method === 'tracIn' ? [] : optimalityWarnings(gradientShare)), ...dampingWarnings(damping)],
  };
}

/** Layers whose damping is more than a tenth of their mean eigenvalue. */
export function dampingWarnings(damping: readonly LayerDamping[]): readonly InfluenceWarning[] {
  return damping
    .filter((layer) => layer.damping > 1.0001 * STRONG * layer.meanEigenvalue)
    .map((layer) => ({
      kind: 'strongDamping',
      text: `the damping of "${layer.layer}", ${layer.damping.toPrecision(3)}, is more than a tenth of its mean eigenvalue, ${layer.meanEigenvalue.toPrecision(3)}: it changes the values`,
    }));
}

function optimalityWarnings(gradientShare: number): readonly InfluenceWarning[] {
  if (gradientShare <= FLAT) return [];
  return [
    {
      kind: 'notOptimal',
      text: `the head is not at the optimum of its loss with this "penalty": the gradient is ${gradientShare.toPrecision(2)} of an example's; "refit: true" brings it there`,
    },
  ];
}
