import { VitrineError } from '../../../numeric/errors.ts';
import { isObject } from '../../loading/modelJson.ts';
import {
  binary,
  constant,
  first,
  type Given,
  type KnownOperations,
  needed,
  type OperationRule,
  option,
  refuse,
  unary,
} from './given.ts';

const clip = unary('clip', (given) => ({
  low: constant(given, 1, ['clip_value_min', 'x_min']) ?? -3.4e38,
  high: constant(given, 2, ['clip_value_max', 'x_max']) ?? 3.4e38,
}));

/** A rectifier with a largest value is a clipping. */
const relu: OperationRule = (given) => {
  refuse(given, 'negative_slope', 'threshold', 'alpha');
  const high = option(given, 'max_value');
  return high === undefined ? unary('relu')(given) : unary('clip', () => ({ low: 0, high }))(given);
};

const swish: OperationRule = (given) => {
  const beta = constant(given, 1, ['beta']);
  if (beta !== undefined && beta !== 1)
    throw new VitrineError('unsupported-layer', `beta expected 1, got ${JSON.stringify(beta)}`);
  return unary('swish')(given);
};

/** Casts to numbers that are floats anyway. */
const cast: OperationRule = (given) => {
  const dtype = constant(given, 1, ['dtype']);
  const name = isObject(dtype) ? JSON.stringify(dtype['config']) : String(dtype ?? 'float32');
  if (/float/.test(name)) return unary('identity')(given);
  throw new VitrineError('unsupported-layer', `a cast to ${name} is not supported`);
};

const where: OperationRule = (given) => ({
  function: 'where',
  operands: [first(given), needed(given, 1, ['x1', 'x']), needed(given, 2, ['x2', 'y'])],
});

const alpha = (given: Given, standard: number): { alpha: number } => ({
  alpha: Number(constant(given, 1, ['alpha', 'negative_slope']) ?? standard),
});

/** Operations on each element. */
export const elements: KnownOperations = [
  ['__operators__.add math.add nn.bias_add', 'Add', binary('add')],
  ['__operators__.sub math.subtract', 'Subtract', binary('subtract')],
  ['__operators__.mul math.multiply', 'Multiply', binary('multiply')],
  ['__operators__.truediv math.truediv math.divide realdiv', 'Divide TrueDivide', binary('divide')],
  ['math.divide_no_nan', 'DivideNoNan', binary('divideNoNan')],
  ['__operators__.pow math.pow', 'Power', binary('pow')],
  ['math.maximum', 'Maximum', binary('maximum')],
  ['math.minimum', 'Minimum', binary('minimum')],
  ['math.squared_difference', 'SquaredDifference', binary('squaredDifference')],
  ['math.greater __operators__.gt', 'Greater', binary('greater')],
  ['math.greater_equal __operators__.ge', 'GreaterEqual', binary('greaterEqual')],
  ['math.less __operators__.lt', 'Less', binary('less')],
  ['math.less_equal __operators__.le', 'LessEqual', binary('lessEqual')],
  ['math.equal __operators__.eq', 'Equal', binary('equal')],
  ['math.not_equal __operators__.ne', 'NotEqual', binary('notEqual')],
  ['where compat.v1.where', 'Where', where],
  ['math.negative __operators__.neg', 'Negative', unary('negate')],
  ['math.abs __operators__.abs', 'Absolute Abs', unary('abs')],
  ['math.square', 'Square', unary('square')],
  ['math.sqrt', 'Sqrt', unary('sqrt')],
  ['math.rsqrt', 'Rsqrt', unary('rsqrt')],
  ['math.exp', 'Exp', unary('exp')],
  ['math.expm1', 'Expm1', unary('expm1')],
  ['math.log', 'Log', unary('log')],
  ['math.log1p', 'Log1p', unary('log1p')],
  ['math.erf', 'Erf', unary('erf')],
  ['math.sin', 'Sin', unary('sin')],
  ['math.cos', 'Cos', unary('cos')],
  ['math.sign', 'Sign', unary('sign')],
  ['math.floor', 'Floor', unary('floor')],
  ['math.ceil', 'Ceil', unary('ceil')],
  ['math.round', 'Round', unary('round')],
  ['math.reciprocal', 'Reciprocal', unary('reciprocal')],
  ['clip_by_value', 'Clip', clip],
  ['identity', 'Identity Copy', unary('identity')],
  ['stop_gradient', 'StopGradient', unary('stopGradient')],
  ['cast', 'Cast', cast],
  ['nn.relu keras.backend.relu', 'Relu', relu],
  ['nn.relu6', 'Relu6', unary('relu6')],
  ['nn.leaky_relu', 'LeakyRelu', unary('leakyRelu', (given) => alpha(given, 0.2))],
  ['nn.elu', 'Elu', unary('elu', (given) => alpha(given, 1))],
  ['nn.selu', 'Selu', unary('selu')],
  ['math.sigmoid nn.sigmoid', 'Sigmoid', unary('sigmoid')],
  ['math.tanh nn.tanh', 'Tanh', unary('tanh')],
  ['math.softplus nn.softplus', 'Softplus', unary('softplus')],
  ['math.softsign nn.softsign', 'Softsign', unary('softsign')],
  ['nn.silu nn.swish', 'Silu Swish', swish],
  ['nn.gelu', 'Gelu', unary('gelu', (given) => ({ approximate: constant(given, 1, ['approximate']) === true }))],
  ['keras.activations.mish', 'Mish', unary('mish')],
  ['keras.activations.hard_sigmoid', 'HardSigmoid', unary('hardSigmoid')],
  ['keras.activations.hard_silu', 'HardSilu HardSwish', unary('hardSwish')],
];
