import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { initializers, layers, RNN, type Shape } from '@tensorflow/tfjs-layers';
import type { Variable } from '../../graph/layersModel.ts';
import type { Activation } from '../../lower/activations.ts';
import { ours } from '../layerRule.ts';
import { activationNamed } from '../ownLayer.ts';

type Config = tf.serialization.ConfigDict;

/**
 * The cell of a gated recurrent unit with `reset_after`, Keras's default, which tfjs-layers lacks:
 *
 * $$z = σ(xW_z + b_z + hU_z + c_z), \quad r = σ(xW_r + b_r + hU_r + c_r),$$
 * $$h' = z ∘ h + (1 − z) ∘ \tanh(xW_h + b_h + r ∘ (hU_h + c_h))$$
 *
 * Cho et al. 2014, the variant of footnote 1 of version 3, and cuDNN.
 */
export class GruCell extends layers.Layer {
  static readonly className: string = ours('GRUCell');
  readonly units: number;
  readonly stateSize: number;
  readonly useBias: boolean;
  private readonly options: Config;
  private readonly activation: Activation | null;
  private readonly recurrentActivation: Activation | null;
  private kernel: Variable | undefined;
  private recurrentKernel: Variable | undefined;
  private bias: Variable | undefined;

  constructor(config: Config) {
    super(config);
    const { units, activation = 'tanh', recurrentActivation = 'sigmoid', useBias = true } = config;
    this.options = { units, activation, recurrentActivation, useBias } as Config;
    this.units = units as number;
    this.stateSize = this.units;
    this.useBias = useBias as boolean;
    this.activation = activationNamed(activation as string);
    this.recurrentActivation = activationNamed(recurrentActivation as string);
  }

  override build(inputShape: Shape): void {
    const zeros = (name: string, shape: number[]): Variable =>
      this.addWeight(name, shape, 'float32', initializers.zeros());
    this.kernel = zeros('kernel', [inputShape.at(-1) as number, 3 * this.units]);
    this.recurrentKernel = zeros('recurrent_kernel', [this.units, 3 * this.units]);
    if (this.useBias) this.bias = zeros('bias', [2, 3 * this.units]);
    this.built = true;
  }

  override call(inputs: Tensor | Tensor[]): Tensor[] {
    return tf.tidy(() => {
      const [x, h] = inputs as [Tensor, Tensor];
      const [xz, xr, xh] = this.gates(x, this.kernel, 0);
      const [hz, hr, hh] = this.gates(h, this.recurrentKernel, 1);
      const z = applied(this.recurrentActivation, tf.add(xz, hz));
      const r = applied(this.recurrentActivation, tf.add(xr, hr));
      const candidate = applied(this.activation, tf.add(xh, tf.mul(r, hh)));
      const next = tf.add(tf.mul(z, h), tf.mul(tf.sub(1, z), candidate));
      return [next, next];
    });
  }

  override getConfig(): Config {
    return { ...super.getConfig(), ...this.options };
  }

  private gates(x: Tensor, kernel: Variable | undefined, row: 0 | 1): [Tensor, Tensor, Tensor] {
    const made = tf.matMul(x, (kernel as Variable).read());
    const bias = this.bias && tf.slice(this.bias.read(), [row, 0], [1, 3 * this.units]);
    return tf.split(bias ? tf.add(made, bias) : made, 3, 1) as [Tensor, Tensor, Tensor];
  }
}

/** A gated recurrent unit with `reset_after`. */
export class Gru extends RNN {
  static override readonly className: string = ours('GRU');

  constructor(config: Config) {
    super({ ...config, cell: new GruCell(config) } as never);
  }

  // That of its base class expects the configuration of a cell.
  static override fromConfig<T extends tf.serialization.Serializable>(
    kind: tf.serialization.SerializableConstructor<T>,
    config: Config,
  ): T {
    return new kind(config);
  }
}

function applied(activation: Activation | null, x: Tensor): Tensor {
  return activation ? activation.apply(x) : x;
}
