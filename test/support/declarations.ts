import ts from 'typescript';
import { entryPoints, sourceOf } from '../../scripts/entry-points.ts';

/** An option of a declared type. */
interface DeclaredOption {
  readonly name: string;
  readonly isOptional: boolean;
  /** Whether it may be given at all: `never` keeps options apart that exclude each other. */
  readonly isGivable: boolean;
  readonly comment: string;
}

interface DeclaredOptions {
  readonly name: string;
  readonly options: readonly DeclaredOption[];
}

export interface DeclaredFunction {
  readonly name: string;
  readonly parameterCount: number;
  /** The last argument where it holds options, with the names of all of them. */
  readonly options: readonly string[] | undefined;
  /** The text of `@param options`. */
  readonly optionsComment: string | undefined;
  readonly returns: string;
}

/** What the package declares, as its documentation would tell it. */
export interface Declarations {
  /** Every exported type whose name ends in `Options` or `Option`. */
  readonly optionTypes: readonly DeclaredOptions[];
  /** Every exported function, members of namespaces as `rules.epsilon`. */
  readonly functions: readonly DeclaredFunction[];
  /** What `vitrine` itself exports. */
  readonly rootNames: readonly string[];
  /** What the modules below it export. */
  readonly moduleNames: readonly string[];
}

/** Reads the declarations of all entry points. */
export function declarations(): Declarations {
  const { config } = ts.readConfigFile('tsconfig.json', ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, '.', { noEmit: true });
  const files = entryPoints().map(sourceOf);
  const program = ts.createProgram(files, options);
  const checker = program.getTypeChecker();
  const exported = new Map(files.flatMap((file) => exportsOf(file)));
  return {
    moduleNames: files
      .filter((file) => file !== sourceOf('index'))
      .flatMap((file) => exportsOf(file).map(([name]) => name)),
    rootNames: exportsOf(sourceOf('index')).map(([name]) => name),
    optionTypes: [...exported].filter(([name]) => /Options?$/.test(name)).map(optionsOf),
    functions: [...exported].flatMap(([name, symbol]) => functionsOf(name, symbol)),
  };

  function exportsOf(file: string): readonly (readonly [string, ts.Symbol])[] {
    const source = program.getSourceFile(file);
    const module = source && checker.getSymbolAtLocation(source);
    if (!module) throw new Error(`${file} exports nothing`);
    return checker.getExportsOfModule(module).map((symbol) => {
      return [symbol.name, symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol] as const;
    });
  }

  function optionsOf([name, symbol]: readonly [string, ts.Symbol]): DeclaredOptions {
    return { name, options: propertiesOf(checker.getDeclaredTypeOfSymbol(symbol)).map(optionOf) };
  }

  function optionOf(property: ts.Symbol): DeclaredOption {
    const type = checker.getTypeOfSymbol(property);
    return {
      name: property.name,
      isOptional: Boolean(property.flags & ts.SymbolFlags.Optional),
      isGivable: !(type.flags & (ts.TypeFlags.Undefined | ts.TypeFlags.Never)),
      comment: ts.displayPartsToString(property.getDocumentationComment(checker)).replace(/\s+/g, ' '),
    };
  }

  function functionsOf(name: string, symbol: ts.Symbol): readonly DeclaredFunction[] {
    if (!(symbol.flags & ts.SymbolFlags.Value)) return [];
    const type = checker.getTypeOfSymbol(symbol);
    const signatures = type.getCallSignatures();
    if (signatures.length > 0) return signatures.map((signature) => functionOf(name, symbol, signature));
    if (type.getConstructSignatures().length > 0) return [];
    return type.getProperties().flatMap((member) => {
      const resolved = member.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(member) : member;
      const of = checker.getTypeOfSymbol(member).getCallSignatures();
      return of.map((signature) => functionOf(`${name}.${member.name}`, resolved, signature));
    });
  }

  function functionOf(name: string, symbol: ts.Symbol, signature: ts.Signature): DeclaredFunction {
    const last = signature.parameters.at(-1);
    const declared = last?.valueDeclaration as ts.ParameterDeclaration | undefined;
    const isOptions = declared && (!ts.isIdentifier(declared.name) || declared.name.text === 'options');
    const type = last && checker.getNonNullableType(checker.getTypeOfSymbol(last));
    const isRest = declared?.dotDotDotToken !== undefined;
    return {
      name,
      parameterCount: signature.parameters.length - (isRest ? 1 : 0),
      options: isOptions && type ? propertiesOf(type).map((property) => property.name) : undefined,
      optionsComment: commentOf(symbol, signature),
      returns: checker.typeToString(signature.getReturnType()),
    };
  }

  function commentOf(symbol: ts.Symbol, signature: ts.Signature): string | undefined {
    const tags = [...signature.getJsDocTags(), ...symbol.getJsDocTags(checker)];
    const texts = tags.filter(({ name }) => name === 'param').map(({ text }) => ts.displayPartsToString(text));
    return texts.find((text) => /^options\b/.test(text))?.replace(/\s+/g, ' ');
  }

  /** Of all members of a union, those that can be given. */
  function propertiesOf(type: ts.Type): readonly ts.Symbol[] {
    const parts = type.isUnion() ? type.types : [type];
    const all = parts.flatMap((part) => part.getProperties());
    const givable = all.filter((property) => optionOf(property).isGivable);
    return [...new Map(givable.map((property) => [property.name, property])).values()];
  }
}
