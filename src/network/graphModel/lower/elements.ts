import { functions } from '../../functions/functions.ts';
import type { TensorFunction } from '../../functions/tensorFunction.ts';
import { numberOf } from '../attributes.ts';
import type { GraphNode } from '../graphSource.ts';
import { inputAt, type NodeLowering, numbersAt } from '../nodeCall.ts';

/** A function of all inputs, in their order. */
const applying =
  (make: (node: GraphNode) => TensorFunction): NodeLowering =>
  ({ node, inputs }) => ({ fn: make(node), operands: inputs });

const clipped: NodeLowering = (call) => ({
  fn: functions.clip({ low: numbersAt(call, 1)[0] as number, high: numbersAt(call, 2)[0] as number }),
  operands: [inputAt(call, 0)],
});

/** The activations that a convolution or dense layer can apply on its way out, as TensorFlow names them. */
export const activations: Readonly<Record<string, (node: GraphNode, alpha: string) => TensorFunction>> = {
  Relu: () => functions.relu(),
  Relu6: () => functions.relu6(),
  LeakyRelu: (node, alpha) => functions.leakyRelu({ alpha: numberOf(node, alpha, 0.2) }),
  Elu: () => functions.elu(),
  Selu: () => functions.selu(),
  Sigmoid: () => functions.sigmoid(),
  Tanh: () => functions.tanh(),
  GeluExact: () => functions.gelu(),
  GeluApproximate: () => functions.gelu({ approximate: true }),
};

/** Functions of each element. */
export const elements: Readonly<Record<string, NodeLowering>> = {
  ...Object.fromEntries(Object.entries(activations).map(([op, make]) => [op, applying((node) => make(node, 'alpha'))])),
  Prelu: applying(functions.prelu),
  Softplus: applying(functions.softplus),
  Softsign: applying(functions.softsign),
  Exp: applying(functions.exp),
  Log: applying(functions.log),
  Sqrt: applying(functions.sqrt),
  Rsqrt: applying(functions.rsqrt),
  Square: applying(functions.square),
  Abs: applying(functions.abs),
  Neg: applying(functions.negate),
  Erf: applying(functions.erf),
  Inv: applying(functions.reciprocal),
  Reciprocal: applying(functions.reciprocal),
  Erfc: applying(functions.erfc),
  Expm1: applying(functions.expm1),
  Log1p: applying(functions.log1p),
  Sin: applying(functions.sin),
  Cos: applying(functions.cos),
  ClipByValue: clipped,
  Add: applying(functions.add),
  AddV2: applying(functions.add),
  AddN: applying(functions.add),
  Sub: applying(functions.subtract),
  Mul: applying(functions.multiply),
  RealDiv: applying(functions.divide),
  Div: applying(functions.divide),
  DivNoNan: applying(functions.divideNoNan),
  Maximum: applying(functions.maximum),
  Minimum: applying(functions.minimum),
  SquaredDifference: applying(functions.squaredDifference),
  Pow: applying(functions.pow),
  Greater: applying(functions.greater),
  GreaterEqual: applying(functions.greaterEqual),
  Less: applying(functions.less),
  LessEqual: applying(functions.lessEqual),
  Equal: applying(functions.equal),
  NotEqual: applying(functions.notEqual),
  LogicalAnd: applying(functions.logicalAnd),
  LogicalOr: applying(functions.logicalOr),
  LogicalNot: applying(functions.logicalNot),
  IsFinite: applying(functions.finite),
  Sign: applying(functions.sign),
  Floor: applying(functions.floor),
  Ceil: applying(functions.ceil),
  Round: applying(functions.round),
  Select: applying(functions.where),
  SelectV2: applying(functions.where),
};
