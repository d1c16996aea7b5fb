import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs-layers';
import type { Layer } from '../../oracle/building.ts';

/** One call of a layer in a model. */
interface Call {
  /** `layer`, `layer#1` for its second call in this model. */
  readonly address: string;
  readonly reads: readonly SymbolicTensor[];
  readonly makes: readonly SymbolicTensor[];
}

interface Node {
  readonly inputTensors: readonly SymbolicTensor[];
  readonly outputTensors: readonly SymbolicTensor[];
}

/** The calls that make the outputs of a model, by what they make. */
export function callsIn({ inputs, outputs }: LayersModel): (symbol: SymbolicTensor) => Call {
  const nodes = new Map<Layer, Set<number>>();
  const seen = new Set(inputs);
  const visit = (symbol: SymbolicTensor): void => {
    if (seen.has(symbol)) return;
    seen.add(symbol);
    const { sourceLayer, nodeIndex } = symbol;
    nodes.set(sourceLayer, (nodes.get(sourceLayer) ?? new Set()).add(nodeIndex));
    nodeOf(symbol).inputTensors.forEach(visit);
  };
  outputs.forEach(visit);
  return (symbol) => {
    const { sourceLayer, nodeIndex } = symbol;
    const order = [...(nodes.get(sourceLayer) ?? [])].sort((a, b) => a - b).indexOf(nodeIndex);
    const { inputTensors: reads, outputTensors: makes } = nodeOf(symbol);
    return { address: `${sourceLayer.name}${order > 0 ? `#${order}` : ''}`, reads, makes };
  };
}

function nodeOf({ sourceLayer, nodeIndex }: SymbolicTensor): Node {
  return sourceLayer.inboundNodes[nodeIndex] as unknown as Node;
}
