import { VitrineError } from '../../numeric/errors.ts';
import { assertStateless } from '../lower/assertStateless.ts';
import { callArguments } from '../lower/callArguments.ts';
import { lowerLayer } from '../lower/lowerLayer.ts';
import type { Origin } from '../operations/base.ts';
import { overFrames } from '../operations/viewed.ts';
import { joinedSteps } from '../plan/joinedSteps.ts';
import type { WeightStore } from '../walk/store.ts';
import { addressesIn, distinctAddresses } from './addresses.ts';
import type { OpenShape, OperationGraph, Site } from './graph.ts';
import { growingGraph } from './growingGraph.ts';
import {
  type Container,
  isContainer,
  type Layer,
  layerPerFrame,
  type Node,
  type SymbolicTensor,
} from './layersModel.ts';
import type { Operation } from './operation.ts';
import { outputShapes } from './outputShapes.ts';

/**
 * Reads the nodes of a model (functional, sequential, nested, shared layers) into one graph of operations. Shapes are
 * told from layer to layer for inputs of these shapes: some layers of tfjs write theirs into that of their input.
 */
export function buildGraph(
  model: Container,
  store: WeightStore,
  inputShapes: readonly OpenShape[] = model.inputs.map(({ shape }) => shape),
): OperationGraph {
  const graph = growingGraph();
  const within = distinctAddresses();
  const shapeOf = (value: number): OpenShape => graph.shapes[value] as OpenShape;

  const addSite = (address: string, layer: Layer, { value, frames }: { value: number; frames: number }): Site => {
    const parameterCount = layer.weights.reduce((sum, weight) => sum + weight.read().size, 0);
    const layerClass = layer.getClassName();
    const perFrame = frames > 0 && { perFrame: true };
    return graph.addSite({ address, layerClass, value, parameterCount, shape: shapeOf(value), ...perFrame });
  };

  /** The values that a call makes; without a node of a layer that another applies to each frame. */
  const called = (layer: Layer, node: Node | undefined, place: Place, inputs: Values): Values => {
    if (isContainer(layer)) return visit(layer, inputs, place);
    const inner = layerPerFrame(layer);
    return inner ? calledPerFrame(inner, place, inputs) : lower(layer, node, place, inputs);
  };

  const calledPerFrame = (inner: Layer, place: Place, inputs: Values): Values => {
    const frames = place.frames + 1;
    // tfjs would go from frame to frame with its states.
    assertStateless(inner, { address: place.address, layerClass: 'TimeDistributed' });
    if (isContainer(inner)) return called(inner, undefined, { ...place, frames }, inputs);
    const address = within(place.address, inner.name);
    const made = called(inner, undefined, { address, frames }, inputs);
    addSite(address, inner, { value: made[0] as number, frames });
    return made;
  };

  const lower = (layer: Layer, node: Node | undefined, { address, frames }: Place, inputs: Values): Values => {
    const source = { address, layerClass: layer.getClassName(), store };
    const read = inputs.map((value) => ofFrame(shapeOf(value), frames));
    const axes = shapeOf(inputs[0] as number).slice(1, 1 + frames);
    const callArgs = node ? callArguments(node, source) : {};
    const made = outputShapes(layer, read, address);
    if (node) assertOutputs(node, made, source);
    return made.map((outputShape, output) => {
      const operations = lowerLayer(layer, { source, inputShapes: read, outputShape, output, callArgs });
      const whole = operations.map((operation) => inFrames(operation, frames));
      const value = graph.append(whole, inputs, ofFrames(outputShape, axes));
      // The layer's own activation is its last operation; what enters it was made just before.
      if (hasFusedActivation(layer, operations)) {
        addSite(`${address}@preactivation`, layer, { value: value - 1, frames });
      }
      return value;
    });
  };

  const visit = (container: Container, fed: Values, { address: outer, frames }: Place): Values => {
    const values = new Map(container.inputs.map(({ id }, i) => [id, fed[i] as number]));
    const addresses = addressesIn(container, outer, within);
    const pull = (tensor: SymbolicTensor): number => {
      const known = values.get(tensor.id);
      if (known !== undefined) return known;
      const layer = tensor.sourceLayer;
      const node = layer.inboundNodes[tensor.nodeIndex] as Node;
      const inputs = node.inputTensors.map(pull);
      const address = addresses.ofCall(tensor);
      const outputs = called(layer, node, { address, frames }, inputs);
      const framesOf = layerPerFrame(layer) ? frames + 1 : frames;
      node.outputTensors.forEach(({ id }, i) => {
        const value = outputs[i] as number;
        values.set(id, value);
        addSite(i === 0 ? address : `${address}:${i}`, layer, { value, frames: framesOf });
      });
      return values.get(tensor.id) as number;
    };
    if (container === model) {
      container.inputs.forEach(({ sourceLayer }, i) =>
        addSite(addresses.ofLayer(sourceLayer), sourceLayer, { value: fed[i] as number, frames }),
      );
    }
    const results = container.outputs.map(pull);
    // A sequential model that begins another one is dissolved into it, yet users know it by its name.
    for (const inner of container.layers.filter(isContainer)) {
      const value = values.get(inner.outputs[0]?.id as number);
      if (value !== undefined) addSite(addresses.ofLayer(inner), inner, { value, frames });
    }
    return results;
  };

  const fed = inputShapes.map((shape) => graph.addValue(shape));
  const outputs = visit(model, fed, { address: '', frames: 0 });
  const named = [...graph.sites.values()];
  const siteOf = (value: number): Site => named.find((site) => site.value === value) as Site;
  return { ...graph.finish(fed.map(siteOf), outputs.map(siteOf)), joined: joinedSteps };
}

/** The numbers of values. */
type Values = readonly number[];

/** Where a layer is called: its address, and how many axes of frames its values have. */
interface Place {
  readonly address: string;
  readonly frames: number;
}

/** The shape of one frame, and the other way round. */
function ofFrame([batch = null, ...rest]: OpenShape, frames: number): OpenShape {
  return [batch, ...rest.slice(frames)];
}

function ofFrames([batch = null, ...rest]: OpenShape, frames: OpenShape): OpenShape {
  return [batch, ...frames, ...rest];
}

function inFrames(operation: Operation, frames: number): Operation {
  return frames === 0 ? operation : inFrames(overFrames(operation), frames - 1);
}

function assertOutputs({ outputTensors }: Node, { length }: { readonly length: number }, source: Origin): void {
  if (outputTensors.length === length) return;
  throw new VitrineError(
    'unsupported-layer',
    `layer "${source.address}" (${source.layerClass}) has ${outputTensors.length} outputs, its computeOutputShape tells ${length}`,
  );
}

/** Whether a layer does something of its own before it applies the activation that it was given. */
function hasFusedActivation(layer: Layer, operations: readonly Operation[]): boolean {
  const { activation } = layer as Layer & { activation?: { getClassName(): string } | null };
  return (
    operations.length > 1 && activation !== null && activation !== undefined && activation.getClassName() !== 'linear'
  );
}
