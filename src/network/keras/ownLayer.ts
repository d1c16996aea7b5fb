import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { initializers, layers } from '@tensorflow/tfjs-layers';
import { constantOf } from '../functions/constants.ts';
import { lowerFunction } from '../functions/lowerFunction.ts';
import type { Operand, TensorFunction } from '../functions/tensorFunction.ts';
import type { OpenShape } from '../graph/graph.ts';
import type { Variable } from '../graph/layersModel.ts';
import type { Operation } from '../graph/operation.ts';
import { type Activation, activationOperations } from '../lower/activations.ts';
import type { LayerCall } from '../lower/lowering.ts';
import type { OwnLayerInstance } from '../lower/ownLayers.ts';
import { ours } from './layerRule.ts';

/**
 * A layer that tfjs-layers lacks or computes otherwise than Keras: a function of its inputs and weights. Its options
 * are in the spelling of tfjs-layers.
 */
export interface OwnLayer<O extends object = Record<string, unknown>> {
  /** Keras's name of the class. */
  readonly name: string;
  /** All options with the values they have where a configuration leaves them out. */
  readonly options: O;
  /** The weights, in Keras's order, for inputs of these shapes. */
  readonly weights?: (options: O, inputShapes: readonly OpenShape[]) => readonly OwnWeight[];
  /** What it computes of its operands and, behind them, its weights. */
  readonly apply: (options: O) => TensorFunction;
  /** The inputs by number and constants, in the order of the function's operands; the inputs alone by default. */
  readonly operands?: (options: O) => readonly OwnOperand[];
}

export interface OwnWeight {
  readonly name: string;
  readonly shape: readonly number[];
  /** What it is before it is trained; zeros by default. */
  readonly start?: 'zeros' | 'ones';
  readonly trained?: false;
}

/** The number of an input, or a constant. */
export type OwnOperand = number | OwnConstant;

export interface OwnConstant {
  readonly shape: readonly number[];
  readonly numbers: readonly number[];
}

/** The class that tfjs-layers makes of a configuration; registered under `vitrine>Name`. */
export function classOf<O extends object>(
  definition: OwnLayer<O>,
): tf.serialization.SerializableConstructor<tf.serialization.Serializable> {
  return class extends layers.Layer implements OwnLayerInstance {
    static readonly className = ours(definition.name);
    readonly ownOptions: O;
    readonly ownFunction: TensorFunction;
    readonly ownOperands: readonly OwnOperand[] | undefined;
    readonly activation: Activation | null;
    ownWeights: Variable[] = [];

    constructor(config: tf.serialization.ConfigDict) {
      super(config);
      this.ownOptions = withDefaults(definition.options, config);
      this.ownFunction = definition.apply(this.ownOptions);
      this.ownOperands = definition.operands?.(this.ownOptions);
      this.activation = activationNamed((this.ownOptions as { activation?: string }).activation);
    }

    override build(inputShape: OpenShape | readonly OpenShape[]): void {
      const weights = definition.weights?.(this.ownOptions, listed(inputShape)) ?? [];
      this.ownWeights = weights.map(({ name, shape, start = 'zeros', trained = true }) =>
        this.addWeight(name, [...shape], 'float32', initializers[start](), undefined, trained),
      );
      super.build(inputShape as (number | null)[]);
    }

    override computeOutputShape(inputShape: OpenShape | readonly OpenShape[]): (number | null)[] | (number | null)[][] {
      const shapes = listed(inputShape);
      const weights = definition.weights?.(this.ownOptions, shapes) ?? [];
      const operands = this.ownOperands?.map((operand) =>
        typeof operand === 'number' ? (shapes[operand] as OpenShape) : operand.shape,
      );
      const made = this.ownFunction.shapes([...(operands ?? shapes), ...weights.map(({ shape }) => shape)]);
      return made.length === 1 ? [...(made[0] as OpenShape)] : made.map((shape) => [...shape]);
    }

    override call(inputs: Tensor | Tensor[]): Tensor | Tensor[] {
      return tf.tidy(() => {
        const given = Array.isArray(inputs) ? inputs : [inputs];
        const operands = this.ownOperands?.map((operand) =>
          typeof operand === 'number'
            ? (given[operand] as Tensor)
            : tf.tensor([...operand.numbers], [...operand.shape], 'float32'),
        );
        const made = this.ownFunction.apply([
          ...(operands ?? given),
          ...this.ownWeights.map((weight) => weight.read()),
        ]);
        const results = made.map((tensor) => this.activation?.apply(tensor) ?? tensor);
        return results.length === 1 ? (results[0] as Tensor) : results;
      });
    }

    ownOperations({ source, inputShapes, output = 0 }: LayerCall): readonly Operation[] {
      const inputs = inputShapes.map((shape): Operand => ({ shape }));
      const given = this.ownOperands?.map((operand, i) =>
        typeof operand === 'number' ? (inputs[operand] as Operand) : constantOf(source, `constant ${i}`, operand),
      );
      const operands = [...(given ?? inputs), ...this.ownWeights.map(weightOf)];
      return [
        ...lowerFunction(this.ownFunction, { source, operands, output }),
        ...activationOperations(this.activation, source),
      ];
    }

    override getConfig(): tf.serialization.ConfigDict {
      return { ...super.getConfig(), ...this.ownOptions };
    }
  };
}

function withDefaults<O extends object>(defaults: O, config: tf.serialization.ConfigDict): O {
  const given = Object.keys(defaults).flatMap((name) => {
    const value = config[name];
    return value === undefined || value === null ? [] : [[name, value]];
  });
  return { ...defaults, ...Object.fromEntries(given) };
}

/** An activation by its name, none for a linear one. tfjs-layers exports none, yet its layer of that name has one. */
export function activationNamed(activation: string | undefined): Activation | null {
  if (activation === undefined || activation === 'linear') return null;
  const layer = layers.activation({ activation: activation as 'relu', name: 'activation' });
  return (layer as unknown as { activation: Activation }).activation;
}

function weightOf(weight: Variable): Operand {
  return { shape: weight.shape as readonly number[], read: () => weight.read() };
}

function listed(shapes: OpenShape | readonly OpenShape[]): readonly OpenShape[] {
  return Array.isArray(shapes[0]) ? (shapes as readonly OpenShape[]) : [shapes as OpenShape];
}
