import ts from 'typescript';

/** One place of a function's arguments where something wrong may come. */
export interface Slot {
  /** Which argument it is, counted from 0. */
  readonly argument: number;
  /** The option or field of the argument; `undefined` for the argument itself. */
  readonly option?: string;
  /** What a refusal may call it; none where the declaration has no name for it. */
  readonly names: readonly string[];
  /** The declared type, for people. */
  readonly type: string;
  readonly isOptional: boolean;
  /** Whether the declared type takes one of the values that `wrongFor` gives, by its name. */
  readonly admits: (value: string) => boolean;
}

/** What the declaration of a function says. */
export interface Signature {
  readonly slots: readonly Slot[];
  /** The arguments that are options, with the names of all of them. */
  readonly options: readonly { readonly argument: number; readonly names: readonly string[] }[];
}

/** The declared functions of one entry point, by name; members as `rules.epsilon`, what `f` returns as `f()`. */
export interface Signatures {
  readonly names: readonly string[];
  of(name: string, argumentCount: number): Signature;
}

/** Values that one check looks at as a whole, and what the library itself made: their fields are no places of their own. */
const wholes: readonly string[] = [
  'Picture',
  'Dissection',
  'ExplanatoryGraph',
  'PartTemplates',
  'PartDialogue',
  'AnyTree',
  'GrownTree',
  'RationaleTree',
  'SoftTree',
  'SurrogateTree',
  'NeuralBackedTree',
  'TreeOutline',
  'Attribution',
  'Rule',
  'Network',
  'ReceptiveField',
];

const wrongValuesFile = 'test/support/publicCalls/wrongValues.ts';

/** Reads the declarations of `src/<entry>/index.ts`. */
export function signaturesOf(entry: string): Signatures {
  const file = `src/${entry}/index.ts`;
  const { config } = ts.readConfigFile('tsconfig.json', ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, '.', { noEmit: true });
  const program = ts.createProgram([file, wrongValuesFile], options);
  const checker = program.getTypeChecker();
  const admits = admittance(program);
  const functions = new Map<string, readonly ts.Signature[]>();
  for (const [name, type] of exportedValues(program, file)) collect(name, type);
  return {
    names: [...functions.keys()],
    of: (name, argumentCount) => {
      const all = functions.get(name);
      if (!all) throw new Error(`vitrine/${entry} exports no ${name}`);
      const fitting = all.filter(({ parameters }) => parameters.length >= argumentCount);
      const least = Math.min(...fitting.map(({ parameters }) => parameters.length));
      return signature(fitting.filter(({ parameters }) => parameters.length === least));
    },
  };

  function collect(name: string, type: ts.Type): void {
    const signatures = type.getCallSignatures();
    if (signatures.length > 0) {
      functions.set(name, signatures);
      const returned = signatures[0]?.getReturnType().getCallSignatures() ?? [];
      if (returned.length > 0) functions.set(`${name}()`, returned);
    } else if (type.symbol && type.symbol.flags & (ts.SymbolFlags.ValueModule | ts.SymbolFlags.ObjectLiteral)) {
      for (const member of type.getProperties()) {
        const of = checker.getTypeOfSymbol(member);
        if (of.getCallSignatures().length > 0) functions.set(`${name}.${member.name}`, of.getCallSignatures());
      }
    }
  }

  function signature(overloads: readonly ts.Signature[]): Signature {
    const parameters = (overloads[0] as ts.Signature).parameters;
    const slots: Slot[] = [];
    const optionsOf: { argument: number; names: readonly string[] }[] = [];
    parameters.forEach((parameter, argument) => {
      const types = overloads.map((overload) => bare(overload.parameters[argument] as ts.Symbol));
      const declared = parameter.valueDeclaration as ts.ParameterDeclaration;
      const name = ts.isIdentifier(declared.name) ? declared.name.text : undefined;
      const typeName = nameOf(types[0] as ts.Type);
      const isWhole = wholes.includes(typeName) || types.flatMap(partsOf).some((part) => wholes.includes(nameOf(part)));
      const fields = types.every(isRecord) && !isWhole ? fieldsOf(types) : [];
      const isNamed = name === 'options' || /Options$/.test(typeName) || (argument > 0 && name === undefined);
      const isOptions = fields.length > 0 && argument === parameters.length - 1 && isNamed;
      const names = fields.map(([field]) => field);
      if (isOptions) optionsOf.push({ argument, names });
      const own = overloads.flatMap(({ parameters: all }) => namesOf(all[argument]?.valueDeclaration));
      const told = fields.length > 0 ? [...own, 'options', ...names] : own;
      slots.push(slot(argument, undefined, told, types, isOptional(parameter)));
      for (const [field, symbols] of fields) {
        const optional = symbols.length < types.flatMap(partsOf).length || symbols.some(isOptional);
        const bareTypes = symbols.map(bare);
        const inner = bareTypes.every(isRecord) ? fieldsOf(bareTypes).map(([one]) => one) : [];
        slots.push(slot(argument, field, [field, ...own, ...inner], bareTypes, optional));
      }
    });
    return { slots, options: optionsOf };
  }

  function slot(
    argument: number,
    option: string | undefined,
    names: readonly string[],
    types: readonly ts.Type[],
    optional: boolean,
  ): Slot {
    return {
      argument,
      ...(option !== undefined && { option }),
      names,
      isOptional: optional,
      type: [...new Set(types.map((type) => checker.typeToString(type)))].join(' | '),
      admits: (value) => types.some((type) => admits(value, type)),
    };
  }

  /** The type of a parameter or property, without undefined and with type parameters as wide as they can be. */
  function bare(symbol: ts.Symbol): ts.Type {
    const type = checker.getNonNullableType(checker.getTypeOfSymbol(symbol));
    const isNullable = checker.isTypeAssignableTo(checker.getNullType(), checker.getTypeOfSymbol(symbol));
    const one = isRest(symbol) ? (checker.getIndexTypeOfType(type, ts.IndexKind.Number) ?? type) : type;
    const wide = isNullable ? checker.getTypeOfSymbol(symbol) : one;
    return checker.getBaseConstraintOfType(wide) ?? wide;
  }

  /** Plain objects that this library declares: options and records of arguments, no arrays, functions or models. */
  function isRecord(type: ts.Type): boolean {
    return partsOf(type).every((part) => {
      if (part.getCallSignatures().length > 0 || !(part.flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection))) {
        return false;
      }
      const properties = part.getProperties();
      const own = properties.every(({ declarations = [] }) => {
        return declarations.every((declaration) => !declaration.getSourceFile().fileName.includes('node_modules'));
      });
      return properties.length > 0 && own && !properties.some(({ name }) => name === 'shape');
    });
  }

  function fieldsOf(types: readonly ts.Type[]): [string, ts.Symbol[]][] {
    const fields = new Map<string, ts.Symbol[]>();
    for (const type of types.flatMap(partsOf)) {
      for (const property of type.getProperties()) {
        if (checker.getTypeOfSymbol(property).flags & ts.TypeFlags.Undefined) continue;
        fields.set(property.name, [...(fields.get(property.name) ?? []), property]);
      }
    }
    return [...fields];
  }
}

/** The name of a parameter that has one. */
function namesOf(declared: ts.Declaration | undefined): readonly string[] {
  return declared && ts.isParameter(declared) && ts.isIdentifier(declared.name) ? [declared.name.text] : [];
}

function nameOf({ aliasSymbol, symbol }: ts.Type): string {
  return (aliasSymbol ?? symbol)?.name ?? '';
}

function partsOf(type: ts.Type): readonly ts.Type[] {
  return type.isUnion() ? type.types : [type];
}

function isRest({ valueDeclaration: declared }: ts.Symbol): boolean {
  return declared !== undefined && ts.isParameter(declared) && declared.dotDotDotToken !== undefined;
}

function isOptional(symbol: ts.Symbol): boolean {
  if (symbol.flags & ts.SymbolFlags.Optional) return true;
  const declared = symbol.valueDeclaration;
  if (!declared || !ts.isParameter(declared)) return false;
  return Boolean(declared.questionToken || declared.initializer || declared.dotDotDotToken);
}

/** The exported functions and constants of a file with their types, sorted by name. */
function exportedValues(program: ts.Program, file: string): readonly (readonly [string, ts.Type])[] {
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(file);
  const module = source && checker.getSymbolAtLocation(source);
  if (!module) throw new Error(`${file} exports nothing`);
  return checker.getExportsOfModule(module).flatMap((exported) => {
    const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
    if (!(symbol.flags & ts.SymbolFlags.Value)) return [];
    return [[exported.name, checker.getTypeOfSymbol(symbol)] as const];
  });
}

/** Whether a type takes one of the values that `wrongFor` gives. */
function admittance(program: ts.Program): (value: string, type: ts.Type) => boolean {
  const checker = program.getTypeChecker();
  const module = checker.getSymbolAtLocation(program.getSourceFile(wrongValuesFile) as ts.SourceFile) as ts.Symbol;
  const made = checker.getExportsOfModule(module).find(({ name }) => name === 'wrongFor') as ts.Symbol;
  const [values] = checker.getTypeOfSymbol(made).getCallSignatures() as [ts.Signature];
  const properties = values.getReturnType().getProperties();
  const types = new Map(properties.map((property) => [property.name, checker.getTypeOfSymbol(property)]));
  return (value, type) => {
    if (value === 'other axes') return true;
    return checker.isTypeAssignableTo(types.get(value) as ts.Type, type);
  };
}
