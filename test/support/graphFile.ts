/** A node of a written graph: its op, what it reads, and its attributes. */
export interface WrittenNode {
  readonly op: string;
  readonly input?: readonly string[];
  readonly attr?: Readonly<Record<string, object>>;
}

/** A constant of a written graph. */
export interface WrittenConstant {
  readonly shape: readonly number[];
  readonly data: readonly number[];
  readonly dtype?: 'float32' | 'int32';
}

/** What `loadNetwork` takes. */
export interface GraphFile {
  readonly json: {
    readonly format: 'graph-model';
    readonly modelTopology: { readonly node: readonly object[] };
    readonly weightsManifest: readonly { readonly paths: string[]; readonly weights: object[] }[];
    readonly signature?: object;
  };
  readonly name: string;
  readonly read: (path: string) => Uint8Array;
}

/** The files of a GraphModel of these nodes and constants; `x` is its input, of the given shape, batch axis left out. */
export function graphFile(
  shape: readonly (number | null)[],
  nodes: Readonly<Record<string, WrittenNode>>,
  constants: Readonly<Record<string, WrittenConstant>> = {},
): GraphFile {
  const placeholder = { shape: { shape: { dim: [null, ...shape].map((size) => ({ size: String(size ?? -1) })) } } };
  const written = { x: { op: 'Placeholder', attr: placeholder }, ...nodes };
  const names = Object.keys(constants);
  const node = [
    ...names.map((name) => ({ name, op: 'Const', attr: {} })),
    ...Object.entries(written).map(([name, made]) => ({ name, ...made })),
  ];
  const weights = names.map((name) => {
    const { shape: lengths, dtype = 'float32' } = constants[name] as WrittenConstant;
    return { name, shape: [...lengths], dtype };
  });
  return {
    json: { format: 'graph-model', modelTopology: { node }, weightsManifest: [{ paths: ['w.bin'], weights }] },
    name: 'model.json',
    read: () => bytesOf(Object.values(constants)),
  };
}

/** Attributes of a node, as a GraphDef in JSON has them. */
export const attr = {
  text: (text: string): object => ({ s: btoa(text) }),
  texts: (...texts: string[]): object => ({ list: { s: texts.map((text) => btoa(text)) } }),
  integers: (...numbers: number[]): object => ({ list: { i: numbers.map(String) } }),
  integer: (number: number): object => ({ i: String(number) }),
  number: (number: number): object => ({ f: number }),
  flag: (on: boolean): object => ({ b: on }),
};

function bytesOf(constants: readonly WrittenConstant[]): Uint8Array {
  const arrays = constants.map(({ data, dtype }) => (dtype === 'int32' ? Int32Array : Float32Array).from(data));
  const parts = arrays.flatMap(({ buffer }) => [...new Uint8Array(buffer)]);
  return Uint8Array.from(parts);
}
