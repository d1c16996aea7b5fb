import { insertOperation } from '../../network/insertOperation.ts';
import type { Network } from '../../network/network.ts';
import { constantAffine } from '../../network/operations/affine.ts';
import { layerAddress } from '../../network/runChecks.ts';
import { assertCompiled } from '../../network/withNetwork.ts';
import { assertIndex } from '../../numeric/check.ts';
import { assertOptions, integer, listOf, type OptionChecks, required } from '../../numeric/options.ts';

/** Which units of which layer are silenced. */
export interface WithoutUnitsOptions {
  /** The address of the layer. */
  readonly layer: string;
  /** The numbers of the units. */
  readonly units: readonly number[];
}

/**
 * A network some of whose units are zero, for every function that takes a model: what `unitAblation` measures, as a
 * network to go on with.
 *
 * Source: Bau et al. 2020, "Understanding the role of individual units in a deep neural network", section on the removal of units.
 *
 * @param network compiled by `compile`; it must outlive the result and stays as it is.
 * @param options `layer`, `units`.
 * @returns a view of the network; to dispose of it frees only what it has made for itself.
 * @throws {VitrineError} if the layer is unknown, an input or an output of probabilities, or has no such unit.
 * @example
 * ```ts
 * import { compile, predict } from 'vitrine';
 * import { withoutUnits } from 'vitrine/diagnosis';
 * const network = compile(model);
 * const repaired = withoutUnits(network, { layer: 'conv1', units: [0, 5] });
 * const { values } = await predict(repaired, x);
 * repaired.dispose();
 * network.dispose();
 * ```
 */
export function withoutUnits(network: Network, options: WithoutUnitsOptions): Network {
  assertCompiled('network', network);
  assertOptions(options, withoutUnitsChecks);
  const { layer, units } = options;
  const site = network.site(layer);
  const count = site.shape.at(-1) as number;
  units.forEach((unit, i) => assertIndex(unit, count, `units[${i}]`));
  const scale = Array.from({ length: count }, (_, unit) => (units.includes(unit) ? 0 : 1));
  return insertOperation(network, site, (source) => constantAffine(source, count, { scale }));
}

const withoutUnitsChecks: OptionChecks<WithoutUnitsOptions> = {
  layer: required(layerAddress),
  units: required(listOf(integer(0))),
};
