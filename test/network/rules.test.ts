import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { compile } from '../../src/network/compile.ts';
import type { OutputHead, Site } from '../../src/network/graph/graph.ts';
import type { Network } from '../../src/network/network.ts';
import { type Composite, gradientRule, type Matcher, type Rule } from '../../src/network/walk/composite.ts';
import { ruleFinder } from '../../src/network/walk/ruleFinder.ts';
import { VitrineError } from '../../src/numeric/errors.ts';
import { classifier, free, inputsOf } from '../oracle/building.ts';
import { networks } from '../oracle/networks.ts';
import { expectClose } from '../support/close.ts';
import { modelOf } from '../support/modelOf.ts';

const rule: Rule = { ...gradientRule, name: 'mine' };

/** The operations of a network that a matcher is for, as `kind address`. */
function matched(network: Network, matcher: Matcher): string[] {
  const find = ruleFinder(network.graph, [[matcher, rule]]);
  return network.graph.steps.flatMap(({ operation }, i) =>
    find(operation, i) === rule ? `${operation.kind} ${operation.address.replace(/_.*|\d+$/g, '')}` : [],
  );
}

describe('ruleFinder(graph, composite)', () => {
  test.each<[string, Matcher, string[]]>([
    ['a kind', 'affine', ['affine norm']],
    ['kinds', ['conv2d', 'dense'], ['conv2d conv', 'conv2d conv', 'dense scores']],
    ['an address', { address: 'conv2' }, ['conv2d conv', 'tanh conv']],
    ['a pattern', { address: /^(relu|pool)\d$/ }, ['relu relu', 'maxPool pool']],
    ['a pattern with a place of its own', { address: /^(relu|pool)\d$/g }, ['relu relu', 'maxPool pool']],
    ['a pattern that sticks to it', { address: /(relu|pool)\d$/y }, ['relu relu', 'maxPool pool']],
    ['the first', { position: 'first' }, ['conv2d conv']],
    ['the last', { position: 'last' }, ['dense scores']],
    ['any test', ({ linear }) => linear, ['conv2d conv', 'conv2d conv', 'dense scores']],
    ['nothing here', 'conv3d', []],
  ])('%s', (_name, matcher, expected) => {
    const network = compile(classifier());
    expect(matched(network, matcher)).toEqual(expected);
    expect(matched(network, matcher), 'a second time').toEqual(expected);
    free(modelOf(network));
  });

  test.each<[string, unknown, RegExp]>([
    ['no list', rule, /^"composite" expected a list such as \[\['conv2d', rule\]\], got the rule "mine" alone$/],
    ['null', null, /^"composite" expected a list of pairs \[matcher, rule\], got null$/],
    ['no pair', ['conv2d'], /^"composite\[0\]" expected a pair \[matcher, rule\], got "conv2d"$/],
    ['no rule', [['conv2d', {}]], /^"composite\[0\]\[1\]" expected a rule, such as rules.epsilon\(\), got a value of/],
    ['a rule not made', [['conv2d', () => rule]], /^"composite\[0\]\[1\]" expected a rule, .* got a function$/],
    [
      'no kind',
      [['conv2D', rule]],
      /^"composite\[0\]\[0\]" expected a kind of operation, got "conv2D"; near: conv2d, /,
    ],
    ['one that is no kind', [[['relu', 'Tanh'], rule]], /^"composite\[0\]\[0\]\[1\]" .*, got "Tanh"; near: tanh, /],
    ['no kinds', [[[], rule]], /^"composite\[0\]\[0\]" expected a kind of operation, a list of kinds, .* got \[\]$/],
    ['no address', [[{ adress: 'conv1' }, rule]], /^"composite\[0\]\[0\]" expected .*, got \{ adress: "conv1" \}$/],
    ['a number', [[{ address: 1 }, rule]], /^"composite\[0\]\[0\]" expected .*, got \{ address: 1 \}$/],
    ['no place', [[{ position: 'frist' }, rule]], /^"composite\[0\]\[0\]" expected .*, got \{ position: "frist" \}$/],
    [
      'both',
      [[{ address: 'conv1', position: 'first' }, rule]],
      /^"composite\[0\]\[0\]" expected .*, got \{ address: "conv1", position: "first" \}$/,
    ],
    [
      'an address that is not there',
      [
        ['conv3d', rule],
        [{ address: 'conv_2' }, rule],
      ],
      /^"composite\[1\]\[0\].address" expected the address of a layer with operations, got "conv_2"; near: conv2, /,
    ],
    [
      'a pattern that fits none',
      [[{ address: /^block/ }, rule]],
      /expected a pattern that fits a layer with operations, got \/\^block\//,
    ],
  ])('refuses %s', (_name, composite, message) => {
    const network = compile(classifier());
    expect(() => ruleFinder(network.graph, composite as Composite)).toThrow(message);
    expect(() => ruleFinder(network.graph, composite as Composite)).toThrow(VitrineError);
    free(modelOf(network));
  });

  test.each<[string, 'first' | 'last', number]>([
    ['norm after concatenate', 'first', 2],
    ['norm after concatenate', 'last', 2],
    ['residual', 'first', 1],
    ['residual', 'last', 1],
    ['gate', 'first', 2],
    ['gate', 'last', 2],
    ['add of three', 'first', 3],
    ['inputs of different shapes', 'first', 2],
    ['shared layer', 'last', 2],
    ['nested functional', 'last', 1],
    ['flatten', 'first', 1],
  ])('%s: the %s are %i', (name, position, count) => {
    const network = compile((networks.get(name) as () => ReturnType<typeof classifier>)());
    expect(matched(network, { position })).toHaveLength(count);
    free(modelOf(network));
  });

  test('the first match wins, and no match is the exact gradient', () => {
    const network = compile(classifier());
    const other: Rule = { ...gradientRule, name: 'other' };
    const find = ruleFinder(network.graph, [
      [{ address: 'conv2' }, rule],
      ['conv2d', other],
      [{ address: /conv/ }, rule],
    ]);
    const names = network.graph.steps.map(({ operation }, i) => find(operation, i).name);
    expect(names).toEqual([
      'other',
      'gradient',
      'gradient',
      'gradient',
      'mine',
      'mine',
      'gradient',
      'gradient',
      'gradient',
    ]);
    free(modelOf(network));
  });
});

/** The streams at the input of the classifier for seeds of ones at its logits. */
function walk(
  network: Network,
  x: Tensor,
  { composite, streams = 1, options = {} }: { composite: Composite; streams?: number; options?: object },
): readonly Tensor[] {
  const { logits } = network.heads[0] as OutputHead;
  const record = network.forward([x], { taps: [logits], differentiate: { to: network.inputs, composite } });
  const ones = tf.onesLike(record.value(logits));
  const seeds = Array.from({ length: streams }, (_, i) => tf.mul(ones, i + 1));
  const signals = record.backward(new Map([[logits, seeds]]), { to: network.inputs, ...options });
  return signals.get(network.inputs[0] as Site) as readonly Tensor[];
}

function withClassifier(job: (network: Network, x: Tensor) => Record<string, Tensor>): Record<string, Tensor> {
  const network = compile(classifier());
  const [input] = inputsOf(modelOf(network), 2);
  try {
    return tf.tidy(() => job(network, tf.tensor(input?.data as Float32Array, [2, 6, 7, 2])));
  } finally {
    network.dispose();
    free(modelOf(network));
  }
}

describe('record.backward(seeds, options)', () => {
  test('carries several streams at once', async () => {
    const { one, first, second } = withClassifier((network, x) => {
      const [one] = walk(network, x, { composite: [] }) as [Tensor];
      const [first, second] = walk(network, x, { composite: [['relu', rule]], streams: 2 }) as [Tensor, Tensor];
      return { one, first, second: tf.div(second, 2) };
    }) as Record<'one' | 'first' | 'second', Tensor>;
    await expectClose(first, one);
    await expectClose(second, one);
    tf.dispose([one, first, second]);
  });

  test('{ reference }: a rule sees what its operation saw in the reference run', async () => {
    const seen: number[] = [];
    const comparing: Rule = {
      ...gradientRule,
      name: 'comparing',
      needs: ['inputs', 'output', 'reference'],
      backward: (operation, io, streams) => {
        seen.push(
          ...[io.inputs[0], io.reference.inputs[0], io.output, io.reference.output].map((t) => (t as Tensor).size),
        );
        return gradientRule.backward(operation, io, streams);
      },
    };
    const results = withClassifier((network, x) => {
      const composite: Composite = [[['relu', 'conv2d', 'maxPool'], comparing]];
      const { logits } = network.heads[0] as OutputHead;
      const differentiate = { to: network.inputs, composite };
      const reference = network.forward([tf.zerosLike(x)], { taps: [logits], differentiate });
      const [compared] = walk(network, x, { composite, options: { reference } }) as [Tensor];
      const [exact] = walk(network, x, { composite: [] }) as [Tensor];
      expect(() => walk(network, x, { composite })).toThrow('rule "comparing" reads "reference" of');
      return { compared, exact };
    });
    expect(seen.filter((_, i) => i % 2 === 0)).toEqual(seen.filter((_, i) => i % 2 === 1));
    expect(seen.length).toBeGreaterThanOrEqual(16);
    await expectClose(results['compared'] as Tensor, results['exact'] as Tensor);
    tf.dispose(results);
  });

  test('{ states }: the companion of a rule runs forward from the states at the inputs', () => {
    const depths: string[] = [];
    const counting: Rule<number> = {
      name: 'counting',
      needs: ['state'],
      forward: (_operation, _io, states) => Math.max(...states) + 1,
      backward: (operation, io, streams) => {
        depths.push(`${operation.kind} ${io.state}`);
        return gradientRule.backward(operation, io as never, streams);
      },
    };
    const results = withClassifier((network, x) => {
      const composite: Composite = [[() => true, counting as Rule]];
      const states = new Map([[network.inputs[0] as Site, 0]]);
      const [signal] = walk(network, x, { composite, options: { states } }) as [Tensor];
      return { signal };
    });
    tf.dispose(results);
    expect(depths).toEqual(['dense 7', 'globalAveragePool 6', 'tanh 5', 'conv2d 4', 'maxPool 3', 'relu 2', 'conv2d 1']);
  });

  test.each(['inputs', 'output', 'reference', 'state'] as const)(
    'a rule that reads %s without naming it is told so',
    (need) => {
      const careless: Rule = {
        ...gradientRule,
        name: 'careless',
        backward: (operation, io, streams) => [
          io[need] ? streams.map((stream) => operation.pullback(stream, io)[0] as Tensor) : [],
        ],
      };
      const before = tf.memory().numTensors;
      const run = (): unknown =>
        withClassifier((network, x) => ({
          signal: walk(network, x, { composite: [['conv2d', careless]] })[0] as Tensor,
        }));
      expect(run).toThrow(`rule "careless" reads "${need}" of conv2d "conv2" without naming it in "needs"`);
      expect(tf.memory().numTensors).toBe(before);
    },
  );

  test('{ visit }: sees each site with its activation and its whole signal', async () => {
    const network = compile((networks.get('residual') as () => ReturnType<typeof classifier>)());
    const [input] = inputsOf(modelOf(network), 2);
    const sites = [...network.graph.sites.values()];
    const seen = new Map<string, [Tensor, Tensor]>();
    tf.tidy(() => {
      const record = network.forward([tf.tensor(input?.data as Float32Array, [2, 6, 7, 2])], {
        taps: sites,
        differentiate: { to: network.inputs },
      });
      const head = network.heads[0]?.site as Site;
      const seeds = new Map([[head, tf.onesLike(record.value(head))]]);
      const signals = record.backward(seeds, { to: sites });
      record.backward(seeds, {
        to: network.inputs,
        visit: {
          sites,
          call: (site, activation, streams) => {
            expect(activation).toBe(record.value(site));
            const [visited, returned] = [streams[0] as Tensor, signals.get(site)?.[0] as Tensor];
            seen.set(site.address, [tf.keep(tf.clone(visited)), tf.keep(tf.clone(returned))]);
          },
        },
      });
    });
    expect([...seen.keys()].sort()).toEqual(sites.map(({ address }) => address).sort());
    for (const [address, [visited, returned]] of seen) await expectClose(visited, returned, { name: address });
    tf.dispose([...seen.values()]);
    network.dispose();
    free(modelOf(network));
  });
});

test('record.backward(seeds, options): an affine map with a rule of its own is not folded away', () => {
  const met: string[] = [];
  const noting: Rule = {
    ...gradientRule,
    backward: (operation, io, streams) => {
      met.push(operation.kind);
      return gradientRule.backward(operation, io, streams);
    },
  };
  const results = withClassifier((network, x) => ({
    alone: walk(network, x, { composite: [['affine', noting]] })[0] as Tensor,
    both: walk(network, x, { composite: [[['affine', 'conv2d'], noting]] })[0] as Tensor,
    folded: walk(network, x, { composite: [] })[0] as Tensor,
  }));
  expect(met).toEqual(['affine', 'conv2d', 'conv2d']);
  tf.dispose(results);
});
